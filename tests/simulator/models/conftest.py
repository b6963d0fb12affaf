"""The three providers on a port, and the client of each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.simulator.models.clients import CLIENTS, Client
from tests.stub_models import serving
from valera.simulator.models.provider import Provider
from valera.simulator.models.switch import WireName


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
async def url(provider: Provider) -> AsyncIterator[str]:
    async with serving(provider) as url:
        yield url


@pytest.fixture(params=list(WireName))
def wire(request: pytest.FixtureRequest) -> WireName:
    return request.param


@pytest.fixture
async def client(url: str, wire: WireName) -> AsyncIterator[Client]:
    client = CLIENTS[wire].at(url)
    yield client
    await client.close()
