"""The providers' own clients as witnesses: each asks in its own way and tells what it read in the same few words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import anthropic
import httpx2
import openai
from google import genai
from google.genai import types

from tests.stub_models import KEY

INSTRUCTIONS = "Ты администратор."
TOOLS: dict[str, dict[str, Any]] = {
    "find_slots": {"type": "object", "properties": {"when": {"type": "string"}, "number": {"type": "integer"}}},
    "hold_slot": {"type": "object", "properties": {"slot_id": {"type": "string"}}, "required": ["slot_id"]},
}


@dataclass(frozen=True, slots=True)
class Read:
    """What a client made of an answer."""

    text: str
    calls: tuple[tuple[str, Any], ...]
    end: str | None
    ids: tuple[str | None, ...] = ()
    raw: Any = None
    tokens: int = 0


@dataclass(slots=True)
class Talk:
    """Who said what: the client, the answers as the client of the wire keeps them, results by the order of the calls."""

    turns: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])

    def say(self, text: str) -> Talk:
        self.turns.append(("client", text))
        return self

    def hear(self, read: Read) -> Talk:
        self.turns.append(("model", read))
        return self

    def result(self, *contents: dict[str, Any]) -> Talk:
        self.turns.append(("tools", contents))
        return self


class Client(Protocol):
    async def ask(self, talk: Talk, *, model: str, streamed: bool) -> Read: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class OpenAIClient:
    client: openai.AsyncOpenAI

    @classmethod
    def at(cls, url: str) -> OpenAIClient:
        return cls(openai.AsyncOpenAI(base_url=f"{url}/openai/v1", api_key=KEY, max_retries=0, timeout=10))

    async def ask(self, talk: Talk, *, model: str = "gpt-5-mini", streamed: bool) -> Read:
        tools: Any = [{"type": "function", "function": {"name": name, "parameters": schema}} for name, schema in TOOLS.items()]
        messages: Any = [{"role": "system", "content": INSTRUCTIONS}, *self._messages(talk)]
        if not streamed:
            completion = await self.client.chat.completions.create(model=model, messages=messages, tools=tools)
            choice, usage = completion.choices[0], completion.usage
        else:
            async with self.client.chat.completions.stream(
                model=model, messages=messages, tools=tools, stream_options={"include_usage": True}
            ) as stream:
                finished = await stream.get_final_completion()
            choice, usage = finished.choices[0], finished.usage
        made: Any = choice.message.tool_calls or []
        return Read(
            choice.message.content or choice.message.refusal or "",
            tuple((call.function.name, json.loads(call.function.arguments)) for call in made),
            choice.finish_reason,
            tuple(call.id for call in made),
            choice.message,
            usage.total_tokens if usage else 0,
        )

    def _messages(self, talk: Talk) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        ids: Sequence[str | None] = ()
        for who, said in talk.turns:
            if who == "client":
                messages.append({"role": "user", "content": said})
            elif who == "model":
                ids = said.ids
                calls = [
                    {"id": id_, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
                    for id_, (name, arguments) in zip(ids, said.calls, strict=True)
                ]
                messages.append({"role": "assistant", "content": said.text or None} | ({"tool_calls": calls} if calls else {}))
            else:
                messages += [
                    {"role": "tool", "tool_call_id": id_, "content": json.dumps(content)} for id_, content in zip(ids, said, strict=True)
                ]
        return messages

    async def close(self) -> None:
        await self.client.close()


@dataclass(frozen=True, slots=True)
class AnthropicClient:
    client: anthropic.AsyncAnthropic

    @classmethod
    def at(cls, url: str) -> AnthropicClient:
        return cls(anthropic.AsyncAnthropic(base_url=f"{url}/anthropic", api_key=KEY, max_retries=0, timeout=10))

    async def ask(self, talk: Talk, *, model: str = "claude-haiku-4-5", streamed: bool) -> Read:
        tools: Any = [{"name": name, "input_schema": schema} for name, schema in TOOLS.items()]
        asked: Any = {"model": model, "max_tokens": 1000, "system": INSTRUCTIONS, "messages": self._messages(talk), "tools": tools}
        if streamed:
            async with self.client.messages.stream(**asked) as stream:
                message = await stream.get_final_message()
        else:
            message = await self.client.messages.create(**asked)
        made = [block for block in message.content if block.type == "tool_use"]
        return Read(
            "".join(block.text for block in message.content if block.type == "text"),
            tuple((block.name, block.input) for block in made),
            message.stop_reason,
            tuple(block.id for block in made),
            message,
            message.usage.input_tokens + message.usage.output_tokens,
        )

    def _messages(self, talk: Talk) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        ids: Sequence[str | None] = ()
        for who, said in talk.turns:
            if who == "client":
                messages.append({"role": "user", "content": said})
            elif who == "model":
                ids = said.ids
                content: list[dict[str, Any]] = [{"type": "text", "text": said.text}] if said.text else []
                content += [
                    {"type": "tool_use", "id": id_, "name": name, "input": arguments}
                    for id_, (name, arguments) in zip(ids, said.calls, strict=True)
                ]
                messages.append({"role": "assistant", "content": content})
            else:
                results = [
                    {"type": "tool_result", "tool_use_id": id_, "content": json.dumps(content)}
                    for id_, content in zip(ids, said, strict=True)
                ]
                messages.append({"role": "user", "content": results})
        return messages

    async def close(self) -> None:
        await self.client.close()


@dataclass(frozen=True, slots=True)
class GoogleClient:
    client: genai.Client
    http: httpx2.AsyncClient

    @classmethod
    def at(cls, url: str) -> GoogleClient:
        http = httpx2.AsyncClient()
        return cls(
            genai.Client(api_key=KEY, http_options=types.HttpOptions(base_url=f"{url}/google", timeout=10_000, httpx_async_client=http)),
            http,
        )

    async def ask(self, talk: Talk, *, model: str = "gemini-3-flash-preview", streamed: bool) -> Read:
        declared = [types.FunctionDeclaration(name=name, parameters_json_schema=schema) for name, schema in TOOLS.items()]
        config = types.GenerateContentConfig(
            system_instruction=INSTRUCTIONS,
            tools=[types.Tool(function_declarations=declared)],
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        )
        contents: Any = self._contents(talk)
        if streamed:
            stream = await self.client.aio.models.generate_content_stream(model=model, contents=contents, config=config)
            answers = [answer async for answer in stream]
        else:
            answers = [await self.client.aio.models.generate_content(model=model, contents=contents, config=config)]
        candidates = [candidate for answer in answers for candidate in answer.candidates or []]
        parts = [part for candidate in candidates if candidate.content for part in candidate.content.parts or []]
        made = [part.function_call for part in parts if part.function_call]
        usage = answers[-1].usage_metadata
        return Read(
            "".join(part.text or "" for part in parts),
            tuple((call.name or "", call.args) for call in made),
            candidates[-1].finish_reason.value if candidates and candidates[-1].finish_reason else None,
            tuple(call.id for call in made),
            types.Content(role="model", parts=parts),
            (usage.total_token_count or 0) if usage else 0,
        )

    def _contents(self, talk: Talk) -> list[types.Content]:
        contents: list[types.Content] = []
        made: Read | None = None
        for who, said in talk.turns:
            if who == "client":
                contents.append(types.Content(role="user", parts=[types.Part(text=said)]))
            elif who == "model":
                made = said
                contents.append(said.raw)
            else:
                assert made is not None
                parts = [
                    types.Part(function_response=types.FunctionResponse(id=id_, name=name, response=content))
                    for id_, (name, _), content in zip(made.ids, made.calls, said, strict=True)
                ]
                contents.append(types.Content(role="user", parts=parts))
        return contents

    async def close(self) -> None:
        await self.http.aclose()
        self.client.close()


CLIENTS = {"openai": OpenAIClient, "anthropic": AnthropicClient, "google": GoogleClient}
