"""OpenAI's wire format: OpenAI's own client is the witness, for answers, refusals and the switch."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming

from tests.stub_models import KEY, exchange
from valera.simulator.models.openai.request import UNHEEDED, Request
from valera.simulator.models.provider import Provider

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
TWICE = CALLED | {"tool_calls": CALLED["tool_calls"] * 2}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "{}"}


@pytest.fixture
async def client(url: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{url}/openai/v1", api_key=KEY, max_retries=0) as client:
        yield client


def offered(schema: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "find_slots", "parameters": schema, **fields}}


async def post(provider: Provider, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"} | headers
    status, answer = await exchange(provider, "/openai/v1/chat/completions", sent, given)
    return status, json.loads(answer)


# ---- answers ------------------------------------------------------------------------------------


async def test_the_client_reads_an_answer(client: openai.AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(model="gpt-5-mini", messages=HELLO, tools=[TOOL], seed=1)

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


async def test_rules_are_given_over_http(url: str, client: openai.AsyncOpenAI) -> None:
    rules = [{"when": "слот", "steps": [{"calls": [{"name": "find_slots", "arguments": {"when": "завтра"}}]}]}]
    async with aiohttp.ClientSession() as session:
        switch = f"{url}/openai/switch"
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
        ({"model": "m", "messages": HELLO, "stream_options": {"include_usage": True}}, "stream_options"),
        ({"model": "gpt-5-mini", "messages": HELLO, "max_tokens": 100}, "max_tokens"),
        ({"model": "o3", "messages": HELLO, "temperature": 0.5}, "temperature"),
        ({"model": "m", "messages": HELLO, "tool_choice": "auto"}, "tool_choice"),
        ({"model": "m", "messages": [{"role": "client", "content": "?"}]}, "messages[0].role"),
        ({"model": "m", "messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        ({"model": "m", "messages": [{"role": "assistant", "content": None}]}, "messages[0].content"),
        ({"model": "m", "messages": [*HELLO, RESULT]}, "messages[2].role"),
        ({"model": "m", "messages": [*HELLO, CALLED]}, "messages"),
        ({"model": "m", "messages": [*HELLO, CALLED, {"role": "user", "content": "?"}]}, "messages[3]"),
        ({"model": "m", "messages": [*HELLO, TWICE, RESULT, RESULT]}, "messages[2].tool_calls"),
        (
            {"model": "m", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "cat.png"}}]}]},
            "messages[0].content[0].image_url.url",
        ),
        ({"model": "m", "messages": HELLO, "tools": []}, "tools"),
        ({"model": "m", "messages": HELLO, "tools": [{"type": "function", "function": {"name": "две штуки"}}]}, "tools[0].function.name"),
        ({"model": "m", "messages": HELLO, "tools": [offered({})]}, "tools[0].function.parameters"),
        ({"model": "m", "messages": HELLO, "tools": [offered({"type": "string"})]}, "tools[0].function.parameters"),
        (
            {"model": "m", "messages": HELLO, "tools": [offered({"type": "object", "properties": {"when": {}}}, strict=True)]},
            "tools[0].function.parameters",
        ),
    ],
    ids=str,
)
async def test_what_makes_no_sense_is_refused(provider: Provider, body: object, param: str | None) -> None:
    status, answer = await post(provider, body)

    assert status == 400
    assert answer["error"].keys() == {"message", "type", "param", "code"}
    assert answer["error"]["type"] == "invalid_request_error"
    assert answer["error"]["param"] == param


async def test_calls_with_their_results_are_taken(provider: Provider) -> None:
    status, _ = await post(provider, {"model": "m", "messages": [*HELLO, CALLED, RESULT]})

    assert status == 200


async def test_the_client_sees_refusals_as_its_own_errors(provider: Provider, client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError):
        await client.chat.completions.create(model="m", messages=[])
    with pytest.raises(openai.NotFoundError):
        await client.embeddings.create(model="m", input="?")
    assert (await post(provider, {}, Authorization=""))[0] == 401
    assert (await post(provider, {}, Authorization="Bearer "))[0] == 401
    assert (await post(provider, {}, **{"Content-Type": "text/plain"}))[0] == 415
    assert provider.switch.refused == 5


async def test_models_are_listed(client: openai.AsyncOpenAI) -> None:
    listed = [model.id async for model in client.models.list()]

    assert "gpt-5-mini" in listed
    assert (await client.models.retrieve("gpt-4o-mini")).id == "gpt-4o-mini"
