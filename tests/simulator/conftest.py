"""A simulated Telegram without a network, one behind a real port, and a bot's webhook that remembers what it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn
from aiohttp import web

from valera.kit.clock import FixedClock
from valera.simulator.app import assemble
from valera.simulator.messenger.bot import Bot, create_bot, find_bot_by_token
from valera.simulator.messenger.person import Person, invite_cast, list_people
from valera.simulator.messenger.store import Store
from valera.simulator.messenger.telegram import Telegram
from valera.simulator.page.shop.desk import Glass
from valera.simulator.server.methods.call import Call
from valera.simulator.server.methods.table import METHODS
from valera.simulator.server.parameters import Parameters

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass(slots=True)
class Bench:
    """One bot, the cast, a clock that is moved by hand; methods are called without HTTP."""

    telegram: Telegram
    token: str
    clock: FixedClock

    @property
    def bot(self) -> Bot:
        bot = find_bot_by_token(self.telegram.store, self.token)
        assert bot is not None
        return bot

    @property
    def people(self) -> list[Person]:
        return list_people(self.telegram.store)

    def call(self, method: str, **given: Any) -> Any:
        return METHODS[method.lower()](Call(self.telegram, self.bot, Parameters(given), self.telegram.now()))

    def wait(self, seconds: float) -> None:
        self.clock.at += timedelta(seconds=seconds)

    def updates(self) -> list[str]:
        return [
            row["body"] for row in self.telegram.store.list("select body from updates where acknowledged_at is null order by update_id")
        ]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    store, clock = Store(tmp_path / "telegram.sqlite"), FixedClock(NOON)
    invite_cast(store)
    yield Bench(Telegram.open(store, clock, None), create_bot(store, "Гараж", "garage_bot"), clock)
    store.close()


@dataclass(slots=True)
class Running:
    """A simulator that serves on a port of this machine."""

    url: str
    store: Store
    token: str
    session: aiohttp.ClientSession

    @property
    def bot(self) -> Bot:
        bot = find_bot_by_token(self.store, self.token)
        assert bot is not None
        return bot

    @property
    def person(self) -> Person:
        return list_people(self.store)[0]

    @property
    def chat(self) -> str:
        return f"/api/bots/{self.bot.id}/people/{self.person.id}"

    async def call(self, method: str, **given: Any) -> dict[str, Any]:
        async with self.session.post(f"/bot{self.token}/{method}", json=given) as answer:
            return await answer.json()

    async def post(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        async with self.session.post(path, json=body, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.session.get(path, headers=headers) as answer:
            return answer.status, await answer.text()


class Serving:
    """Starts and stops the application on a free port; used by fixtures and by tests that restart it."""

    def __init__(self, path: Path, glass: Glass | None = None) -> None:
        self._path, self._glass = path, glass

    async def __aenter__(self) -> Running:
        self._store = Store(self._path)
        bots = self._store.list("select token from bots")
        token = bots[0]["token"] if bots else create_bot(self._store, "Гараж", "garage_bot")
        app = assemble(self._store, self._glass, flood=None)
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on", timeout_graceful_shutdown=1))
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:
            await asyncio.sleep(0.005)
        url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"
        self._session = aiohttp.ClientSession(base_url=url)
        return Running(url, self._store, token, self._session)

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        self._server.should_exit = True
        await self._task
        self._store.close()


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with Serving(tmp_path / "telegram.sqlite") as running:
        yield running


@dataclass(slots=True)
class Receiver:
    """A bot's webhook. ``answers`` are given first, one a request; then it says 200."""

    url: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[web.Response] = field(default_factory=list)
    delay: float = 0
    at_once: int = 0
    most_at_once: int = 0

    async def handle(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.got.append(await request.json())
        self.headers.append(dict(request.headers))
        await asyncio.sleep(self.delay)
        self.at_once -= 1
        return self.answers.pop(0) if self.answers else web.Response()

    async def until(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(40):
            while len(self.got) < count or self.at_once:
                await asyncio.sleep(0.005)
        return self.got


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()
