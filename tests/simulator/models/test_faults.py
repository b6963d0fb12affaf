"""Every fault over every wire, whole and streamed, as the provider's own client sees it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import anthropic
import httpx2
import openai
import pytest
from google.genai import errors

from tests.simulator.models.clients import CLIENTS, Client, Read, Talk
from valera.simulator.models.fault import BY_STATUS, Fault
from valera.simulator.models.provider import Provider
from valera.simulator.models.spoiled import FALSE_BOOKING, FALSE_SUM, FOREIGN, HUGE, PROMISE
from valera.simulator.models.switch import Setting, WireName

OPENAI, ANTHROPIC, GOOGLE = WireName.OPENAI, WireName.ANTHROPIC, WireName.GOOGLE
STATUSES: dict[Fault, dict[WireName, int]] = {
    Fault.RATE_LIMITED: dict.fromkeys(WireName, 429),
    Fault.OVERLOADED: {OPENAI: 529, ANTHROPIC: 529, GOOGLE: 503},
    Fault.SERVER_ERROR: dict.fromkeys(WireName, 500),
    Fault.UNAVAILABLE: dict.fromkeys(WireName, 503),
    Fault.UNAUTHORIZED: {OPENAI: 401, ANTHROPIC: 401, GOOGLE: 400},
    Fault.NO_CREDIT: {OPENAI: 429, ANTHROPIC: 400, GOOGLE: 429},
    Fault.NO_MODEL: dict.fromkeys(WireName, 404),
    Fault.TOO_LONG: dict.fromkeys(WireName, 400),
    Fault.BAD_GATEWAY: dict.fromkeys(WireName, 502),
}
DAMAGED = {Fault.CUT, Fault.BROKEN_JSON}
ENDS = {
    OPENAI: ("stop", "content_filter", "length"),
    ANTHROPIC: ("refusal", "refusal", "max_tokens"),
    GOOGLE: ("SAFETY", "SAFETY", "MAX_TOKENS"),
}
"""Of a refusal, a filter and a limit; OpenAI's client raises the last two when it streams."""

FAILURES = (
    openai.OpenAIError, anthropic.AnthropicError, errors.APIError, httpx2.HTTPError, json.JSONDecodeError, ValueError, AssertionError,
    TypeError,
)  # fmt: skip
"""Damaged answers come out of the three clients as all of these."""

TALK = Talk().say("Меня зовут ⟦name_1⟧, телефон ⟦phone_1⟧")


async def suffer(provider: Provider, client: Client, wire: WireName, fault: Fault, *, streamed: bool) -> Read | BaseException:
    """Each fault has a model of its own, so that all can be tried at the same time."""
    model = f"model-{fault}"
    provider.switches.turn(Setting(faults={fault: 1}, slow_seconds=0.1), [wire], model)
    try:
        async with asyncio.timeout(5 if fault is not Fault.SILENT else 0.5):
            return await client.ask(TALK, model=model, streamed=streamed)
    except (*FAILURES, TimeoutError) as error:
        return error


def status_of(error: Read | BaseException) -> int | None:
    assert isinstance(error, BaseException), error
    return getattr(error, "status_code", None) or getattr(error, "code", None)


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
async def test_every_fault_is_what_its_own_client_takes_it_for(provider: Provider, client: Client, wire: WireName, streamed: bool) -> None:
    found = dict(
        zip(Fault, await asyncio.gather(*(suffer(provider, client, wire, fault, streamed=streamed) for fault in Fault)), strict=True)
    )

    for fault, statuses in STATUSES.items():
        assert status_of(found[fault]) == statuses[wire], fault
    for fault in DAMAGED:
        assert isinstance(found[fault], BaseException), fault
    assert isinstance(found[Fault.SILENT], TimeoutError)
    early = found[Fault.ENDED_EARLY]
    assert isinstance(early, BaseException) or (streamed and early.end is None)
    if streamed:
        assert isinstance(found[Fault.ERROR_IN_STREAM], BaseException)
    else:
        assert status_of(found[Fault.ERROR_IN_STREAM]) == STATUSES[Fault.OVERLOADED][wire]
    check_what_is_said({fault: read for fault, read in found.items() if isinstance(read, Read)}, wire)


def check_what_is_said(read: dict[Fault, Read], wire: WireName) -> None:
    assert read[Fault.SLOW_FIRST_BYTE].text == read[Fault.DRIPPING].text != ""
    assert read[Fault.WRONG_LANGUAGE].text == FOREIGN
    assert read[Fault.TEXT_WITHOUT_CALL].text == PROMISE
    assert read[Fault.FALSE_SUM].text == FALSE_SUM
    assert read[Fault.FALSE_BOOKING].text == FALSE_BOOKING
    assert read[Fault.HUGE].text == HUGE
    assert "\x00" in read[Fault.BAD_CHARACTERS].text
    assert "⟦phone_1," in read[Fault.MANGLED_PLACEHOLDERS].text
    assert read[Fault.EMPTY].text == "" == "".join(name for name, _ in read[Fault.EMPTY].calls)
    assert read[Fault.UNKNOWN_TOOL].calls[0][0] == "book_everything_now"
    assert read[Fault.WRONG_ARGUMENTS].calls == (("find_slots", {"when": [1], "number": "сто"}),)
    assert (read[Fault.CALL_WITHOUT_TEXT].text, read[Fault.CALL_WITHOUT_TEXT].calls) == ("", (("find_slots", {}),))
    assert (read[Fault.TEXT_WITH_CALL].text, read[Fault.TEXT_WITH_CALL].calls) == (PROMISE, (("find_slots", {}),))
    assert len(read[Fault.TWO_CALLS].calls) == 2
    assert read[Fault.DUPLICATE_IDS].ids == ("call_1", "call_1")
    for fault, end in zip((Fault.REFUSAL, Fault.FILTERED, Fault.LENGTH), ENDS[wire], strict=True):
        assert fault not in read or read[fault].end == end, fault


async def test_when_to_come_again_stands_in_a_header_too(url: str, provider: Provider) -> None:
    for wire, make in CLIENTS.items():
        client = make.at(url)
        provider.switches.turn(Setting(next_faults=(Fault.RATE_LIMITED, Fault.OVERLOADED), retry_after_seconds=7), [WireName(wire)])
        for _ in range(2):
            with pytest.raises((openai.APIStatusError, anthropic.APIStatusError, errors.APIError)) as failed:
                await client.ask(TALK, model="m", streamed=False)
            response: Any = failed.value.response
            assert response.headers["retry-after"] == "7", wire
        await client.close()


def test_every_fault_by_status_is_known_to_have_one() -> None:
    assert STATUSES.keys() >= BY_STATUS
