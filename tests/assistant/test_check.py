"""`valera models check`: one line for each link, whatever is wrong with it, and no key in any."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.stub_models import serving
from valera.assistant.models.check import PROBE, check_choice
from valera.assistant.models.choice import ModelChoice
from valera.assistant.models.clients import Clients
from valera.assistant.models.cost import Prices
from valera.assistant.models.providers import Address
from valera.assistant.models.shop import new_key
from valera.cli.models import addresses
from valera.kit.errors import Invalid
from valera.kit.secrets import Secret
from valera.simulator.models.provider import Provider
from valera.simulator.models.script import Rule, Step
from valera.simulator.models.switch import Fault, Setting, WireName
from valera.simulator.models.wire import Call

KEY = "sk-planted-2b7e151628aed2a6"
REASONS = {
    Fault.UNAUTHORIZED: "the key is refused (HTTP 401)",
    Fault.NO_CREDIT: "there is no money left on the account, or its quota is used up (HTTP 429)",
    Fault.NO_MODEL: "it knows no such model, or the address is not its own (HTTP 404)",
    Fault.RATE_LIMITED: "it has too much to do, or too many requests came from here (HTTP 429), it asks to wait 7 s",
    Fault.SERVER_ERROR: "it fails, or what answers there is no such provider (HTTP 500)",
    Fault.EMPTY: "its answer is empty or breaks off",
    Fault.CUT: "there is no connection to it: look at the network and the address",
}


@dataclass(frozen=True)
class Bench:
    provider: Provider
    url: str
    clients: Clients

    def turn(self, setting: Setting) -> None:
        self.provider.switches.turn(setting, tuple(WireName), None)

    async def check(self, text: str, address: Address | None = None) -> str:
        known = address or Address(f"{self.url}/openai/v1", Secret(KEY))
        return (await check_choice(ModelChoice.read(text), known, self.clients, Prices())).tell()


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    provider = Provider()
    async with serving(provider) as url:
        clients = Clients(connections=2, seconds=5)
        yield Bench(provider, url, clients)
        await clients.close()


async def test_a_link_that_answers_says_what_it_can_and_costs(bench: Bench) -> None:
    bench.turn(Setting(rules=(Rule(PROBE.name, (Step(calls=(Call(PROBE.name, {"word": "проба"}),)),)),)))

    told = await bench.check("openai:gpt-5-mini")

    assert told.startswith("ok  openai:gpt-5-mini: answers in ")
    assert told.endswith(" s, tools: yes, images: yes, 0.25 $ in and 2 $ out per million tokens")


async def test_what_it_cannot_is_said_too(bench: Bench) -> None:
    told = await bench.check("deepseek:nobody-knows-it")

    assert told.endswith(" s, tools: no, images: no, price unknown")


async def test_every_reason_is_a_sentence(bench: Bench) -> None:
    for fault, reason in REASONS.items():
        bench.turn(Setting(faults={fault: 1}, retry_after_seconds=7))
        told = await bench.check("openai:gpt-5-mini")

        assert told.startswith(f"BAD openai:gpt-5-mini: {reason}, 0.25 $ in"), fault
        assert KEY not in told


async def test_nobody_there_no_key_and_the_receptionist(bench: Bench) -> None:
    assert "there is no connection to it" in await bench.check("vllm:any", Address("http://127.0.0.1:1/v1"))
    assert "there is no key for openai: set OPENAI_API_KEY" in await bench.check("openai:gpt-5-mini", Address())
    assert await bench.check("scripted") == "ok  scripted: the receptionist that is built in, needs no provider"


def test_an_argument_that_may_be_a_key_is_not_repeated() -> None:
    with pytest.raises(Invalid) as refused:
        addresses((KEY,), (), ())

    assert KEY not in refused.value.detail


@pytest.mark.parametrize("text", ["", "  \n", "two words", "ключ", "a\x00b"])
def test_what_is_no_key_is_not_taken(text: str) -> None:
    with pytest.raises(Invalid):
        new_key(text)


def test_the_end_of_a_line_belongs_to_no_key() -> None:
    assert new_key(f"{KEY}\r\n").reveal() == KEY
