"""Anthropic's messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anthropic import AsyncAnthropic, DefaultAioHttpClient
from httpx2 import Limits, Timeout
from pydantic_ai.models.anthropic import AnthropicModel, AnthropicModelSettings
from pydantic_ai.providers.anthropic import AnthropicProvider

from valera.assistant.models.wires.limits import ANSWER_TOKENS, KEPT_SECONDS, NO_KEY

if TYPE_CHECKING:
    from valera.assistant.models.providers import Address, Provider


def open_pool(*, connections: int, seconds: float) -> AnthropicWire:
    return AnthropicWire(connections=connections, seconds=seconds)


class AnthropicWire:
    """Models over one pool of connections; tools and the stable part of the instructions are marked for Anthropic's cache."""

    def __init__(self, *, connections: int, seconds: float) -> None:
        self._http = DefaultAioHttpClient(
            limits=Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEPT_SECONDS),
            timeout=Timeout(seconds),
            follow_redirects=False,
        )

    def model(self, provider: Provider, name: str, address: Address) -> AnthropicModel:
        base_url = (address.base_url or "").removesuffix("/v1")  # which the SDK adds
        client = AsyncAnthropic(
            base_url=base_url,
            api_key=address.key.reveal() if address.key else NO_KEY,
            max_retries=0,
            http_client=self._http,
        )
        settings = AnthropicModelSettings(
            max_tokens=ANSWER_TOKENS, anthropic_cache_tool_definitions=True, anthropic_cache_instructions=True
        )
        name = provider.quirks.name_pattern.format(name=name, folder=address.folder)
        return AnthropicModel(name, provider=AnthropicProvider(anthropic_client=client), settings=settings)

    async def close(self) -> None:
        await self._http.aclose()
