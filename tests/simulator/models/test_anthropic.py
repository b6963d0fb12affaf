"""Anthropic's wire format is strict in Anthropic's own words; its own client is the witness of what is taken and sent."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import pytest
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming

from tests.stub_models import KEY, exchange
from valera.simulator.models.anthropic.request import UNHEEDED, Request
from valera.simulator.models.provider import Provider

HEADERS = {"x-api-key": KEY, "anthropic-version": "2023-06-01", "content-type": "application/json"}
SCHEMA = {"type": "object", "properties": {}}
HELLO: list[dict[str, Any]] = [{"role": "user", "content": "Привет"}]
USE: dict[str, Any] = {"type": "tool_use", "id": "toolu_1", "name": "find_slots", "input": {}}
CALLED = {"role": "assistant", "content": [USE]}
RESULT: dict[str, Any] = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "{}"}
GOOD: dict[str, Any] = {"model": "claude-haiku-4-5", "max_tokens": 100, "messages": HELLO}
CACHED = {"type": "text", "text": "а", "cache_control": {"type": "ephemeral"}}


def told(*messages: dict[str, Any]) -> dict[str, Any]:
    return GOOD | {"messages": [*HELLO, *messages]}


def offering(**tool: Any) -> dict[str, Any]:
    return GOOD | {"tools": [{"name": "find_slots", "input_schema": SCHEMA} | tool]}


def user(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


async def post(provider: Provider, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    status, answer = await exchange(provider, "/anthropic/v1/messages", sent, HEADERS | headers)
    return status, json.loads(answer)


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        GOOD | {"system": [{"type": "text", "text": "Ты администратор.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]},
        GOOD | {"temperature": 1, "top_p": 0.9, "top_k": 5, "stop_sequences": ["x"], "metadata": {"user_id": "7"}},
        GOOD | {"thinking": {"type": "disabled"}, "output_config": {"effort": "low"}, "service_tier": "auto"},
        told({"role": "user", "content": "И ещё"}),
        told(CALLED, user(RESULT)),
        told(CALLED, user(RESULT, {"type": "text", "text": "А это я дописал"})),
        told({"role": "assistant", "content": "Да?"}, {"role": "user", "content": "Да"}),
        told(user({"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "/9j/"}})),
        offering(description="Free times.", cache_control={"type": "ephemeral"}) | {"tool_choice": {"type": "auto"}},
    ],
    ids=lambda body: json.dumps(body, ensure_ascii=False)[:60],
)
async def test_what_is_documented_is_taken(provider: Provider, body: dict[str, Any]) -> None:
    status, answer = await post(provider, body)

    assert status == 200, answer
    assert answer["type"] == "message"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "not valid JSON"),
        ({"model": "m", "messages": HELLO}, "max_tokens: Field required"),
        ({"max_tokens": 1, "messages": HELLO}, "model: Field required"),
        (GOOD | {"max_tokens": 0}, "max_tokens: "),
        (GOOD | {"surprise": 1}, "surprise: Extra inputs are not permitted"),
        (GOOD | {"temperature": 1.5}, "temperature: "),
        (GOOD | {"messages": []}, "messages: at least one message is required"),
        (GOOD | {"messages": [{"role": "assistant", "content": "?"}]}, 'first message must use the "user" role'),
        (GOOD | {"messages": [{"role": "client", "content": "?"}]}, "messages.0.role"),
        (GOOD | {"messages": [{"role": "system", "content": "?"}, *HELLO]}, 'first message must use the "user" role'),
        (told({"role": "assistant", "content": "Начну за вас"}), "does not support assistant message prefill"),
        (told({"role": "user", "content": ""}), "messages.1: all messages must have non-empty content"),
        (told(user()), "messages.1: all messages must have non-empty content"),
        (told(user({"type": "text", "text": ""})), "text content blocks must be non-empty"),
        (told(user({"type": "text", "text": " \n"})), "text content blocks must contain non-whitespace text"),
        (told(user({"type": "text", "text": "?", "surprise": 1})), "messages.1.content.0.surprise: Extra inputs are not permitted"),
        (
            told(CALLED, {"role": "user", "content": "?"}),
            "`tool_use` ids were found without `tool_result` blocks immediately after: toolu_1",
        ),
        (told(CALLED, user({"type": "text", "text": "?"}, RESULT)), "`tool_use` ids were found without `tool_result`"),
        (told(user(RESULT)), "unexpected `tool_use_id` found in `tool_result` blocks: toolu_1"),
        (told(CALLED, user(RESULT, RESULT | {"tool_use_id": "toolu_2"})), "unexpected `tool_use_id`"),
        (told(CALLED, user(RESULT, RESULT)), "each tool_use must have a single result"),
        (told(CALLED, user(RESULT), CALLED, user(RESULT)), "`tool_use` ids must be unique"),
        (told({"role": "assistant", "content": [USE, USE]}, user(RESULT)), "`tool_use` ids must be unique"),
        (told({"role": "assistant", "content": [USE | {"id": "call|1"}]}, user(RESULT)), "messages.1.content.0.id"),
        (told({"role": "assistant", "content": [USE | {"input": "{}"}]}, user(RESULT)), "messages.1.content.0.input"),
        (told(user(USE)), "can only be in `assistant` messages"),
        (offering(name="две штуки"), "tools.0.name"),
        (offering(input_schema={}), "tools.0.custom.input_schema.type: Field required"),
        (offering(input_schema={"type": "string"}), "Input should be 'object'"),
        (GOOD | {"tools": offering()["tools"] * 2}, "tools: Tool names must be unique."),
        (GOOD | {"tool_choice": {"type": "any"}}, "tool_choice: may only be specified while providing tools"),
        (offering() | {"tool_choice": {"type": "tool", "name": "book"}}, "Tool 'book' not found in provided tools"),
        (GOOD | {"system": [CACHED] * 5}, "A maximum of 4 blocks with cache_control may be provided. Found 5."),
    ],
    ids=lambda found: found if isinstance(found, str) else "",
)
async def test_what_makes_no_sense_is_refused(provider: Provider, body: object, says: str) -> None:
    status, answer = await post(provider, body)

    assert status == 400
    assert answer["type"] == "error"
    assert answer["error"]["type"] == "invalid_request_error"
    assert says in answer["error"]["message"]
    assert answer["request_id"].startswith("req_")


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"x-api-key": ""}, 401, "authentication_error"),
        ({"x-api-key": "", "Authorization": "Bearer token"}, 200, None),
        ({"anthropic-version": ""}, 400, "invalid_request_error"),
        ({"anthropic-version": "2999-01-01"}, 400, "invalid_request_error"),
        ({"content-type": "text/plain"}, 415, "invalid_request_error"),
    ],
)
async def test_headers_are_checked(provider: Provider, headers: dict[str, str], status: int, kind: str | None) -> None:
    found, answer = await post(provider, GOOD, **headers)

    assert (found, answer.get("error", {}).get("type")) == (status, kind)


def test_every_parameter_of_the_client_is_known() -> None:
    assert MessageCreateParamsNonStreaming.__annotations__.keys() <= set(Request.__struct_fields__) | UNHEEDED


async def test_models_are_listed_to_its_client(url: str) -> None:
    async with anthropic.AsyncAnthropic(base_url=f"{url}/anthropic", api_key=KEY, max_retries=0) as client:
        listed = [model async for model in client.models.list()]
        one = await client.models.retrieve("claude-haiku-4-5")
        with pytest.raises(anthropic.NotFoundError):
            await client.messages.count_tokens(model="m", messages=[{"role": "user", "content": "?"}])

    assert one in listed
    assert one.max_tokens == 64_000
