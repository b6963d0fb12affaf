"""Models over HTTP, in three wire formats: every way to fail is a ModelError with its own name, and no key gets out."""

from __future__ import annotations

import asyncio
import logging
import traceback
import warnings
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, ToolCallPart, ToolReturnPart, UserPromptPart
from structlog.testing import capture_logs

from tests.stub_models import serving
from valera.assistant import errors
from valera.assistant.chain.ask import Question, ask
from valera.assistant.chain.link import Chain, Link
from valera.assistant.errors import ModelError, ModelUnreachable
from valera.assistant.models.clients import Clients
from valera.assistant.models.providers import PROVIDERS, Address
from valera.kit.errors import Invalid
from valera.kit.secrets import Secret
from valera.reception.receptionist import ScriptedReceptionist
from valera.reception.tools import TOOLS
from valera.simulator.models.provider import Provider
from valera.simulator.models.script import Rule, Step
from valera.simulator.models.switch import Fault, Setting, Switch, WireName
from valera.simulator.models.wire import Call

KEY = "sk-planted-2b7e151628aed2a6"
HELLO: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart("Добрый день, вы работаете?")], instructions="Ты администратор.")]
WIRES = {
    "openai": ("gpt-5-mini", "/openai/v1"),
    "anthropic": ("claude-haiku-4-5", "/anthropic"),
    "google": ("gemini-2.5-flash", "/google"),
}
MEANS: dict[Fault, type[ModelError]] = {
    Fault.RATE_LIMITED: errors.ModelOverloaded,
    Fault.OVERLOADED: errors.ModelOverloaded,
    Fault.UNAVAILABLE: errors.ModelOverloaded,
    Fault.ERROR_IN_STREAM: errors.ModelOverloaded,
    Fault.SERVER_ERROR: errors.ModelBroken,
    Fault.BAD_GATEWAY: errors.ModelBroken,
    Fault.BROKEN_JSON: errors.ModelBroken,
    Fault.UNAUTHORIZED: errors.KeyRefused,
    Fault.NO_MODEL: errors.ModelUnknown,
    Fault.TOO_LONG: errors.ContextTooLong,
    Fault.CUT: errors.ModelUnreachable,
    Fault.SILENT: errors.ModelTimeout,
    Fault.SLOW_FIRST_BYTE: errors.ModelTimeout,
    Fault.DRIPPING: errors.ModelTimeout,
    Fault.EMPTY: errors.BadAnswer,
    Fault.REFUSAL: errors.AnswerDeclined,
    Fault.FILTERED: errors.AnswerDeclined,
    Fault.LENGTH: errors.AnswerCutShort,
    Fault.HUGE: errors.AnswerCutShort,
}
SLOW = {Fault.SILENT, Fault.SLOW_FIRST_BYTE, Fault.DRIPPING}


@dataclass(frozen=True)
class Peers:
    """The three providers on one port, and the product's own clients."""

    provider: Provider
    url: str
    clients: Clients

    def link(self, wire: str, *, path: str | None = None) -> Link:
        name, base = WIRES[wire]
        model = self.clients.open(PROVIDERS[wire], name, Address(self.url + (path or base), Secret(KEY)))
        return Link(f"{wire}:{name}", model)

    def switch(self, wire: str) -> Switch:
        return self.provider.switches.of(WireName(wire))

    def turn(self, setting: Setting) -> None:
        self.provider.switches.turn(setting, tuple(WireName), None)

    def fail(self, fault: Fault) -> None:
        self.turn(Setting(faults={fault: 1}, slow_seconds=60))


@pytest.fixture
async def peers() -> AsyncIterator[Peers]:
    provider = Provider()
    async with serving(provider) as url:
        clients = Clients(connections=10, seconds=30)
        yield Peers(provider, url, clients)
        await clients.close()


def hello(*, seconds: float = 10) -> Question:
    return Question(HELLO, TOOLS, seconds=seconds)


@pytest.mark.parametrize("wire", WIRES)
async def test_an_answer_comes_over_the_wire(peers: Peers, wire: str) -> None:
    link = peers.link(wire)

    answer = await ask(Chain((link,)), hello())

    assert answer.response.text == "Вы пишете: Добрый день вы работаете"
    assert answer.response.usage.input_tokens > 0
    assert answer.link is link
    assert peers.switch(wire).refused == 0


