"""What leaves for a provider: the stable part of the instructions is marked for its cache, and nothing goes anywhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart, UserPromptPart

from tests.stub_models import serving
from valera.assistant.chain.ask import Question, ask
from valera.assistant.chain.link import Chain, Link
from valera.assistant.errors import ModelError
from valera.assistant.models.clients import Clients
from valera.assistant.models.providers import PROVIDERS, Address, Provider
from valera.assistant.models.wires.openai import one_call_each
from valera.kit.secrets import Secret
from valera.reception.tools import TOOLS

PREFIX = "Ты администратор автосервиса.\n\nПравила дома."
ASKED: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart("Добрый день")], instructions=f"{PREFIX}\n\nСейчас 14:05.")]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Recorder:
    """Writes down every request, and refuses it or sends it elsewhere."""

    def __init__(self, *, location: str = "") -> None:
        self.location = location
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event.get("body", b""), event.get("more_body", False)
        self.bodies.append(msgspec.json.decode(body))
        self.headers.append({name.decode(): value.decode() for name, value in scope["headers"]})
        status, headers = (307, [(b"location", self.location.encode())]) if self.location else (400, [])
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json"), *headers]})
        await send({"type": "http.response.body", "body": b'{"error": {"message": "no"}}'})


@asynccontextmanager
async def asked(provider: Provider, recorder: Recorder, *, folder: str | None = None) -> AsyncIterator[dict[str, Any]]:
    clients = Clients(connections=1, seconds=5)
    async with serving(recorder) as url:
        model = clients.open(provider, "some-model", Address(url, Secret("sk-planted"), folder))
        with pytest.raises(ModelError):
            await ask(Chain((Link(provider.name, model),)), Question(ASKED, TOOLS, prefix=PREFIX))
        yield recorder.bodies[0]
    await clients.close()


async def test_anthropic_caches_tools_and_the_stable_part() -> None:
    async with asked(PROVIDERS["anthropic"], Recorder()) as body:
        assert [block["text"] for block in body["system"]] == [PREFIX, "Сейчас 14:05."]
        assert ["cache_control" in block for block in body["system"]] == [True, False]
        assert "cache_control" in body["tools"][-1]
        assert body["max_tokens"] == 4096


async def test_openai_is_told_the_stable_part_first_in_one_message() -> None:
    async with asked(PROVIDERS["openai"], Recorder()) as body:
        system = [message for message in body["messages"] if message["role"] == "system"]
        assert [message["content"] for message in system] == [f"{PREFIX}\n\nСейчас 14:05."]
        assert body["max_completion_tokens"] == 4096
        assert "tool_choice" not in body


async def test_quirks_of_a_server_shape_what_it_is_asked() -> None:
    recorder = Recorder()
    async with asked(PROVIDERS["yandex"], recorder, folder="b1g7") as body:
        assert body["model"] == "gpt://b1g7/some-model"
        assert "max_completion_tokens" not in body
        assert body["max_tokens"] == 4096
        assert recorder.headers[0]["openai-project"] == "b1g7"


@pytest.mark.parametrize("name", ["openai", "anthropic", "google"])
async def test_no_redirect_is_followed_so_no_key_goes_astray(name: str) -> None:
    elsewhere = Recorder()
    async with serving(elsewhere) as url, asked(PROVIDERS[name], Recorder(location=f"{url}/v1")):
        assert elsewhere.bodies == []


def test_several_calls_are_told_one_after_the_other() -> None:
    calls = [ToolCallPart("find_prices", {}, "1"), ToolCallPart("find_slots", {}, "2")]
    results = [ToolReturnPart("find_prices", "a", "1"), ToolReturnPart("find_slots", "b", "2")]
    told: list[ModelMessage] = [
        ModelRequest(parts=[UserPromptPart("Сколько и когда?")]),
        ModelResponse(parts=[TextPart("Смотрю"), *calls]),
        ModelRequest(parts=[*results, UserPromptPart("И ещё")]),
    ]

    first, one, returned_one, two, returned_two = one_call_each(told)

    assert first == told[0]
    assert (one.parts, returned_one.parts) == ([TextPart("Смотрю"), calls[0]], [results[0]])
    assert two.parts == [calls[1]]
    assert [type(part) for part in returned_two.parts] == [ToolReturnPart, UserPromptPart]
