"""A small rolling restart in every `make test`, and what becomes of a stream that is open when its server is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.reliability.chaos.rolling import gentle_plan, roll
from tests.test_up import READY_SECONDS, a_home, start_valera
from valera.kit.ports import free_port
from valera.simulator.messenger.bot import create_bot


@pytest.fixture
def home() -> Iterator[Path]:
    with a_home() as home:
        home.mkdir()
        yield home


@pytest.mark.timeout(300)
def test_rolling_restart_fails_no_webhook_and_sends_nothing_twice() -> None:
    rolled = asyncio.run(roll(gentle_plan(20_261_122, updates=200, seconds=15), restarts=2))
    assert rolled.broken() == [], rolled.summary()
    assert len(rolled.drains) == 2


@pytest.mark.timeout(150)
async def test_open_stream_ends_cleanly_when_its_server_is_told_to_stop(home: Path, database_url: str) -> None:
    """The simulator's is the only stream there is: web answers requests and keeps none open."""
    create_bot(home / "simulator.sqlite", "Мастерская", "workshop_bot")
    port = free_port()
    process = start_valera(home, "simulator", DATABASE_URL=database_url, VALERA_SIMULATOR_PORT=str(port))
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}/api/") as session:
            [bot], [person, *_] = await _asked(session, "bots"), await _asked(session, "people")
            async with session.get(f"bots/{bot['id']}/people/{person['id']}/events") as stream:
                assert b"event: ready" in await stream.content.readuntil(b"\r\n\r\n")
                process.terminate()
                rest = await asyncio.wait_for(stream.content.read(), READY_SECONDS)  # raises if the connection was cut in the middle
        assert b"bye" not in rest
        said, _ = await asyncio.to_thread(process.communicate, timeout=READY_SECONDS)
    finally:
        process.kill()
    assert "timeout graceful shutdown exceeded" not in said
    assert process.returncode in {0, -15}, said


async def _asked(session: aiohttp.ClientSession, what: str) -> list[dict[str, int]]:
    """As soon as somebody listens."""
    for _ in range(10 * READY_SECONDS):
        try:
            async with session.get(what) as answer:
                return await answer.json()
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.1)
    raise AssertionError("Nobody listens.")
