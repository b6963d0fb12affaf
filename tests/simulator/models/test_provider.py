"""The provider speaks OpenAI's wire format: OpenAI's own client is the witness, for answers, refusals and faults."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming

from tests.model_peer import KEY, ModelPeer, model_peer
from tests.simulator.conftest import Serving
from valera.simulator.models.switch import Fault
from valera.simulator.models.wire import UNHEEDED, Request

TOOL: ChatCompletionToolParam = {
    "type": "function",
    "function": {"name": "find_slots", "description": "Free times.", "parameters": {"type": "object", "properties": {}}},
}
HELLO: list[ChatCompletionMessageParam] = [{"role": "system", "content": "Ты администратор."}, {"role": "user", "content": "Привет"}]
CALLED: dict[str, Any] = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "find_slots", "arguments": "{}"}}],
}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "{}"}


@pytest.fixture
async def peer() -> AsyncIterator[ModelPeer]:
    async with model_peer() as peer:
        yield peer


@pytest.fixture
async def client(peer: ModelPeer) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=peer.url, api_key=KEY, max_retries=0) as client:
        yield client


async def post(peer: ModelPeer, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"} | headers
    async with aiohttp.ClientSession() as session, session.post(f"{peer.url}/chat/completions", data=sent, headers=given) as answer:
        return answer.status, await answer.json()


# ---- answers ------------------------------------------------------------------------------------


async def test_the_client_reads_an_answer(client: openai.AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(model="gpt-5-mini", messages=HELLO, tools=[TOOL], temperature=0.5, seed=1)

    assert completion.choices[0].message.content == "Вы пишете: Привет"
    assert completion.choices[0].finish_reason == "stop"
    assert completion.model == "gpt-5-mini"
    assert completion.usage is not None
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens


async def test_the_same_request_has_the_same_answer(client: openai.AsyncOpenAI) -> None:
    first, second = [await client.chat.completions.create(model="m", messages=HELLO) for _ in range(2)]

    assert first.id == second.id
    assert first.choices == second.choices


async def test_nothing_is_repeated_that_the_gates_would_ask_a_source_for(client: openai.AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Бампер 12000 в 11:30, чат c7?"}])

    assert completion.choices[0].message.content == "Вы пишете: Бампер в чат c7"


async def test_rules_are_given_over_http(peer: ModelPeer, client: openai.AsyncOpenAI) -> None:
    rules = [{"when": "слот", "steps": [{"calls": [{"name": "find_slots", "arguments": {"when": "завтра"}}]}]}]
    async with aiohttp.ClientSession() as session:
        switch = peer.url.replace("/v1", "/switch")
        async with session.put(switch, json={"rules": rules}) as answer:
            assert answer.status == 200
        completion = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "Есть СЛОТ?"}], tools=[TOOL])
        async with session.get(switch) as answer:
            report = await answer.json()
        async with session.put(switch, json={"faults": {"cut": 0.6, "empty": 0.6}}) as answer:
            refused = answer.status
        async with session.delete(switch) as answer:
            reset = await answer.json()

    [call] = completion.choices[0].message.tool_calls or []
    assert call.type == "function"
    assert (call.function.name, json.loads(call.function.arguments)) == ("find_slots", {"when": "завтра"})
    assert completion.choices[0].finish_reason == "tool_calls"
    assert (report["requests"], report["answered"]) == (1, 1)
    assert refused == 400
    assert reset["setting"]["rules"] == []


def test_every_parameter_of_the_client_is_known() -> None:
    known = set(Request.__struct_fields__) | UNHEEDED

    assert CompletionCreateParamsNonStreaming.__annotations__.keys() <= known


# ---- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"{", None),
        (b"\xff", None),
        ([], None),
        ({"model": "m"}, None),
        ({"model": "", "messages": HELLO}, "model"),
        ({"model": "m", "messages": []}, "messages"),
        ({"model": "m", "messages": HELLO, "surprise": 1}, None),
        ({"model": "m", "messages": HELLO, "temperature": 3}, "temperature"),
        ({"model": "m", "messages": HELLO, "seed": 1, "temperature": 3}, "temperature"),
        ({"model": "m", "messages": HELLO, "stream": True}, "stream"),
        ({"model": "m", "messages": HELLO, "tool_choice": "auto"}, "tool_choice"),
        ({"model": "m", "messages": [{"role": "client", "content": "?"}]}, "messages[0].role"),
        ({"model": "m", "messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        ({"model": "m", "messages": [{"role": "assistant", "content": None}]}, "messages[0].content"),
        ({"model": "m", "messages": [*HELLO, RESULT]}, "messages[2].role"),
        ({"model": "m", "messages": [*HELLO, CALLED]}, "messages"),
        ({"model": "m", "messages": [*HELLO, CALLED, {"role": "user", "content": "?"}]}, "messages[3]"),
        ({"model": "m", "messages": HELLO, "tools": [{"type": "function", "function": {"name": "две штуки"}}]}, "tools[0].function.name"),
    ],
    ids=str,
)
async def test_what_makes_no_sense_is_refused(peer: ModelPeer, body: object, param: str | None) -> None:
    status, answer = await post(peer, body)

    assert status == 400
    assert answer["error"].keys() == {"message", "type", "param", "code"}
    assert answer["error"]["type"] == "invalid_request_error"
    assert answer["error"]["param"] == param


async def test_calls_with_their_results_are_taken(peer: ModelPeer) -> None:
    status, _ = await post(peer, {"model": "m", "messages": [*HELLO, CALLED, RESULT]})

    assert status == 200


async def test_the_client_sees_refusals_as_its_own_errors(peer: ModelPeer, client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError):
        await client.chat.completions.create(model="m", messages=[])
    with pytest.raises(openai.NotFoundError):
        await client.models.list()
    assert (await post(peer, {}, Authorization=""))[0] == 401
    assert (await post(peer, {}, Authorization="Bearer "))[0] == 401
    assert (await post(peer, {}, **{"Content-Type": "text/plain"}))[0] == 415
    assert peer.switch.refused == 5


# ---- faults -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "error", "status"),
    [
        (Fault.RATE_LIMITED, openai.RateLimitError, 429),
        (Fault.SERVER_ERROR, openai.InternalServerError, 500),
        (Fault.OVERLOADED, openai.InternalServerError, 529),
    ],
)
async def test_the_client_sees_faults_as_its_own_errors(
    peer: ModelPeer, client: openai.AsyncOpenAI, fault: Fault, error: type[openai.APIStatusError], status: int
) -> None:
    peer.fail(fault)

    with pytest.raises(error) as failed:
        await client.chat.completions.create(model="m", messages=HELLO)

    assert failed.value.status_code == status
    assert failed.value.response.headers.get("retry-after") == ("1" if status == 429 else None)


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.BROKEN_JSON])
async def test_the_client_cannot_read_a_damaged_answer(peer: ModelPeer, client: openai.AsyncOpenAI, fault: Fault) -> None:
    peer.fail(fault)

    with pytest.raises((openai.APIError, ValueError)):
        await client.chat.completions.create(model="m", messages=HELLO)


async def test_shares_are_kept_and_repeat(peer: ModelPeer, client: openai.AsyncOpenAI) -> None:
    counts: list[int] = []
    for _ in range(2):
        peer.fail(Fault.EMPTY, 0.25)
        for _ in range(100):
            await client.chat.completions.create(model="m", messages=HELLO)
        counts.append(peer.switch.failed[Fault.EMPTY])

    assert counts[0] == counts[1]
    assert 10 < counts[0] < 40


async def test_the_simulator_serves_it_to_this_machine(tmp_path: Any) -> None:
    async with (
        Serving(tmp_path / "telegram.sqlite") as running,
        openai.AsyncOpenAI(base_url=f"{running.url}/openai/v1", api_key=KEY) as client,
    ):
        completion = await client.chat.completions.create(model="m", messages=HELLO)
        refused, _ = await running.get("/openai/switch", Host="valera.example")

    assert completion.choices[0].message.content == "Вы пишете: Привет"
    assert refused == 403
