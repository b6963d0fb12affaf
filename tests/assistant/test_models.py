"""A model over HTTP: every way to fail is a ModelError, the next of a chain answers, and no key gets out."""

from __future__ import annotations

import asyncio
import logging
import traceback

import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart, UserPromptPart
from pydantic_ai.models.function import FunctionModel
from structlog.testing import capture_logs

from tests.model_peer import KEY, ModelPeer, model_peer
from valera.assistant.errors import BadAnswer, ModelError, ModelRefused, ModelTimeout
from valera.assistant.models import ask, chain
from valera.assistant.models_openai import open_openai
from valera.kit.errors import Invalid
from valera.reception.receptionist import ScriptedReceptionist
from valera.reception.tools import TOOLS
from valera.simulator.models.script import Rule, Step
from valera.simulator.models.switch import Fault
from valera.simulator.models.wire import Call

HELLO: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart("Добрый день, вы работаете?")], instructions="Ты администратор.")]
REFUSED = {
    Fault.RATE_LIMITED: "gpt-5-mini: HTTP 429",
    Fault.SERVER_ERROR: "gpt-5-mini: HTTP 500",
    Fault.OVERLOADED: "gpt-5-mini: HTTP 529",
    Fault.CUT: "gpt-5-mini: ModelConnectionError",
    Fault.BROKEN_JSON: "gpt-5-mini: ModelAPIError",
}


async def test_an_answer_comes_over_the_wire(peer: ModelPeer) -> None:
    response, _ = await ask(peer.model, HELLO, TOOLS, seconds=10)

    assert response.text == "Вы пишете: Добрый день вы работаете"
    assert response.model_name == "gpt-5-mini"
    assert response.usage.input_tokens > 0
    assert peer.switch.refused == 0


async def test_tools_are_called_and_their_results_read(peer: ModelPeer) -> None:
    peer.obey(
        Rule(
            "запишите",
            (
                Step(calls=(Call("find_slots", {"when": "завтра"}), Call("my_bookings"))),
                Step(calls=(Call("hold_slot", {"slot_id": "$find_slots.slots.0.slot_id"}),)),
                Step(say="$hold_slot.question"),
            ),
        )
    )
    told: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart("Запишите меня")])]

    first, _ = await ask(peer.model, told, TOOLS, seconds=10)
    told += [first, returned(first, {"slots": [{"slot_id": "s-1"}]}, {"bookings": []})]
    second, _ = await ask(peer.model, told, TOOLS, seconds=10)
    told += [second, returned(second, {"question": "Записать?"})]
    third, _ = await ask(peer.model, told, TOOLS, seconds=10)

    assert [(call.tool_name, call.args_as_dict()) for call in first.tool_calls] == [("find_slots", {"when": "завтра"}), ("my_bookings", {})]
    assert [(call.tool_name, call.args_as_dict()) for call in second.tool_calls] == [("hold_slot", {"slot_id": "s-1"})]
    assert third.text == "Записать?"
    assert len({call.tool_call_id for call in [*first.tool_calls, *second.tool_calls]}) == 3


def returned(response: ModelResponse, *contents: object) -> ModelRequest:
    calls = [part for part in response.parts if isinstance(part, ToolCallPart)]
    return ModelRequest(
        parts=[ToolReturnPart(call.tool_name, content, call.tool_call_id) for call, content in zip(calls, contents, strict=True)]
    )


# ---- failures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", REFUSED)
async def test_a_fault_of_the_provider_is_a_model_error(peer: ModelPeer, fault: Fault) -> None:
    peer.fail(fault)

    with pytest.raises(ModelRefused) as failed:
        await ask(peer.model, HELLO, TOOLS, seconds=10)

    assert failed.value.detail == REFUSED[fault]
    assert peer.switch.requests == 1, "the library tried again by itself"


async def test_an_empty_answer_is_none(peer: ModelPeer) -> None:
    peer.fail(Fault.EMPTY)

    with pytest.raises(BadAnswer):
        await ask(peer.model, HELLO, TOOLS, seconds=10)


