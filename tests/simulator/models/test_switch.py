"""Which answers fail, for how long, and of which model."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from tests.stub_models import exchange
from valera.simulator.models.fault import Fault
from valera.simulator.models.provider import Provider
from valera.simulator.models.switch import Setting, Switch, Switches, WireName


def drawn(switch: Switch, number: int) -> list[Fault | None]:
    return [switch.next_fault() for _ in range(number)]


async def turn(provider: Provider, method: str, path: str, body: object = None) -> tuple[int, Any]:
    status, answer = await exchange(provider, path, json.dumps(body).encode(), {}, method=method)
    return status, json.loads(answer)


def test_the_coming_answers_fail_one_by_one_and_then_by_share() -> None:
    switch = Switch()
    switch.turn(Setting(next_faults=(None, Fault.CUT), faults={Fault.EMPTY: 1}))

    assert drawn(switch, 4) == [None, Fault.CUT, Fault.EMPTY, Fault.EMPTY]
    assert switch.failed == {Fault.CUT: 1, Fault.EMPTY: 2}


def test_shares_are_kept_and_repeat() -> None:
    switch, shares = Switch(), Setting(faults={Fault.EMPTY: 0.25, Fault.CUT: 0.25}, seed=3)
    switch.turn(shares)
    first = drawn(switch, 400)
    switch.turn(shares)

    assert drawn(switch, 400) == first
    assert all(60 < first.count(fault) < 140 for fault in (Fault.EMPTY, Fault.CUT))


def test_shares_hold_for_as_long_as_they_are_told_to() -> None:
    now = [100.0]
    switch = Switch(seconds=lambda: now[0])
    switch.turn(Setting(faults={Fault.OVERLOADED: 1}, for_seconds=30))

    assert drawn(switch, 1) == [Fault.OVERLOADED]
    now[0] += 31
    assert drawn(switch, 1) == [None]


def test_a_model_has_a_switch_of_its_own_if_it_was_given_one() -> None:
    switches = Switches()
    switches.turn(Setting(faults={Fault.EMPTY: 1}), [WireName.GOOGLE], "gemini-3-pro")

    assert drawn(switches.of(WireName.GOOGLE, "gemini-3-pro"), 1) == [Fault.EMPTY]
    assert drawn(switches.of(WireName.GOOGLE, "gemini-2.5-flash"), 1) == [None]
    assert drawn(switches.of(WireName.OPENAI, "gemini-3-pro"), 1) == [None]

    switches.reset([WireName.GOOGLE])
    assert switches.of(WireName.GOOGLE, "gemini-3-pro") is switches.of(WireName.GOOGLE)


def test_shares_of_more_than_all_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"faults": {"cut": 0.6, "empty": 0.6}}, Setting)


async def test_all_of_it_is_turned_over_http() -> None:
    provider = Provider()

    await turn(provider, "PUT", "/switch", {"faults": {"overloaded": 1}})
    await turn(provider, "PUT", "/anthropic/switch", {"next_faults": ["refusal"]})
    await turn(provider, "PUT", "/openai/switch/deepseek/deepseek-chat", {"for_seconds": 5})
    _, whole = await turn(provider, "GET", "/switch")
    _, one = await turn(provider, "GET", "/openai/switch/deepseek/deepseek-chat")
    _, reset = await turn(provider, "DELETE", "/switch")

    assert whole["google"]["setting"]["faults"] == {"overloaded": 1}
    assert whole["anthropic"]["setting"] == one["setting"] | {"for_seconds": None, "next_faults": ["refusal"]}
    assert whole["openai"]["models"]["deepseek/deepseek-chat"]["setting"]["for_seconds"] == 5
    assert all(wire["setting"]["faults"] == {} and "models" not in wire for wire in reset.values())


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/openai/switch", {"faults": {"nonsense": 1}}, 400),
        ("PUT", "/google/switch", {"surprise": 1}, 400),
        ("POST", "/switch", {}, 405),
        ("GET", "/mistral/switch", None, 404),
        ("GET", "/", None, 404),
    ],
)
async def test_what_makes_no_sense_is_refused(method: str, path: str, body: object, status: int) -> None:
    found, answer = await turn(Provider(), method, path, body)

    assert found == status
    assert answer["error"]
