"""The product's Database and Bot API with a gate at every border. The product does not know."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

import asyncpg

from tests.reliability.interleavings.border import NOTHING, At, Border, Footprint, Schema
from valera.kit.db import Database, QueueTx, Tx, refuse_inside_transaction
from valera.telegram.api.client import BotApi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from tests.reliability.interleavings.actor import Actor
    from valera.kit.db import AccountTx, IdentityTx, OwnerTx
    from valera.kit.secrets import Secret

AnyTx = TypeVar("AnyTx", bound=Tx)

STATEMENTS = ("execute", "executemany", "fetch", "fetchrow", "fetchval")
ON_THE_WIRE = Footprint(read=frozenset({"chats"}), written=frozenset({"wire"}), published=frozenset({"wire"}))
"""A send reads who speaks in the chat: it may not change places with a takeover's commit. Two sends keep their order."""


class GatedDatabase(Database):
    """One actor's database; without an actor it is as any other."""

    def __init__(self, url: str, schema: Schema, *, by_statement: bool = False) -> None:
        super().__init__(url, min_size=1, max_size=4)
        self.actor: Actor | None = None
        self.schema = schema
        self.by_statement = by_statement

    @asynccontextmanager
    async def account_tx(self) -> AsyncIterator[AccountTx]:
        async with self._gated(super().account_tx()) as tx:
            yield tx

    def identity_tx(self) -> AbstractAsyncContextManager[IdentityTx]:
        return self._gated(super().identity_tx())

    def owner_tx(self) -> AbstractAsyncContextManager[OwnerTx]:
        return self._gated(super().owner_tx())

    @asynccontextmanager
    async def queue(self) -> AsyncIterator[QueueTx]:
        async with super().queue() as tx:
            yield QueueTx(_as_connection(StatementByStatement(tx.connection, self)))

    async def connect(self, *, role: str | None = None) -> asyncpg.Connection:
        return _as_connection(StatementByStatement(await super().connect(role=role), self))

    async def reach(self, border: Border) -> None:
        if self.actor is not None:
            await self.actor.reach(border)

    @asynccontextmanager
    async def _gated(self, transaction: AbstractAsyncContextManager[AnyTx]) -> AsyncIterator[AnyTx]:
        await self.reach(Border(At.BEGIN))
        async with transaction as tx:
            seen = Seen(tx.connection, self)
            with_seen = type(tx)(_as_connection(seen))
            seen.enter()
            try:
                yield with_seen
                await seen.end(At.COMMIT)
            except Exception:
                await seen.end(At.ROLLBACK)
                raise
            finally:
                seen.leave()


def _as_connection(wrapped: object) -> asyncpg.Connection:
    return cast("asyncpg.Connection", wrapped)


@dataclass(slots=True)
class Seen:
    """A connection inside one transaction, and what the transaction touched."""

    connection: asyncpg.Connection
    db: GatedDatabase
    touched: Footprint = NOTHING

    def __getattr__(self, name: str) -> Any:
        inner = getattr(self.connection, name)
        return self._noted(inner) if name in STATEMENTS else inner

    def _noted(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def noted(sql: str, *values: object, **options: object) -> Any:
            if self.db.by_statement and not self.touched.is_empty:
                await self.db.reach(Border(At.STATEMENT, about=" ".join(sql.split())[:40]))
            self.note(self.db.schema.footprint(sql))
            return await call(sql, *values, **options)

        return noted

    def note(self, footprint: Footprint) -> None:
        self.touched |= footprint
        if self.db.actor is not None:
            self.db.actor.touched |= footprint

    def enter(self) -> None:
        if self.db.actor is not None:
            self.db.actor.backends.add(self.connection.get_server_pid())

    def leave(self) -> None:
        if self.db.actor is not None and not self.connection.is_closed():
            self.db.actor.backends.discard(self.connection.get_server_pid())

    async def end(self, at: At) -> None:
        """A transaction that has only read leaves nothing behind and holds nobody up: there is nothing to see in its end."""
        if self.touched.written:
            await self.db.reach(Border(at, self.touched))
            if self.db.actor is not None:
                self.db.actor.touched |= self.touched.as_committed()


@dataclass(slots=True)
class StatementByStatement:
    """A connection whose statements commit by themselves. Each is given a transaction of its own, to be held before its commit."""

    connection: asyncpg.Connection
    db: GatedDatabase
    others: dict[str, Any] = field(default_factory=dict[str, Any])

    def __getattr__(self, name: str) -> Any:
        inner = getattr(self.connection, name)
        return self._alone(name) if name in STATEMENTS else inner

    def _alone(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def alone(sql: str, *values: object, **options: object) -> Any:
            async with self._transaction() as seen:
                return await getattr(seen, name)(sql, *values, **options)

        return alone

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Seen]:
        await self.db.reach(Border(At.BEGIN))
        seen = Seen(self.connection, self.db)
        seen.enter()
        try:
            async with self.connection.transaction():
                yield seen
                await seen.end(At.COMMIT)
        finally:
            seen.leave()


@dataclass(frozen=True, slots=True)
class Sent:
    """One call of sendMessage. ``was_human``: a person answered this chat when it was made; ``since``: the step at which its sender came to
    the wire.
    """

    by: str
    chat: int
    text: str
    was_human: bool
    since: int


class Wire(BotApi):
    """What one actor sends to Telegram, written down by the test."""

    def __init__(self, db: GatedDatabase, now: Callable[[], int], send: Callable[[Wire, dict[str, Any], int], Awaitable[int]]) -> None:
        super().__init__("http://127.0.0.1:1")
        self.db = db
        self._now = now
        self._send = send

    async def send_message(self, token: Secret, message: dict[str, Any]) -> int:
        refuse_inside_transaction()
        since = self._now()
        await self.db.reach(Border(At.SEND, about=message["text"]))
        if self.db.actor is not None:
            self.db.actor.touched |= ON_THE_WIRE
        return await self._send(self, message, since)

    async def send_document(self, token: Secret, message: dict[str, Any], *, name: str, media_type: str, body: bytes) -> int:
        return await self.send_message(token, message | {"text": message["caption"]})

    async def answer_callback_query(self, token: Secret, callback_query_id: str) -> None:
        refuse_inside_transaction()
