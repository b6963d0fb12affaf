"""What an answer cost: listed prices, the installation's own, other currencies, and prices that nobody knows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic_ai.messages import ModelResponse, TextPart
from pydantic_ai.models.test import TestModel
from pydantic_ai.usage import RequestUsage

from valera.assistant.chain.link import Chain, Link
from valera.assistant.journal import Step, StepKind
from valera.assistant.models.cost import Charge, Prices, uses
from valera.assistant.models.prices import OwnPrice, read_prices, read_rates

OWN = Prices(read_prices("yandex:yandexgpt=400/800 RUB, vllm:qwen3=0/0, openai:gpt-5-mini=1/2"), read_rates("RUB=80"))


def answer(model: str, *, entered: int = 1_000_000, returned: int = 0, cached: int = 0) -> ModelResponse:
    usage = RequestUsage(input_tokens=entered, output_tokens=returned, cache_read_tokens=cached)
    return ModelResponse(parts=[TextPart("да")], model_name=model, usage=usage)


def test_listed_price_is_found_under_the_name_that_the_provider_answers_with() -> None:
    charge = Prices().charge("openai:gpt-5-mini", answer("gpt-5-mini-2025-08-07"))

    assert charge.dollars == Decimal("0.25")
    assert charge.written() == {"cost": str(charge.dollars)}


def test_a_name_that_nobody_lists_is_looked_up_as_it_is_configured() -> None:
    assert Prices().charge("openai:gpt-5-mini", answer("gateway/its-own-name")).dollars == Decimal("0.25")


def test_cached_input_costs_what_cached_input_costs() -> None:
    fresh, cached = (Prices().charge("openai:gpt-5-mini", answer("gpt-5-mini", cached=n)).dollars for n in (0, 900_000))

    assert fresh is not None
    assert cached is not None
    assert cached < fresh / 4


@pytest.mark.parametrize("link", ["openai:no-such-model", "yandex:yandexgpt", "vllm:qwen3", "function:script:", "no-provider"])
def test_price_that_nobody_knows_is_not_nought(link: str) -> None:
    assert Prices().charge(link, answer("no-such-model")) == Charge(None, None)


def test_answer_without_tokens_is_free_and_one_that_told_none_is_not() -> None:
    untold = ModelResponse(parts=[TextPart("да")], model_name="gpt-5-mini", usage=RequestUsage(unmeasured_requests=1))

    assert Prices().charge("scripted-receptionist", answer("x", entered=0)).dollars == 0
    assert Prices().charge("openai:gpt-5-mini", untold).dollars is None


def test_own_price_comes_first_and_in_its_own_currency() -> None:
    roubles = OWN.charge("yandex:yandexgpt", answer("gpt://folder/yandexgpt", returned=500_000))

    assert OWN.charge("openai:gpt-5-mini", answer("gpt-5-mini")).dollars == 1
    assert OWN.charge("vllm:qwen3", answer("qwen3")).dollars == 0
    assert roubles == Charge(Decimal(10), Decimal(800), "RUB")
    assert roubles.written() == {"cost": "10", "currency": "RUB", "charged": "800"}


def test_the_most_that_a_chain_can_cost_is_that_of_its_dearest_link() -> None:
    chain = Chain(tuple(Link(name, TestModel()) for name in ("yandex:yandexgpt", "vllm:qwen3", "vllm:unknown")))

    assert OWN.most(chain, 60_000) == Decimal("0.6")
    assert Prices().most(chain, 60_000) == 0


@pytest.mark.parametrize("text", ["yandexgpt=1/2", "yandex:gpt=1", "yandex:gpt=1/-2", "yandex:gpt=a/b", "yandex:gpt=1/2 rub", "yandex:gpt"])
def test_price_that_makes_no_sense_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        read_prices(text)


@pytest.mark.parametrize("text", ["RUB", "RUB=0", "RUB=-1", "RUB=abc", "roubles=90"])
def test_rate_that_makes_no_sense_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        read_rates(text)


def test_price_in_a_currency_without_a_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="RUB"):
        Prices({"yandex:gpt": OwnPrice(Decimal(1), Decimal(1), "RUB")})


def test_steps_are_summed_up_model_by_model_and_what_is_free_is_left_out() -> None:
    def step(no: int, kind: StepKind, **content: object) -> Step:
        return Step(1, no, 1, kind, None, dict(content), 0)

    tokens = {"input_tokens": 100, "output_tokens": 10, "cache_read_tokens": 60}
    made = [
        step(1, StepKind.MODEL, link="openai:gpt-5-mini", model="gpt-5-mini-2025", usage=tokens, cost="0.01"),
        step(2, StepKind.TOOL, tool="find_prices", arguments={}, content={}, outcome="done", call_id="1"),
        step(3, StepKind.CODE, link="openai:gpt-5-mini", model="gpt-5-mini-2025", usage=tokens, cost="0.01"),
        step(4, StepKind.MODEL, link="yandex:yandexgpt", model="y", usage=tokens, cost="0.02", currency="RUB", charged="1.6"),
        step(5, StepKind.MODEL, link="vllm:qwen3", model="qwen3", usage=tokens, cost=None),
        step(6, StepKind.MODEL, link="scripted-receptionist", model="s", usage={"input_tokens": 0, "output_tokens": 0}, cost="0"),
        step(7, StepKind.CODE, what="yes", said="Записал"),
    ]

    openai, yandex, vllm = uses(made)

    assert (openai.provider, openai.model, openai.answers, openai.input_tokens, openai.cached_tokens) == (
        "openai",
        "gpt-5-mini",
        2,
        200,
        120,
    )
    assert (openai.cost, openai.charged, openai.currency, openai.unpriced) == (Decimal("0.02"), Decimal("0.02"), "USD", 0)
    assert (yandex.cost, yandex.charged, yandex.currency) == (Decimal("0.02"), Decimal("1.6"), "RUB")
    assert (vllm.answers, vllm.unpriced, vllm.cost) == (1, 1, 0)
