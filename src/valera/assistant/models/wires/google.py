"""Google's Gemini API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.genai.client import Client
from google.genai.types import HttpOptions
from httpx2 import AsyncClient, Limits, Timeout
from httpx2 import Client as SyncClient
from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider
from pydantic_ai.settings import ModelSettings

from valera.assistant.models.wires.limits import ANSWER_TOKENS, KEPT_SECONDS, NO_KEY

if TYPE_CHECKING:
    from valera.assistant.models.providers import Address, Provider


def open_pool(*, connections: int, seconds: float) -> GoogleWire:
    return GoogleWire(connections=connections, seconds=seconds)


class GoogleWire:
    """Models over one pool of connections. The SDK tries nothing twice unless it is told to."""

    def __init__(self, *, connections: int, seconds: float) -> None:
        self._seconds = seconds
        self._http = AsyncClient(
            limits=Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEPT_SECONDS),
            timeout=Timeout(seconds),
            follow_redirects=False,
        )
        self._unused = SyncClient()  # the SDK makes one for each of its clients otherwise, which takes a tenth of a second

    def model(self, provider: Provider, name: str, address: Address) -> GoogleModel:
        base_url = (address.base_url or "").removesuffix("/v1beta")  # which the SDK adds
        client = Client(
            vertexai=False,
            api_key=address.key.reveal() if address.key else NO_KEY,
            http_options=HttpOptions(
                base_url=base_url, httpx_async_client=self._http, httpx_client=self._unused, timeout=round(self._seconds * 1000)
            ),
        )
        name = provider.quirks.name_pattern.format(name=name, folder=address.folder)
        return GoogleModel(name, provider=GoogleProvider(client=client), settings=ModelSettings(max_tokens=ANSWER_TOKENS))

    async def close(self) -> None:
        await self._http.aclose()
        self._unused.close()