async def test_a_silent_provider_is_given_up_on(peer: ModelPeer) -> None:
    peer.fail(Fault.SILENT)

    with pytest.raises(ModelTimeout):
        await ask(peer.model, HELLO, TOOLS, seconds=0.2)


async def test_nobody_listens() -> None:
    async with open_openai("gpt-5-mini", base_url="http://127.0.0.1:1/v1", api_key=KEY, connections=1, seconds=5) as model:
        with pytest.raises(ModelRefused):
            await ask(model, HELLO, TOOLS, seconds=10)


async def test_a_refused_key_or_a_wrong_address_is_a_model_error(peer: ModelPeer) -> None:
    async with open_openai("gpt-5-mini", base_url=f"{peer.url}/elsewhere", api_key=KEY, connections=1, seconds=5) as model:
        with pytest.raises(ModelRefused, match="HTTP 404"):
            await ask(model, HELLO, TOOLS, seconds=10)


async def test_openai_itself_wants_a_key() -> None:
    with pytest.raises(Invalid, match="OPENAI_API_KEY"):
        async with open_openai("gpt-5-mini", base_url=None, api_key=None, connections=1, seconds=5):
            pass


async def test_as_many_wait_at_once_as_there_are_turns() -> None:
    async with model_peer(connections=100) as peer:
        peer.fail(Fault.SILENT)
        asking = [asyncio.create_task(ask(peer.model, HELLO, TOOLS, seconds=60)) for _ in range(100)]
        while peer.switch.failed.get(Fault.SILENT) != 100:
            await asyncio.sleep(0.01)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


# ---- a chain ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", Fault)
async def test_the_next_of_a_chain_answers(peer: ModelPeer, fault: Fault) -> None:
    peer.fail(fault)

    with capture_logs() as logs:
        response, rest = await ask(chain([peer.model, ScriptedReceptionist()]), HELLO, TOOLS, seconds=2)

    assert response.model_name == "scripted-receptionist"
    assert rest.model_name == "scripted-receptionist", "the rest of the turn goes back to the one that failed"
    assert [(entry["event"], entry["model"]) for entry in logs] == [("model_failed", "gpt-5-mini")]


async def test_the_first_of_a_chain_that_answers_speaks_alone(peer: ModelPeer) -> None:
    asked = chain([peer.model, unasked()])

    response, rest = await ask(asked, HELLO, TOOLS, seconds=10)

    assert response.model_name == "gpt-5-mini"
    assert rest is asked


def unasked() -> FunctionModel:
    def refuse(*_: object) -> ModelResponse:
        raise AssertionError("the second of the chain was asked")

    return FunctionModel(refuse)


async def test_the_last_of_a_chain_says_what_went_wrong(peer: ModelPeer) -> None:
    peer.fail(Fault.SERVER_ERROR)
    async with model_peer("other") as other:
        other.fail(Fault.EMPTY)

        with pytest.raises(BadAnswer, match="other"):
            await ask(chain([peer.model, other.model]), HELLO, TOOLS, seconds=10)


def test_one_model_is_no_chain() -> None:
    model = ScriptedReceptionist()

    assert chain([model]) is model


# ---- the key ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", Fault)
async def test_no_key_in_logs_and_errors(peer: ModelPeer, fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    peer.fail(fault)

    with capture_logs() as logs, pytest.raises(ModelError) as failed:
        await ask(peer.model, HELLO, TOOLS, seconds=0.5)

    told = "".join(traceback.format_exception(failed.value)) + caplog.text + repr(logs) + repr(peer.model)
    assert KEY not in told


async def test_nor_in_what_a_good_answer_leaves(peer: ModelPeer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    response, _ = await ask(peer.model, HELLO, TOOLS, seconds=10)

    assert response.parts == [TextPart("Вы пишете: Добрый день вы работаете")]
    assert KEY not in caplog.text + repr(response)