@pytest.mark.parametrize("wire", WIRES)
async def test_tools_are_called_and_their_results_read(peers: Peers, wire: str) -> None:
    look = (Call("find_slots", {"when": "завтра"}), Call("my_bookings"))
    hold = (Call("hold_slot", {"slot_id": "$find_slots.slots.0.slot_id"}),)
    peers.turn(Setting(rules=(Rule("запишите", (Step(calls=look), Step(calls=hold), Step(say="$hold_slot.question"))),)))
    chain = Chain((peers.link(wire),))
    told: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart("Запишите меня")])]

    first = (await ask(chain, Question(told, TOOLS))).response
    told += [first, returned(first, {"slots": [{"slot_id": "s-1"}]}, {"bookings": []})]
    second = (await ask(chain, Question(told, TOOLS))).response
    told += [second, returned(second, {"question": "Записать?"})]
    third = (await ask(chain, Question(told, TOOLS))).response

    assert [(call.tool_name, call.args_as_dict()) for call in first.tool_calls] == [("find_slots", {"when": "завтра"}), ("my_bookings", {})]
    assert [(call.tool_name, call.args_as_dict()) for call in second.tool_calls] == [("hold_slot", {"slot_id": "s-1"})]
    assert third.text == "Записать?"


def returned(response: ModelResponse, *contents: object) -> ModelRequest:
    calls = [part for part in response.parts if isinstance(part, ToolCallPart)]
    return ModelRequest(
        parts=[ToolReturnPart(call.tool_name, content, call.tool_call_id) for call, content in zip(calls, contents, strict=True)]
    )


