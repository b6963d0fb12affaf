"""Never two providers' effects: once one link of a turn has changed something, nobody else changes anything in that turn."""

from __future__ import annotations

import pytest
from pydantic_ai.exceptions import ModelAPIError, ModelHTTPError, UnexpectedModelBehavior
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart

from tests.assistant.rehearsal import EFFECTS, LOOK, MemoryJournal, Player, Said, asked, chain, respond

HOLD: Said = [("hold_slot", {"what": "завтра в 11"})]
FAILURES: dict[str, Said] = {
    "429": ModelHTTPError(429, "a"),
    "500": ModelHTTPError(500, "a"),
    "401": ModelHTTPError(401, "a"),
    "400": ModelHTTPError(400, "a"),
    "cut": ModelAPIError("a", "connection lost"),
    "nonsense": UnexpectedModelBehavior("what?"),
    "stumble": ValueError("no JSON"),
    "empty": ModelResponse(parts=[TextPart(" ")], finish_reason="stop"),
    "no end": ModelResponse(parts=[TextPart("Записал вас на")]),
    "length": ModelResponse(parts=[TextPart("Запис")], finish_reason="length"),
    "refusal": ModelResponse(parts=[TextPart("Не буду")], finish_reason="content_filter"),
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("effect", [tool.name for tool in EFFECTS])
async def test_who_takes_over_changes_nothing(failure: str, effect: str) -> None:
    first = Player("a", [HOLD, FAILURES[failure]])
    second = Player("b", [[(effect, {"what": "другое"}), (LOOK.name, {})], "Готово."])
    journal = MemoryJournal()

    reply = await respond(chain(first, second), journal)(asked())

    assert journal.done == [("hold_slot", "завтра в 11"), (LOOK.name, "")]
    assert second.offered == [{LOOK.name}] * 2
    assert reply.text == "Готово."
    assert "ToolReturnPart" in repr(second.told[0]), "what was done is shown as done"
    assert "{'ok': 'hold_slot'}" in repr(second.told[0])


async def test_not_after_a_crash_either() -> None:
    first = Player("a", [HOLD, RuntimeError("the process dies here")])
    journal = MemoryJournal()
    with pytest.raises(RuntimeError):
        await respond(chain(first), journal)(asked())
    second = Player("b", [[("hold_slot", {"what": "другое"})], "Готово."])

    await respond(chain(Player("a", [ModelHTTPError(500, "a")]), second), journal.after_a_crash())(asked())

    assert journal.effects == ["hold_slot"]
    assert second.offered == [{LOOK.name}] * 2


async def test_not_in_a_later_round_either() -> None:
    journal = MemoryJournal()
    await respond(chain(Player("a", [HOLD, "Записать?"]), Player("b", ["нет"])), journal)(asked())
    second = Player("b", [[("cancel_booking", {}), ("move_booking", {})], "Готово."])

    await respond(chain(Player("a", [ModelHTTPError(500, "a")]), second), journal.next_round())(asked("И ещё вопрос"))

    assert journal.effects == ["hold_slot"]
    assert second.offered == [{LOOK.name}] * 2


async def test_not_when_the_chain_is_another_one_by_then() -> None:
    """The shop's setting was changed in the middle of a turn."""
    journal = MemoryJournal()
    await respond(chain(Player("a", [HOLD, "Записать?"])), journal)(asked())
    other = Player("c", [HOLD, "Готово."])

    await respond(chain(other), journal.next_round())(asked())

    assert journal.effects == ["hold_slot"]
    assert other.offered == [{LOOK.name}] * 2


async def test_who_had_the_effect_may_go_on() -> None:
    first = Player("a", [HOLD, [("cancel_booking", {})], "Готово."])
    journal = MemoryJournal()

    await respond(chain(first, Player("b", ["нет"])), journal)(asked())

    assert journal.effects == ["hold_slot", "cancel_booking"]


async def test_who_takes_over_before_any_effect_may_have_one() -> None:
    first = Player("a", [[(LOOK.name, {})], ModelHTTPError(500, "a")])
    second = Player("b", [HOLD, "Готово."])
    journal = MemoryJournal()

    await respond(chain(first, second), journal)(asked())

    assert journal.effects == ["hold_slot"]


async def test_the_third_is_bound_by_what_the_second_did() -> None:
    second = Player("b", [HOLD, ModelHTTPError(500, "b")])
    third = Player("c", [[("save_client", {})], "Готово."])
    journal = MemoryJournal()

    await respond(chain(Player("a", [ModelHTTPError(500, "a")]), second, third), journal)(asked())

    assert journal.effects == ["hold_slot"]
    assert third.offered == [{LOOK.name}] * 2


async def test_a_turn_does_not_go_back_to_one_that_failed_in_it() -> None:
    first = Player("a", [ModelHTTPError(500, "a"), HOLD])
    journal = MemoryJournal()
    await respond(chain(first, Player("b", ["Добрый день."])), journal)(asked())

    await respond(chain(first, Player("b", [HOLD, "Записать?"])), journal.next_round())(asked())

    assert len(first.told) == 1
    assert journal.effects == ["hold_slot"]


async def test_what_failed_was_no_effect() -> None:
    """A tool that refused has changed nothing: who takes over may do better."""
    journal = MemoryJournal()
    first = Player("a", [[("hold_slot", {"what": 1})], ModelHTTPError(500, "a")])
    second = Player("b", [HOLD, "Готово."])

    await respond(chain(first, second), journal)(asked())

    assert journal.effects == ["hold_slot"]


async def test_an_id_that_a_provider_gives_again_is_another_call() -> None:
    model = Player("a", [_looking("1"), _looking("2"), "Готово."])
    journal = MemoryJournal()

    await respond(chain(model), journal)(asked())

    assert journal.done == [(LOOK.name, "1"), (LOOK.name, "2")]


def _looking(what: str) -> ModelResponse:
    return ModelResponse(parts=[ToolCallPart(LOOK.name, {"what": what}, "call_0")], finish_reason="tool_call")
