"""What Telegram accepted is marked as sent: all marks that come together share one statement and one commit, with no artificial delay.

A mark that cannot be written is kept and tried again for as long as the process lives: until it is written the delivery is unsure, and
would be sent twice.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncpg
import structlog

from valera.kit.db import AccountId, Database, DatabaseUnavailable
from valera.telegram.outbox import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

log = structlog.get_logger(__name__)

BATCH = 500
RETRY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Sent:
    account_id: AccountId
    delivery_id: int
    telegram_message_id: int


@dataclass(slots=True)
class SentMarks:
    """Group commit: whoever comes while a statement runs goes with the next one."""

    db: Database
    _waiting: list[tuple[Sent, asyncio.Future[None]]] = field(default_factory=list[tuple[Sent, "asyncio.Future[None]"]])
    _writing: asyncio.Task[None] | None = None

    async def mark(self, sent: Sent) -> None:
        """Returns when it is committed."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((sent, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all(), name="sent-marks")
        await done

    async def _write_all(self) -> None:
        batch: list[tuple[Sent, asyncio.Future[None]]] = []
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                await self._write_or_tell(batch)
        finally:
            self._writing = None
            for _, done in (*batch, *self._waiting):
                done.cancel()  # where this task was: nobody waits for ever
            self._waiting.clear()

    async def _write_or_tell(self, batch: Sequence[tuple[Sent, asyncio.Future[None]]]) -> None:
        """Who is told of an error leaves the delivery to its lease: it is unsure then."""
        error: Exception | None = None
        try:
            await self._write([sent for sent, _ in batch])
        except Exception as unexpected:  # noqa: BLE001  (each sender raises it to its job runner)
            error = unexpected
        for _, done in batch:
            if not done.done():
                done.set_result(None) if error is None else done.set_exception(error)

    async def _write(self, batch: Sequence[Sent]) -> None:
        while True:
            try:
                async with self.db.queue() as tx:
                    await queries.mark_sent(
                        tx,
                        account_ids=[sent.account_id for sent in batch],
                        delivery_ids=[sent.delivery_id for sent in batch],
                        telegram_message_ids=[sent.telegram_message_id for sent in batch],
                    )
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                log.warning("sent_not_marked", error=type(error).__name__, deliveries=len(batch))
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return
