"""Gemini's wire format is strict in Google's own words; Google's own client is the witness of what is taken and sent."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from google import genai
from google.genai import types

from tests.stub_models import KEY, exchange
from valera.simulator.models.google.request import Content, FunctionDeclaration, GenerationConfig, Part
from valera.simulator.models.provider import Provider

MODEL = "gemini-2.5-flash"
SCHEMA = {"type": "OBJECT", "properties": {"when": {"type": "STRING"}}}
HELLO: dict[str, Any] = {"role": "user", "parts": [{"text": "Привет"}]}
CALL: dict[str, Any] = {"functionCall": {"name": "find_slots", "args": {}}}
ANSWER: dict[str, Any] = {"functionResponse": {"name": "find_slots", "response": {"slots": []}}}


def told(*contents: dict[str, Any]) -> dict[str, Any]:
    return {"contents": [HELLO, *contents]}


def model(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"role": "model", "parts": list(parts)}


def user(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "parts": list(parts)}


def offering(**declaration: Any) -> dict[str, Any]:
    return told() | {"tools": [{"functionDeclarations": [{"name": "find_slots"} | declaration]}]}


async def post(
    provider: Provider, body: object, *, name: str = MODEL, query: str = "", method: str = "generateContent", **headers: str
) -> tuple[int, Any]:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"x-goog-api-key": KEY, "content-type": "application/json"} | headers
    status, answer = await exchange(provider, f"/google/v1beta/models/{name}:{method}{query}", sent, given)
    return status, json.loads(answer)


@pytest.mark.parametrize(
    "body",
    [
        told(),
        {"contents": [{"parts": [{"text": "без роли"}]}]},
        told() | {"system_instruction": {"parts": [{"text": "Ты администратор."}]}, "safetySettings": []},
        told() | {"generation_config": {"max_output_tokens": 100, "temperature": 1, "thinkingConfig": {"thinkingBudget": 0}}},
        told(model(CALL), user(ANSWER)),
        told(model({"text": "Смотрю"}, CALL, CALL), user(ANSWER, ANSWER)),
        told(model(CALL), {"role": "function", "parts": [ANSWER]}, model({"text": "Нет"}), HELLO),
        told(user({"inline_data": {"mime_type": "image/jpeg", "data": "/9j/"}}, {"text": "что это?"})),
        offering(parameters=SCHEMA),
        offering(parameters_json_schema={"type": "object", "properties": {}, "additionalProperties": False}),
        offering(parameters=SCHEMA) | {"toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["find_slots"]}}},
    ],
    ids=lambda body: json.dumps(body, ensure_ascii=False)[:60],
)
async def test_what_is_documented_is_taken(provider: Provider, body: dict[str, Any]) -> None:
    status, answer = await post(provider, body)

    assert status == 200, answer
    assert answer["candidates"][0]["finishReason"] == "STOP"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"{", "Invalid JSON payload received."),
        ({}, "contents is not specified"),
        (told() | {"surprise": 1}, 'Unknown name "surprise": Cannot find field.'),
        ({"contents": [HELLO | {"surprise": 1}]}, "Unknown name \"surprise\" at 'contents[0]': Cannot find field."),
        ({"contents": [HELLO | {"role": "assistant"}]}, "Please use a valid role: user, model."),
        ({"contents": [user()]}, "parts must not be empty"),
        ({"contents": [user({})]}, "required oneof field 'data' must have one initialized field"),
        ({"contents": [user({"text": "?"} | ANSWER)]}, "oneof field 'data' is already set"),
        (told(model({"text": "Начну за вас"})), "Please ensure that single turn requests end with a user role"),
        ({"contents": [model(CALL), user(ANSWER)]}, "function call turn comes immediately after a user turn"),
        (told(model({"text": "а"}), model(CALL), user(ANSWER)), "function call turn comes immediately after a user turn"),
        (told(user(CALL)), "function call turn comes immediately after a user turn"),
        (told(user(ANSWER)), "function response turn comes immediately after a function call turn"),
        (told(model(CALL), HELLO), "number of function response parts is equal to the number of function call parts"),
        (told(model(CALL, CALL), user(ANSWER)), "number of function response parts is equal"),
        (told(model(CALL), user(ANSWER), user(ANSWER)), "function response turn comes immediately after a function call turn"),
        (told(model(CALL), user({"functionResponse": {"name": "", "response": {}}})), "Name cannot be empty"),
        (told(model(CALL), user({"functionResponse": {"name": "find_slots", "response": []}})), "function_response.response"),
        (told() | {"generationConfig": {"temperature": 3}}, "generation_config.temperature"),
        (offering(name="две штуки"), "function_declarations[0].name"),
        (told() | {"tools": offering()["tools"] * 2}, "Duplicate function declaration found: find_slots"),
        (offering(parameters=SCHEMA | {"$ref": "#"}), 'Unknown name "$ref"'),
        (offering(parameters={"type": "OBJECT", "properties": {"when": {"const": 1}}}), 'Unknown name "const"'),
        (offering(parameters={"type": "OBJECT", "properties": {}}), "should be non-empty for OBJECT type"),
        (offering(parameters=SCHEMA, parametersJsonSchema=SCHEMA), "only one of"),
        (offering(parametersJsonSchema={"type": "string"}), "must be an object"),
        (told() | {"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}}, "without function_declarations"),
        (offering() | {"toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["book"]}}}, "`book` is not in"),
    ],
    ids=lambda found: found if isinstance(found, str) else "",
)
async def test_what_makes_no_sense_is_refused(provider: Provider, body: object, says: str) -> None:
    status, answer = await post(provider, body)

    assert status == 400
    assert (answer["error"]["code"], answer["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert says in answer["error"]["message"]


@pytest.mark.parametrize(
    ("headers", "query", "status", "says"),
    [
        ({"x-goog-api-key": ""}, "", 403, "PERMISSION_DENIED"),
        ({"x-goog-api-key": ""}, f"?key={KEY}", 200, None),
        ({"x-goog-api-key": " "}, "", 400, "INVALID_ARGUMENT"),  # as HTTP never brings it
        ({"content-type": "text/plain"}, "", 400, "INVALID_ARGUMENT"),
    ],
)
async def test_the_key_is_checked(provider: Provider, headers: dict[str, str], query: str, status: int, says: str | None) -> None:
    found, answer = await post(provider, told(), query=query, **headers)

    assert (found, answer.get("error", {}).get("status")) == (status, says)


@pytest.mark.parametrize("signature", [{}, {"thoughtSignature": "c2lnbmVk"}], ids=["unsigned", "signed"])
async def test_newer_models_want_their_signature_back(provider: Provider, signature: dict[str, str]) -> None:
    old = [model(CALL), user(ANSWER), model({"text": "Нет"}), HELLO]
    now = told(*old, model(CALL | signature, CALL), user(ANSWER, ANSWER))

    status, answer = await post(provider, now, name="gemini-3-flash-preview")

    assert status == (200 if signature else 400)
    assert signature or "missing a thought_signature" in answer["error"]["message"]
    assert (await post(provider, now))[0] == 200, "an older model does not ask for it"


async def test_without_frames_a_stream_is_a_list(provider: Provider) -> None:
    status, answers = await post(provider, told(), method="streamGenerateContent")

    assert status == 200
    assert (
        "".join(part["text"] for answer in answers for part in answer["candidates"][0]["content"].get("parts", [])) == "Вы пишете: Привет"
    )


@pytest.mark.parametrize("path", ["/v1beta/models/m:embedContent", "/v2/models/m:generateContent", "/v1beta/tunedModels/m"])
async def test_other_paths_are_not_found(provider: Provider, path: str) -> None:
    status, answer = await exchange(provider, f"/google{path}", b"", {"x-goog-api-key": KEY})

    assert (status, json.loads(answer)["error"]["status"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("known", "theirs", "elsewhere"),
    [
        (Content, types.Content, set[str]()),
        (Part, types.Part, {"codeExecutionResult", "executableCode", "toolCall", "toolResponse", "partMetadata", "audioTranscription"}
         | {"mediaProcessing", "speechMetadata"}),
        (FunctionDeclaration, types.FunctionDeclaration, set[str]()),
        (GenerationConfig, types.GenerationConfig, {"audioTimestamp", "modelSelectionConfig", "routingConfig", "translationConfig"}
         | {"enableAffectiveDialog", "responseFormat"}),
    ],
)  # fmt: skip
def test_every_field_of_the_client_is_known(known: Any, theirs: Any, elsewhere: set[str]) -> None:
    """``elsewhere``: what is of tools that run at Google's, or of Vertex alone."""
    fields = {field.alias or name for name, field in theirs.model_fields.items()}

    assert fields - set(known.__struct_encode_fields__) <= elsewhere


async def test_models_are_listed_to_its_client(url: str) -> None:
    async with httpx2.AsyncClient() as http:
        client = genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=f"{url}/google", httpx_async_client=http))
        listed = [found.name async for found in await client.aio.models.list()]
        one = await client.aio.models.get(model=MODEL)
        client.close()

    assert f"models/{MODEL}" in listed
    assert one.input_token_limit == 1_048_576
