"""A turn whose model is asked over HTTP: whatever the provider does, the client is answered and no effect happens twice."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic_ai.models import Model

from tests.model_peer import ModelPeer, model_peer
from tests.reception.stage import Stage
from tests.same_models import SameModels
from valera.assistant.errors import ModelError
from valera.reception.receptionist import ScriptedReceptionist
from valera.reception.tools import TOOLS
from valera.reception.turn import Turns
from valera.simulator.models.script import Rule, Step
from valera.simulator.models.switch import Fault
from valera.simulator.models.wire import Call

FIND = Step(calls=(Call("find_slots", {"when": "завтра в 11", "service": "Бампер"}),))
HOLD = Step(calls=(Call("hold_slot", {"slot_id": "$find_slots.slots.0.slot_id"}),))
FAILURES = (Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.CUT, Fault.BROKEN_JSON, Fault.EMPTY, Fault.REFUSAL, Fault.LENGTH)
BOOK = Rule("запишите", (FIND, HOLD, Step(say="$hold_slot.question")))


@pytest.fixture
async def peer() -> AsyncIterator[ModelPeer]:
    async with model_peer() as peer:
        yield peer


async def run_turn(stage: Stage, *models: Model) -> None:
    await stage.owner.execute("update turns set leased_until = now() - interval '1 second' where state = 'running'")
    [claim] = await stage.claim_turns()
    turns = Turns(stage.db, stage.clock, SameModels(*models), TOOLS, stage.caps)
    try:
        await turns.run_turn(claim)
    except ModelError:
        await turns.release(claim)
        raise


async def holds(stage: Stage) -> list[str]:
    return [row["status"] for row in await stage.rows("select status from bookings where chat_id = $1", await stage.chat_id())]


async def test_the_reply_names_who_answered(stage: Stage, peer: ModelPeer) -> None:
    await stage.write("Добрый день")
    await stage.take_in()

    await run_turn(stage, peer.model)

    [said] = await stage.said()
    assert said.endswith("Вы пишете: Добрый день")
    assert await answered_by(stage) == ["gpt-5-mini"]


async def test_a_proposal_is_made_over_the_wire(stage: Stage, peer: ModelPeer) -> None:
    peer.obey(BOOK)
    await stage.write("запишите на завтра в 11")
    await stage.take_in()

    await run_turn(stage, peer.model)

    assert await holds(stage) == ["held"]
    assert len(await stage.said()) == 1
    assert peer.switch.requests == 3


@pytest.mark.parametrize("fault", FAILURES)
async def test_a_turn_that_fails_between_its_steps_is_tried_again_and_holds_once(stage: Stage, peer: ModelPeer, fault: Fault) -> None:
    peer.obey(BOOK, next_faults=(None, None, fault))
    await stage.write("запишите на завтра в 11")
    await stage.take_in()

    with pytest.raises(ModelError):
        await run_turn(stage, peer.model)
    await run_turn(stage, peer.model)

    assert await holds(stage) == ["held"]
    assert len(await stage.said()) == 1
    assert peer.switch.requests == 4, "what was journalled was asked again"


async def test_the_next_of_a_chain_ends_what_the_first_began(stage: Stage, peer: ModelPeer) -> None:
    peer.obey(BOOK, next_faults=(None, None, Fault.SERVER_ERROR))
    await stage.write("запишите на завтра в 11")
    await stage.take_in()

    await run_turn(stage, peer.model, ScriptedReceptionist())

    assert (await holds(stage)).count("held") == 1, "the proposal of the second takes the place of the first one's"
    assert len(await stage.said()) == 1
    assert await answered_by(stage) == ["scripted-receptionist"]


async def answered_by(stage: Stage) -> list[str]:
    rows = await stage.rows(
        "select llm_response_data ->> 'model' as model from messages where role = 'assistant' and chat_id = $1", await stage.chat_id()
    )
    return [row["model"] for row in rows]
