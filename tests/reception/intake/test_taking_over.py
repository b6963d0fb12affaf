"""The receptionist ends a turn in which a model has already changed something: what was done stands, and nothing is done again."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models import Model
from pydantic_ai.models.function import AgentInfo, FunctionModel

from tests.reception.stage import Stage
from tests.same_models import SameModels
from valera.reception.receptionist import ScriptedReceptionist
from valera.reception.tools import TOOLS
from valera.reception.turn import Turns


class ProcessDies(BaseException):
    """As far as the turn is concerned."""


class HoldsAndFails:
    """Finds a slot, holds it, and then is not there any more."""

    def __init__(self, end: BaseException) -> None:
        self.end = end

    def __call__(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        returned = [part for message in messages for part in message.parts if isinstance(part, ToolReturnPart)]
        match len(returned):
            case 0:
                return called("find_slots", {"when": "завтра в 11", "service": "Бампер"})
            case 1:
                found: Any = returned[0].content
                return called("hold_slot", {"slot_id": found["slots"][0]["slot_id"]})
            case _:
                raise self.end


def called(name: str, arguments: dict[str, object]) -> ModelResponse:
    return ModelResponse(parts=[ToolCallPart(name, arguments, f"call_{name}")], finish_reason="tool_call")


def gone(*_: object) -> ModelResponse:
    raise ModelHTTPError(503, "a")


async def run_turn(stage: Stage, *models: Model) -> None:
    await stage.owner.execute("update turns set leased_until = now() - interval '1 second' where state = 'running'")
    [claim] = await stage.claim_turns()
    await Turns(stage.db, stage.clock, SameModels(*models), TOOLS, stage.caps).run_turn(claim)


async def changes(stage: Stage) -> dict[str, int]:
    """Everything that a tool could have changed."""
    row = await stage.owner.fetchrow(
        "select (select count(*) from bookings where chat_id = $1) as bookings,"
        " (select count(*) from proposals where chat_id = $1) as proposals,"
        " (select count(*) from turn_steps where effect_key is not null) as effects,"
        " (select count(*) from chats where id = $1 and human_called_at is not null) as calls",
        await stage.chat_id(),
    )
    assert row is not None
    return dict(row)


async def test_what_a_failed_model_held_is_asked_about_and_nothing_else_is_held(stage: Stage) -> None:
    await stage.write("запишите на завтра в 11 на покраску бампера")
    await stage.take_in()

    await run_turn(stage, FunctionModel(HoldsAndFails(ModelHTTPError(503, "a")), model_name="a"), ScriptedReceptionist())

    after = await changes(stage)
    assert (after["bookings"], after["proposals"], after["effects"], after["calls"]) == (1, 1, 1, 0)
    [said] = await stage.said()
    assert "11:00" in said


async def test_nor_after_the_process_died_in_between(stage: Stage) -> None:
    await stage.write("запишите на завтра в 11 на покраску бампера")
    await stage.take_in()
    with pytest.raises(ProcessDies):
        await run_turn(stage, FunctionModel(HoldsAndFails(ProcessDies()), model_name="a"), ScriptedReceptionist())
    before = await changes(stage)

    await run_turn(stage, FunctionModel(gone, model_name="a"), ScriptedReceptionist())

    assert await changes(stage) == before
    [said] = await stage.said()
    assert "11:00" in said


async def test_nor_in_the_round_for_what_the_client_wrote_meanwhile(stage: Stage) -> None:
    await stage.write("запишите на завтра в 11 на покраску бампера")
    await stage.take_in()
    model = FunctionModel(HoldsAndFails(ProcessDies()), model_name="a")
    with pytest.raises(ProcessDies):
        await run_turn(stage, model, ScriptedReceptionist())
    before = await changes(stage)
    await stage.write("нет, лучше послезавтра в 12, и позовите мастера")
    await stage.take_in()

    await run_turn(stage, FunctionModel(gone, model_name="a"), ScriptedReceptionist())

    assert await changes(stage) == before


async def test_the_next_turn_is_free_again(stage: Stage) -> None:
    await stage.write("запишите на завтра в 11 на покраску бампера")
    await stage.take_in()
    await run_turn(stage, FunctionModel(HoldsAndFails(ModelHTTPError(503, "a")), model_name="a"), ScriptedReceptionist())
    before = await changes(stage)
    await stage.write("нет, давайте послезавтра в 12")
    await stage.take_in()

    await run_turn(stage, FunctionModel(gone, model_name="a"), ScriptedReceptionist())

    assert (await changes(stage))["proposals"] == before["proposals"] + 1


async def test_a_model_that_cannot_be_understood_gives_way(stage: Stage) -> None:
    await stage.write("Добрый день")
    await stage.take_in()
    english = FunctionModel(
        lambda *_: ModelResponse(parts=[TextPart("sure, what can we do for you and your car today")], finish_reason="stop"), model_name="a"
    )

    await run_turn(stage, english, ScriptedReceptionist())

    [said] = await stage.said()
    assert "sure" not in said
