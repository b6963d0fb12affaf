"""Models of OpenAI, and of whoever speaks its wire format. Only a worker that is told to use one imports this."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from httpx2 import Limits, Timeout
from openai import AsyncOpenAI, DefaultAioHttpClient
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model, ModelRequestParameters
    from pydantic_ai.profiles import ModelProfile
    from pydantic_ai.tools import ToolDefinition

OFFICIAL = "https://api.openai.com/v1"
NO_KEY = "none"
KEPT_SECONDS = 60.0

# Our schemas are plain and the same every time; rewriting them for each request took a quarter of the processor time of asking.
PROFILE: ModelProfile = {"json_schema_transformer": None}


@asynccontextmanager
async def open_openai(name: str, *, base_url: str | None, api_key: str | None, connections: int, seconds: float) -> AsyncIterator[Model]:
    """The model ``name``, with ``connections`` at once at most, kept alive between requests. An own server may do without a key.

    Raises Invalid when OpenAI itself is meant and there is no key. Nothing is tried twice here: the turn is, or the next model.
    """
    if base_url is None and api_key is None:
        raise Invalid(
            "VALERA_MODELS names a model of OpenAI, and OPENAI_API_KEY is empty. Set it, or OPENAI_BASE_URL to a server of your own."
        )
    # Of the SDK's two HTTP clients: with 1,000 requests waiting, aiohttp's costs 3 ms of processor time a request, httpx's 9.
    async with DefaultAioHttpClient(
        limits=Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEPT_SECONDS),
        timeout=Timeout(seconds),
    ) as http:
        client = AsyncOpenAI(base_url=base_url or OFFICIAL, api_key=api_key or NO_KEY, max_retries=0, http_client=http)
        yield ChatModel(name, provider=OpenAIProvider(openai_client=client), profile=PROFILE)


class ChatModel(OpenAIChatModel):
    """As pydantic-ai's, but tools go into the body as they are: for each request the SDK walked the types of all of them, which took
    another third.
    """

    async def request(
        self, messages: list[ModelMessage], model_settings: ModelSettings | None, model_request_parameters: ModelRequestParameters
    ) -> ModelResponse:
        settings: ModelSettings = {**(model_settings or {})}
        if model_request_parameters.function_tools:
            settings["extra_body"] = {"tools": [_written(tool) for tool in model_request_parameters.function_tools]}
        return await super().request(messages, settings, replace(model_request_parameters, function_tools=[]))


def _written(tool: ToolDefinition) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description or "", "parameters": tool.parameters_json_schema}
    return {"type": "function", "function": function}