# ---- failures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("wire", WIRES)
async def test_a_fault_has_one_meaning_whoever_speaks(peers: Peers, wire: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    meant: dict[Fault, type[ModelError]] = {}
    for fault in MEANS:
        peers.fail(fault)
        with capture_logs() as logs, pytest.raises(ModelError) as failed:
            await ask(Chain((peers.link(wire),)), hello(seconds=0.2 if fault in SLOW else 10))
        meant[fault] = type(failed.value)
        assert peers.switch(wire).requests == 1, f"the library tried again by itself after {fault}"
        told = "".join(traceback.format_exception(failed.value)) + caplog.text + repr(logs)
        assert KEY not in told, fault
        assert "Добрый день" not in failed.value.detail + repr(logs), fault

    assert meant == MEANS


@pytest.mark.parametrize("wire", ["openai", "anthropic"])
async def test_no_money_is_no_rate_limit(peers: Peers, wire: str) -> None:
    peers.fail(Fault.NO_CREDIT)

    with pytest.raises(errors.QuotaSpent):
        await ask(Chain((peers.link(wire),)), hello())


@pytest.mark.parametrize("wire", WIRES)
async def test_how_long_to_wait_is_read(peers: Peers, wire: str) -> None:
    peers.turn(Setting(faults={Fault.RATE_LIMITED: 1}, retry_after_seconds=17))

    with pytest.raises(errors.ModelOverloaded) as failed:
        await ask(Chain((peers.link(wire),)), hello())

    assert failed.value.retry_after == 17


@pytest.mark.parametrize("wire", WIRES)
async def test_nobody_listens(peers: Peers, wire: str) -> None:
    model = peers.clients.open(PROVIDERS[wire], "any", Address("http://127.0.0.1:1", Secret(KEY)))

    with pytest.raises(ModelUnreachable):
        await ask(Chain((Link(wire, model),)), hello())


@pytest.mark.parametrize("wire", WIRES)
async def test_what_is_no_text_is_taken_out(peers: Peers, wire: str) -> None:
    peers.fail(Fault.BAD_CHARACTERS)

    answer = await ask(Chain((peers.link(wire),)), hello())

    assert answer.response.text == "Добрый день! Чем помочь?"


async def test_two_calls_with_one_id_are_two(peers: Peers) -> None:
    peers.fail(Fault.DUPLICATE_IDS)

    answer = await ask(Chain((peers.link("openai"),)), hello())

    assert len({call.tool_call_id for call in answer.response.tool_calls}) == 2


async def test_as_many_wait_at_once_as_there_are_turns() -> None:
    provider, clients = Provider(), Clients(connections=100, seconds=60)
    async with serving(provider) as url:
        peers = Peers(provider, url, clients)
        peers.fail(Fault.SILENT)
        asking = [asyncio.create_task(ask(Chain((peers.link("openai"),)), hello(seconds=60))) for _ in range(100)]
        while peers.switch("openai").failed.get(Fault.SILENT) != 100:
            await asyncio.sleep(0.01)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        await clients.close()


# ---- a chain ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.CUT, Fault.DRIPPING, Fault.EMPTY])
async def test_the_next_of_a_chain_answers(peers: Peers, fault: Fault) -> None:
    peers.fail(fault)
    receptionist = Link("scripted", ScriptedReceptionist(), is_remote=False)

    with capture_logs() as logs:
        answer = await ask(Chain((peers.link("openai"), peers.link("google"), receptionist)), Question(HELLO, TOOLS, fallback_seconds=1.5))

    assert answer.response.model_name == "scripted-receptionist"
    assert answer.rest.links == (receptionist,), "the rest of the turn goes back to one that failed"
    assert [entry["link"] for entry in logs if entry["event"] == "model_failed"] == ["openai:gpt-5-mini", "google:gemini-2.5-flash"]


async def test_the_first_of_a_chain_that_answers_speaks_alone(peers: Peers) -> None:
    chain = Chain((peers.link("openai"), peers.link("google")))

    answer = await ask(chain, hello())

    assert answer.link is chain.links[0]
    assert answer.rest == chain
    assert peers.switch("google").requests == 0


async def test_who_is_left_alone_is_not_asked(peers: Peers) -> None:
    peers.fail(Fault.UNAUTHORIZED)
    chain = Chain((peers.link("openai"), Link("scripted", ScriptedReceptionist(), is_remote=False)))

    for _ in range(5):
        await ask(chain, hello())

    assert peers.switch("openai").requests == 1


async def test_the_last_of_a_chain_says_what_went_wrong(peers: Peers) -> None:
    peers.fail(Fault.EMPTY)

    with pytest.raises(errors.BadAnswer, match="google"):
        await ask(Chain((peers.link("openai"), peers.link("google"))), hello())


# ---- what a model is opened with ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "address", "sentence"),
    [
        ("openai", Address(), "OPENAI_API_KEY"),
        ("deepseek", Address(), "DEEPSEEK_API_KEY"),
        ("gigachat", Address(), "GIGACHAT_BASE_URL"),
        ("yandex", Address(key=Secret(KEY)), "YANDEX_FOLDER_ID"),
    ],
)
def test_what_is_missing_is_said(provider: str, address: Address, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        Clients(connections=1, seconds=1).open(PROVIDERS[provider], "any", address)

    assert KEY not in refused.value.detail


async def test_models_are_kept_and_bounded(peers: Peers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("valera.assistant.models.clients.MOST_OPEN", 3)
    first = [peers.clients.open(PROVIDERS["openai"], f"m{number}", Address(peers.url)) for number in range(3)]
    assert peers.clients.open(PROVIDERS["openai"], "m0", Address(peers.url)) is first[0]

    for number in range(3, 6):
        peers.clients.open(PROVIDERS["openai"], f"m{number}", Address(peers.url))

    assert peers.clients.open(PROVIDERS["openai"], "m0", Address(peers.url)) is not first[0]


async def test_another_key_is_another_model(peers: Peers) -> None:
    one = peers.clients.open(PROVIDERS["openai"], "m", Address(peers.url, Secret("a")))

    assert peers.clients.open(PROVIDERS["openai"], "m", Address(peers.url, Secret("b"))) is not one


@pytest.mark.parametrize("name", PROVIDERS)
async def test_every_provider_of_the_table_can_be_asked(peers: Peers, name: str) -> None:
    """Each speaks one of the three formats; what its quirks change, a strict server of that format still takes."""
    provider = PROVIDERS[name]
    path = {"openai": "/openai/v1", "anthropic": "/anthropic", "google": "/google"}[provider.wire]
    model_name = {"openai": "gpt-4o-mini", "anthropic": "claude-haiku-4-5", "google": "gemini-2.5-flash"}[provider.wire]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = peers.clients.open(provider, model_name, Address(peers.url + path, Secret(KEY), "b1g"))
        answer = await ask(Chain((Link(name, model),)), hello())

    assert answer.response.text == "Вы пишете: Добрый день вы работаете"
    assert KEY not in repr(model) + repr(answer)
