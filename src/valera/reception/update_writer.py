"""Updates on their way into the database: concurrent calls share one statement and one commit, with no artificial delay. Whatever waits
while a batch is written is the next batch.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from dataclasses import dataclass

import asyncpg
import structlog

from valera.kit.db import UNREACHABLE, AccountId, Database, DatabaseUnavailable
from valera.reception import ingest_queries as queries
from valera.telegram.update import Envelope, NotAnUpdate, read_envelope

log = structlog.get_logger(__name__)

MAX_WAITING = 10_000
BATCH = 500
KNOWN_BOTS = 4096
KNOWN_SECONDS = 30.0
"""How long a key that was changed, or a bot that was removed, may still be known from memory."""


@dataclass(frozen=True, slots=True)
class BotKey:
    """Whose webhook an address is."""

    account_id: AccountId
    id: int
    webhook_secret_hash: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """One update on its way into the database, and who waits for it."""

    bot: BotKey
    envelope: Envelope | None
    body: bytes
    reason: str
    done: asyncio.Future[None]

    def columns(self) -> tuple[object, ...]:
        envelope = self.envelope
        assert envelope is not None
        return (
            self.bot.account_id,
            self.bot.id,
            envelope.update_id,
            envelope.peer_id,
            envelope.kind,
            self.body,
            envelope.callback_query_id,
        )


class Busy(Exception):
    """More waits for the database than is sensible: Telegram keeps the update and comes again."""


class UpdateWriter:
    """Group commit. One connection, one statement at a time; the role comes with the connection."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[Stored] = []
        self._writing: list[Stored] = []
        self._asked: list[asyncio.Future[None]] = []
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection | None = None
        self._bots: OrderedDict[str, tuple[BotKey, float]] = OrderedDict()
        self._lookup: asyncpg.Connection | None = None
        self._looking = asyncio.Lock()

    async def open(self) -> None:
        self._see_that_it_writes()

    def _see_that_it_writes(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="update-writer")

    async def close(self) -> None:
        """Everything that was accepted is written first."""
        while unwritten := [stored.done for stored in (*self._writing, *self._waiting) if not stored.done.done()]:
            await asyncio.wait(unwritten)
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        for connection in (self._connection, self._lookup):
            if connection is not None:
                await connection.close()

    async def find_bot(self, webhook_key: str) -> BotKey | None:
        """From memory, else from the database. A key never comes to belong to another bot, but it ends."""
        if (known := self._remembered(webhook_key)) is not None:
            return known
        async with self._looking:  # one connection: a stranger who tries keys takes no other
            if (known := self._remembered(webhook_key)) is not None:
                return known
            bot = await self._look_up(webhook_key)
            self._bots.pop(webhook_key, None)
            if bot is not None:
                self._bots[webhook_key] = (bot, asyncio.get_running_loop().time() + KNOWN_SECONDS)
                if len(self._bots) > KNOWN_BOTS:
                    self._bots.popitem(last=False)
            return bot

    def _remembered(self, webhook_key: str) -> BotKey | None:
        bot, until = self._bots.get(webhook_key, (None, 0.0))
        return bot if bot is not None and asyncio.get_running_loop().time() < until else None

    async def _look_up(self, webhook_key: str) -> BotKey | None:
        try:
            if self._lookup is None or self._lookup.is_closed():
                self._lookup = await self._db.connect(role="valera_ingest")
            return await queries.select_bot_key(self._lookup, BotKey, webhook_key)
        except (*UNREACHABLE, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
            raise DatabaseUnavailable(f"No bot could be looked up ({type(error).__name__}).") from None

    async def store(self, bot: BotKey, body: bytes) -> None:
        """Returns when the update is committed, or known already. Raises DatabaseUnavailable or Busy: then it is not stored."""
        if len(self._waiting) >= MAX_WAITING:
            raise Busy
        envelope, reason = None, ""
        try:
            envelope = read_envelope(body)
        except NotAnUpdate as error:
            reason = str(error)
        stored = Stored(bot, envelope, body, reason, asyncio.get_running_loop().create_future())
        self._waiting.append(stored)
        self._arrived.set()
        self._see_that_it_writes()
        await stored.done

    async def check(self) -> None:
        """Returns when the connection that writes updates has answered, in its turn. Raises DatabaseUnavailable or Busy: nothing can be
        stored now. As patient as that connection: whoever is not sets an end.
        """
        if len(self._waiting) >= MAX_WAITING:
            raise Busy
        asked: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._arrived.set()
        self._see_that_it_writes()
        await asked

    async def _run(self) -> None:
        while True:
            await self._arrived.wait()
            asked, self._asked = self._asked, []
            self._writing, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            if not self._waiting:
                self._arrived.clear()
            if self._writing:
                await self._write_or_refuse(self._writing)
            if asked:
                await self._answer(asked)

    async def _answer(self, asked: list[asyncio.Future[None]]) -> None:
        """By the connection that this batch was written through; a server that only reads stores nothing."""
        refusal: DatabaseUnavailable | None = None
        try:
            if await queries.is_read_only(await self._connected()):
                refusal = DatabaseUnavailable("The database takes no writes.")
        except (*UNREACHABLE, asyncpg.InterfaceError, asyncpg.PostgresError, DatabaseUnavailable) as error:
            await self._forget_connection()
            refusal = DatabaseUnavailable(f"The database does not answer ({type(error).__name__}).")
        for waiting in asked:
            if not waiting.done():
                waiting.set_result(None) if refusal is None else waiting.set_exception(refusal)

    async def _write_or_refuse(self, batch: list[Stored]) -> None:
        """Whatever happens, nobody waits for ever: who is not told that it is stored sends it again."""
        try:
            await self._write(batch)
        except Exception as error:  # noqa: BLE001  (the HTTP edge: the next updates are written)
            log.error("ingest_failed", error=type(error).__name__, waiting=len(batch))  # noqa: TRY400  (no row in the log)
            await self._forget_connection()
        finally:
            for stored in batch:
                _refuse(stored)

    async def _write(self, batch: list[Stored]) -> None:
        try:
            await self._write_together(batch)
        except (*UNREACHABLE, asyncpg.InterfaceError, DatabaseUnavailable) as error:
            log.error("ingest_unavailable", error=type(error).__name__, waiting=len(batch))  # noqa: TRY400  (each batch, for as long as it lasts)
            await self._forget_connection()
            for stored in batch:
                _refuse(stored)
            return
        except asyncpg.PostgresError as error:
            log.warning("ingest_batch_failed", error=type(error).__name__, rows=len(batch))
            await self._write_one_by_one(batch)
        for stored in batch:
            if not stored.done.done():
                stored.done.set_result(None)

    async def _write_together(self, batch: list[Stored]) -> None:
        connection = await self._connected()
        updates = [stored for stored in batch if stored.envelope is not None]
        broken = [stored for stored in batch if stored.envelope is None]
        if updates:
            await queries.store_updates(connection, [stored.columns() for stored in updates])
        for stored in broken:
            await queries.quarantine(connection, stored.bot.account_id, stored.bot.id, stored.body, stored.reason)

    async def _write_one_by_one(self, batch: list[Stored]) -> None:
        """A row that cannot be stored is told so; its neighbours are saved."""
        for stored in batch:
            try:
                await self._write_together([stored])
            except (*UNREACHABLE, asyncpg.InterfaceError, asyncpg.PostgresError, DatabaseUnavailable) as error:
                log.error("ingest_row_failed", error=type(error).__name__, bot=stored.bot.id)  # noqa: TRY400  (PostgreSQL's detail shows the row)
                self._bots.clear()
                _refuse(stored)

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._db.connect(role="valera_ingest")
        return self._connection

    async def _forget_connection(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


def _refuse(stored: Stored) -> None:
    if not stored.done.done():
        stored.done.set_exception(DatabaseUnavailable("The update could not be stored; send it again."))
