"""OpenAI's chat completions, and everybody who speaks them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from httpx2 import Limits, Timeout
from openai import AsyncOpenAI, DefaultAioHttpClient
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, ToolCallPart, ToolReturnPart
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles import merge_profile
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings

from valera.assistant.models.wires.limits import ANSWER_TOKENS, KEPT_SECONDS, NO_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from pydantic_ai import RunContext
    from pydantic_ai.models import ModelRequestParameters, StreamedResponse
    from pydantic_ai.profiles import ModelProfile
    from pydantic_ai.tools import ToolDefinition

    from valera.assistant.models.providers import Address, Provider, Quirks


def open_pool(*, connections: int, seconds: float) -> OpenAIWire:
    return OpenAIWire(connections=connections, seconds=seconds)


class OpenAIWire:
    """Models over one pool of connections. Nothing is tried twice here: the next of a chain is, or the turn."""

    def __init__(self, *, connections: int, seconds: float) -> None:
        # Of the SDK's two HTTP clients: with 1,000 requests waiting, aiohttp's costs 3 ms of processor time a request, httpx's 9.
        self._http = DefaultAioHttpClient(
            limits=Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEPT_SECONDS),
            timeout=Timeout(seconds),
            follow_redirects=False,
        )

    def model(self, provider: Provider, name: str, address: Address) -> ChatModel:
        client = AsyncOpenAI(
            base_url=address.base_url,
            api_key=address.key.reveal() if address.key else NO_KEY,
            project=address.folder,
            max_retries=0,
            http_client=self._http,
        )
        is_openai = provider.name == "openai"
        speaker = OpenAIProvider(openai_client=client) if is_openai else OpenAICompatibleProvider(provider.name, openai_client=client)
        return ChatModel(provider.quirks.name_pattern.format(name=name, folder=address.folder), speaker, provider.quirks)

    async def close(self) -> None:
        await self._http.aclose()


class ChatModel(OpenAIChatModel):
    """As pydantic-ai's, but tools go into the body as they are: for each request the SDK walked the types of all of them, which took
    another third.
    """

    def __init__(self, name: str, provider: OpenAIProvider | OpenAICompatibleProvider, quirks: Quirks) -> None:
        super().__init__(name, provider=provider, profile=_profile(quirks), settings=ModelSettings(max_tokens=ANSWER_TOKENS))
        self._quirks = quirks

    async def request(
        self, messages: list[ModelMessage], model_settings: ModelSettings | None, model_request_parameters: ModelRequestParameters
    ) -> ModelResponse:
        settings, parameters = self._with_tools_as_they_are(model_settings, model_request_parameters)
        return await super().request(self._told(messages), settings, parameters)

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        settings, parameters = self._with_tools_as_they_are(model_settings, model_request_parameters)
        async with super().request_stream(self._told(messages), settings, parameters, run_context) as stream:
            yield stream

    def _with_tools_as_they_are(
        self, model_settings: ModelSettings | None, parameters: ModelRequestParameters
    ) -> tuple[ModelSettings, ModelRequestParameters]:
        settings: ModelSettings = {**(model_settings or {})}
        if parameters.function_tools and self._quirks.tools:
            settings["extra_body"] = {"tools": [_written(tool) for tool in parameters.function_tools]}
        return settings, replace(parameters, function_tools=[])

    def _told(self, messages: list[ModelMessage]) -> list[ModelMessage]:
        return messages if self._quirks.calls_at_once else one_call_each(messages)


def one_call_each(messages: list[ModelMessage]) -> list[ModelMessage]:
    """For servers that know one call in an answer: several are told as one after the other, each with what it returned."""
    told: list[ModelMessage] = []
    for message in messages:
        before = told[-1] if told else None
        calls = before.tool_calls if isinstance(before, ModelResponse) else []
        if not isinstance(message, ModelRequest) or not isinstance(before, ModelResponse) or len(calls) < 2:  # noqa: PLR2004
            told.append(message)
            continue
        returned = {part.tool_call_id: part for part in message.parts if isinstance(part, ToolReturnPart)}
        rest = [part for part in message.parts if not isinstance(part, ToolReturnPart)]
        told.pop()
        for index, call in enumerate(calls):
            said = [] if index else [part for part in before.parts if not isinstance(part, ToolCallPart)]
            told.append(replace(before, parts=[*said, call]))
            parts = [returned[call.tool_call_id]] if call.tool_call_id in returned else []
            told.append(replace(message, parts=[*parts, *(rest if index == len(calls) - 1 else [])]))
    return told


def _profile(quirks: Quirks) -> ModelProfile:
    # Our schemas are plain and the same every time; rewriting them for each request took a quarter of the processor time of asking.
    plain = OpenAIModelProfile(
        json_schema_transformer=None,
        supports_image_input=quirks.images,
        tool_call_id_length=quirks.call_id_length,
        openai_chat_supports_max_completion_tokens=quirks.max_tokens_field == "max_completion_tokens",
        openai_system_prompt_role=quirks.system_role,
        openai_chat_supports_multiple_system_messages=False,
    )
    if not quirks.returns_thinking:
        return plain
    thinking = OpenAIModelProfile(
        openai_chat_thinking_field="reasoning_content",
        openai_chat_send_back_thinking_parts="field",
        openai_chat_thinking_requires_field_on_tool_calls=True,
    )
    return merge_profile(plain, thinking)


def _written(tool: ToolDefinition) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description or "", "parameters": tool.parameters_json_schema}
    return {"type": "function", "function": function}
