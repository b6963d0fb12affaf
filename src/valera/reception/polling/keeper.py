"""BotKeeper: one process of the installation looks after all bots: it polls those that are polled and reconciles the webhooks of the rest.

Which one is decided by an advisory lock of a connection of its own: it dies with the process, and PostgreSQL ends it, too, when nothing has
been heard from it for SILENT_SECONDS (a process that is stuck, a host that is gone). Every other process asks for it each second.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncpg
import structlog

from valera.kit.db import UNREACHABLE, DatabaseUnavailable
from valera.reception.polling import queries
from valera.reception.polling.watch import Means, Watch
from valera.telegram.bots.bot import list_routes

if TYPE_CHECKING:
    from valera.kit.db import Database
    from valera.kit.secrets import Vault
    from valera.reception.update_writer import UpdateWriter
    from valera.telegram.api.client import BotApi

log = structlog.get_logger(__name__)

CHANNEL = "bot"
ASK_SECONDS = 1.0
SILENT_SECONDS = 10
LIST_SECONDS = 5.0
"""New bots are told of; this is for what was told while nobody listened."""
CHECKS_AT_ONCE = 16
LOST = (*UNREACHABLE, asyncpg.PostgresError, asyncpg.InterfaceError, DatabaseUnavailable)


@dataclass(slots=True)
class BotKeeper:
    """``base_url``: where Telegram reaches this installation; None: nowhere, so every bot is polled."""

    db: Database
    bot_api: BotApi
    vault: Vault
    writer: UpdateWriter
    base_url: str | None
    _watches: dict[int, tuple[Watch, asyncio.Task[None]]] = field(default_factory=dict[int, "tuple[Watch, asyncio.Task[None]]"])
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._look_after_bots_when_alone()
            except LOST as error:
                log.warning("bot_keeper_interrupted", error=type(error).__name__)
            await asyncio.sleep(ASK_SECONDS)

    async def _look_after_bots_when_alone(self) -> None:
        connection = await self.db.connect()
        try:
            await queries.end_when_silent(connection, seconds=SILENT_SECONDS)
            while not await queries.try_lock(connection):  # noqa: ASYNC110  (another process has it: nobody here could tell)
                await asyncio.sleep(ASK_SECONDS)
            log.info("bot_keeper_started")
            await connection.add_listener(CHANNEL, self._hear)
            listing = asyncio.create_task(self._list())
            try:
                while not listing.done():
                    await queries.ping(connection)
                    await asyncio.wait([listing], timeout=ASK_SECONDS)
                listing.result()
            finally:
                await self._stop(listing)
        finally:
            connection.terminate()

    async def _stop(self, listing: asyncio.Task[None]) -> None:
        """Nothing is asked of Telegram after the lock is gone."""
        tasks = [listing, *(task for _, task in self._watches.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._watches.clear()

    async def _list(self) -> None:
        """A watch for every bot; it ends by itself when its bot is gone."""
        means = Means(self.db, self.bot_api, self.vault, self.writer, self.base_url, asyncio.Semaphore(CHECKS_AT_ONCE))
        while True:
            self._changed.clear()
            with contextlib.suppress(DatabaseUnavailable):
                async with self.db.identity_tx() as tx:
                    routes = await list_routes(tx)
                for route in routes:
                    known = self._watches.get(route.id)
                    if known is None or known[1].done():
                        watch = Watch(means, route)
                        self._watches[route.id] = (watch, asyncio.create_task(watch.run(), name=f"bot-{route.id}"))
                present = {route.id for route in routes}
                for bot_id in [bot_id for bot_id, (_, task) in self._watches.items() if bot_id not in present and task.done()]:
                    del self._watches[bot_id]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LIST_SECONDS):
                    await self._changed.wait()

    def _hear(self, _connection: object, _pid: int, _channel: str, bot_id: object) -> None:
        if isinstance(bot_id, str) and bot_id.isdecimal() and (known := self._watches.get(int(bot_id))) is not None:
            known[0].poked.set()
        self._changed.set()
