"""Between the signal and the closed door a server says that it is leaving, and still serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import uvicorn

from valera.kit.farewell import Farewell, PoliteServer
from valera.kit.ports import free_port


async def hello(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


@dataclass(frozen=True, slots=True)
class House:
    server: PoliteServer
    serving: asyncio.Task[None]
    url: str

    async def tell_to_stop(self, visitor: aiohttp.ClientSession) -> aiohttp.ClientResponse:
        """As SIGTERM does; returns the first answer that says so."""
        self.server.should_exit = True
        while True:
            async with visitor.get(f"{self.url}/health/ready") as answer:
                if answer.status != 200:
                    return answer
            await asyncio.sleep(0.01)


@asynccontextmanager
async def house(seconds: float) -> AsyncIterator[House]:
    """In a thread: there uvicorn leaves the signals of the test run alone."""
    port, farewell = free_port(), Farewell(hello)
    config = uvicorn.Config(farewell, host="127.0.0.1", port=port, lifespan="off", log_config=None)
    server = PoliteServer(config, farewell, seconds=seconds)
    serving = asyncio.create_task(asyncio.to_thread(server.run))
    while not server.started:
        await asyncio.sleep(0.01)
    yield House(server, serving, f"http://127.0.0.1:{port}")
    server.should_exit = server.force_exit = True
    await serving


@pytest.fixture
async def visitor() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_who_is_not_leaving_changes_nothing(visitor: aiohttp.ClientSession) -> None:
    async with house(30) as at, visitor.get(f"{at.url}/health/ready") as answer:
        assert (answer.status, await answer.text()) == (200, "hello")
        assert "connection" not in answer.headers


async def test_who_is_leaving_says_so_and_serves_on(visitor: aiohttp.ClientSession) -> None:
    async with house(30) as at:
        answer = await at.tell_to_stop(visitor)
        assert (answer.status, answer.headers["connection"]) == (503, "close")
        async with visitor.post(f"{at.url}/telegram/key") as answer:
            assert (answer.status, await answer.text()) == (200, "hello")
            assert answer.headers["connection"] == "close"


async def test_afterwards_the_door_is_closed(visitor: aiohttp.ClientSession) -> None:
    async with house(0.01) as at:
        at.server.should_exit = True
        await asyncio.wait({at.serving}, timeout=30)
        with pytest.raises(aiohttp.ClientConnectorError):
            await visitor.get(at.url)
