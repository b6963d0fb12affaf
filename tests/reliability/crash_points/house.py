"""Valera in one process, as `valera up` runs it in two: ingest behind a socket, a worker that is started again when it ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import msgspec
import structlog

from tests.reception.webhook import post
from tests.reliability.crash_points.points import Name, Points
from tests.reliability.crash_points.watched import WatchedBotApi, WatchedDatabase, WatchedReceptionist
from tests.same_models import SameModels
from valera.assistant.loop import Caps
from valera.kit.clock import FixedClock
from valera.kit.secrets import Secret, Vault
from valera.kit.storage import FolderStorage
from valera.reception.intake import Settling
from valera.reception.paying import Till
from valera.reception.tools import TOOLS
from valera.reception.update_writer import UpdateWriter
from valera.services import WorkerServices
from valera.worker import Worker

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

log = structlog.get_logger(__name__)

NO_SETTLING = Settling(timedelta(0), timedelta(0))
CONCURRENT_TURNS = 4


class Place(msgspec.Struct, frozen=True):
    """Where a house stands: its database, its Telegram, the socket at which it takes updates, and what its clock shows."""

    database_url: str
    telegram_url: str
    master_key: str
    socket: str
    now: datetime


class Webhook(msgspec.Struct, frozen=True):
    """One call of Telegram; ``act`` is what the client is doing."""

    act: str
    key: str
    secret: str
    body: str


@dataclass(slots=True)
class House:
    place: Place
    points: Points = field(init=False)
    services: WorkerServices = field(init=False)
    _db: WatchedDatabase = field(init=False)
    _writer: UpdateWriter = field(init=False)

    def __post_init__(self) -> None:
        self.points = Points(self._cut)
        self._db = WatchedDatabase(self.place.database_url, self.points)
        self._writer = UpdateWriter(self._db)
        self.services = WorkerServices(
            self._db,
            WatchedBotApi(self.place.telegram_url, self.points),
            Vault(Secret(self.place.master_key)),
            FixedClock(self.place.now),
            models=SameModels(WatchedReceptionist(self.points)),
            tools=TOOLS,
            caps=Caps(),
            settling=NO_SETTLING,
            storage=FolderStorage(Path(self.place.socket).parent / "files"),
            till=Till(),
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Takes updates; nobody works on them yet."""
        await self._db.open()
        await self._writer.open()
        server = await asyncio.start_unix_server(self._answer, self.place.socket)
        try:
            yield
        finally:
            server.close()
            await self._writer.close()
            await self.services.bot_api.close()
            await self._db.close()
            Path(self.place.socket).unlink(missing_ok=True)

    @asynccontextmanager
    async def staffed(self) -> AsyncIterator[None]:
        """A worker works; one that ends is followed by another."""
        stopping = asyncio.Event()
        working = asyncio.create_task(self._work(stopping))
        try:
            yield
        finally:
            stopping.set()
            await working

    async def _work(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await Worker(self.services, CONCURRENT_TURNS).run(stopping)
            except Exception:  # a process would have ended here, with whatever it was
                log.warning("worker_ended", exc_info=True)

    async def _answer(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One webhook: its status, or nothing where the connection breaks."""
        with contextlib.suppress(Exception, asyncio.CancelledError), contextlib.closing(writer):
            call = msgspec.json.decode(await reader.readline(), type=Webhook)
            await self.points.begin(call.act)
            with self.points.at_work():
                status, _ = await post(self._writer, f"/telegram/{call.key}", call.body.encode(), secrets=(call.secret.encode(),))
                await self.points.reach(Name("1 ingest", "answer Telegram"), f"before the {status}")
                writer.write(b"%d\n" % status)
                await writer.drain()

    async def _cut(self) -> None:
        """The network to the database breaks: every connection of this house at once, in use or not."""
        connection = await asyncpg.connect(self.place.database_url, server_settings={"application_name": "scissors"})
        try:
            await connection.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                " where datname = current_database() and application_name = 'valera'"
            )
        finally:
            await connection.close()
