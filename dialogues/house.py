"""The shipped worker and the shipped ingest in this process, on a real database and against a strict Telegram. Only the clock is ours."""

from __future__ import annotations

import asyncio
import json
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
from pydantic import SecretStr

from dialogues import telegram
from valera.kit.db import AccountId, AccountNotSet, Database, current_account_id
from valera.reception.ingest import receive_update
from valera.reception.update_writer import UpdateWriter
from valera.services import open_worker_services
from valera.settings import Settings
from valera.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, MutableMapping

    from dialogues.shop import Shop
    from valera.kit.secrets import Vault

SCRIPTED = "scripted"
POLL_SECONDS = 0.02
START_SECONDS = 30


@dataclass(slots=True)
class ShopClocks:
    """Each shop lives at the time of its dialogue."""

    at: dict[AccountId, datetime] = field(default_factory=dict[AccountId, datetime])

    def now(self) -> datetime:
        try:
            return self.at.get(current_account_id()) or datetime.now(UTC)
        except AccountNotSet:
            return datetime.now(UTC)


@dataclass(slots=True)
class House:
    """``patience``: seconds after which an answer that has not come will not be waited for."""

    db: Database
    vault: Vault
    owner: asyncpg.Pool
    clocks: ShopClocks
    telegram: telegram.Telegram
    writer: UpdateWriter
    patience: float
    _updates: Iterator[int] = field(default_factory=lambda: count(1000))

    async def receive(self, shop: Shop, content: dict[str, Any]) -> None:
        """One update through the webhook. Raises AssertionError where it is not acknowledged."""
        body = json.dumps({"update_id": next(self._updates), **content}, ensure_ascii=False).encode()
        events: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
        answers: list[MutableMapping[str, Any]] = []
        headers = [(b"x-telegram-bot-api-secret-token", shop.secret), (b"content-length", str(len(body)).encode())]

        async def take() -> MutableMapping[str, Any]:
            return events.pop(0) if events else {"type": "http.disconnect"}

        async def send(event: MutableMapping[str, Any]) -> None:
            answers.append(event)

        await receive_update(self.writer, {"type": "http", "method": "POST", "path": shop.path, "headers": headers}, take, send)
        assert answers[0]["status"] == 200, f"The update was answered with {answers[0]['status']}."  # noqa: PLR2004

    async def quiet(self, shop: Shop) -> bool:
        """When nothing of this shop is under way; False: it did not come to rest."""
        until = asyncio.get_running_loop().time() + self.patience
        while asyncio.get_running_loop().time() < until:
            if await self.owner.fetchval(IS_QUIET, shop.account_id):
                return True
            await asyncio.sleep(POLL_SECONDS)
        return False


@asynccontextmanager
async def opened(url: str, *, models: str = SCRIPTED, patience: float = 60) -> AsyncIterator[House]:
    """``url``: of a migrated, empty database; ``models``: who answers, as VALERA_MODELS has it, with the environment's keys."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="valera-dialogues-")))
        peer = await stack.enter_async_context(telegram.listening())
        own = {
            "home": folder,
            "files": folder / "files",
            "database_url": SecretStr(url),
            "telegram_api_url": peer.url,
            "telegram_proxy": None,
            "master_key": None,
            "models": models,
            "settle_seconds": 0,
            "settle_most_seconds": 0,
        }
        services = await stack.enter_async_context(open_worker_services(Settings().model_copy(update=own)))
        owner = await stack.enter_async_context(_owner_pool(url))
        writer = UpdateWriter(services.db)
        await writer.open()
        stack.push_async_callback(writer.close)
        clocks = ShopClocks()
        await stack.enter_async_context(_working(Worker(replace(services, clock=clocks), concurrent_turns=16)))
        yield House(services.db, services.vault, owner, clocks, peer, writer, patience)


@asynccontextmanager
async def _working(worker: Worker) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    running = asyncio.create_task(worker.run(stopping))
    try:
        async with asyncio.timeout(START_SECONDS):
            await worker.beaten.wait()
        yield
    finally:
        stopping.set()
        await running


@asynccontextmanager
async def _owner_pool(url: str) -> AsyncIterator[asyncpg.Pool]:
    """Reads everything, plants what a dialogue finds in place; bodies and settings of rows are JSON."""
    pool = await asyncpg.create_pool(url, min_size=1, max_size=4, init=_prepare, server_settings={"role": "valera_owner"})
    try:
        yield pool
    finally:
        await pool.close()


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)


IS_QUIET = """
select not exists (select from telegram_updates where account_id = $1 and done_at is null)
   and not exists (select from turns where account_id = $1 and state in ('waiting', 'running'))
   and not exists (select from deliveries where account_id = $1 and state in ('ready', 'sending'))
"""
