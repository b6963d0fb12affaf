"""A booking from the first word to the question, over each wire, whole and streamed: the providers' own clients are the witnesses."""

from __future__ import annotations

import pytest

from tests.simulator.models.clients import Client, Talk
from valera.simulator.models.provider import Provider
from valera.simulator.models.script import Rule, Step
from valera.simulator.models.switch import Setting, WireName
from valera.simulator.models.wire import Call

FIND = Step(calls=(Call("find_slots", {"when": "завтра в 11"}), Call("find_slots", {"number": 7})))
HOLD = Step(say="Секунду…", calls=(Call("hold_slot", {"slot_id": "$find_slots.slots.0.slot_id"}),))
BOOK = Rule("запишите", (FIND, HOLD, Step(say="$hold_slot.question")))
QUESTION = "Записываю на завтра, 11:00 «Шкода». Верно?"
CALLS = {"openai": "tool_calls", "anthropic": "tool_use", "google": "STOP"}
DONE = {"openai": "stop", "anthropic": "end_turn", "google": "STOP"}


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
async def test_a_booking_is_held_over_every_wire(provider: Provider, client: Client, wire: WireName, streamed: bool) -> None:
    provider.switches.turn(Setting(rules=(BOOK,)), [wire])
    talk = Talk().say("Добрый день")

    greeting = await client.ask(talk, model="m", streamed=streamed)
    found = await client.ask(talk.hear(greeting).say("Запишите меня завтра в 11"), model="m", streamed=streamed)
    held = await client.ask(
        talk.hear(found).result({"slots": [{"slot_id": "s-1"}]}, {"slots": [{"slot_id": "s-1"}]}), model="m", streamed=streamed
    )
    asked = await client.ask(talk.hear(held).result({"question": QUESTION}), model="m", streamed=streamed)
    last = await client.ask(talk.hear(asked).say("Спасибо"), model="m", streamed=streamed)

    assert (greeting.text, greeting.calls, greeting.end) == ("Вы пишете: Добрый день", (), DONE[wire])
    assert (found.text, found.end) == ("", CALLS[wire])
    assert found.calls == (("find_slots", {"when": "завтра в 11"}), ("find_slots", {"number": 7}))
    assert (held.text, held.calls) == ("Секунду…", (("hold_slot", {"slot_id": "s-1"}),))
    assert (asked.text, asked.calls) == (QUESTION, ())
    assert last.text == "Вы пишете: Спасибо"
    assert greeting.tokens > 1
    assert provider.switches.of(wire).refused == 0


@pytest.mark.parametrize("model", ["gemini-2.5-flash", "gemini-3-pro"])
async def test_the_same_request_has_the_same_answer(url: str, provider: Provider, client: Client, wire: WireName, model: str) -> None:
    provider.switches.turn(Setting(rules=(BOOK,)), [wire])
    first, second = [await client.ask(Talk().say("запишите"), model=model, streamed=False) for _ in range(2)]

    assert first == second or (first.ids, first.calls) == (second.ids, second.calls)
    assert len({*first.ids, *second.ids} - {None}) in {0, 2}, "two calls of one answer share an id"
