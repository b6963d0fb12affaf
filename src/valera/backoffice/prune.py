"""Finished rows are deleted when they are old: bodies of updates, journals, what was sent. The one batch work of an installation.

Nothing that a client waits for may wait for it: it has a connection of its own, takes small steps that commit by themselves, uses a tenth
of the time, gives up a step rather than wait for a lock, and stands still while its worker has much to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import asyncpg
import structlog

from valera.backoffice import prune_queries as queries
from valera.kit.db import UNREACHABLE, Database, DatabaseUnavailable, QueueTx

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger(__name__)

EVERY_SECONDS = 6 * 3600.0
FIRST_AFTER_SECONDS = 60.0
STRETCH = 500
SHARE_OF_TIME = 0.1
PAUSE_SECONDS = 0.05
CLOSING_SECONDS = 2.0
IMPATIENT = "set lock_timeout = '100ms'; set statement_timeout = '5s'"


@dataclass(frozen=True, slots=True)
class Retention:
    """``updates``: what Telegram sent, which repeats an update for a day and may use its ids anew after an idle week. ``journals``: how an
    answer came about, what was sent and what was quarantined.
    """

    updates: timedelta = timedelta(days=14)
    journals: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Stretch:
    """``reached``: its last row; None: the table's end."""

    reached: queries.Place | None
    pruned: int


class Step(Protocol):
    async def __call__(self, tx: QueueTx, row: type[Stretch], *, after: queries.Place, keep: timedelta, limit: int) -> Stretch: ...


@dataclass(frozen=True, slots=True)
class Pruner:
    """``is_busy``: whether something that matters more is going on in this process."""

    db: Database
    retention: Retention
    is_busy: Callable[[], bool]

    async def run(self) -> None:
        """Until cancelled: a while after the start, then every six hours. One process of the installation at a time does it."""
        wait = FIRST_AFTER_SECONDS * random.uniform(1, 2)  # noqa: S311  (so that processes that start together do not meet)
        while True:
            await asyncio.sleep(wait)
            try:
                await self.prune()
            except (DatabaseUnavailable, *UNREACHABLE, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("prune_failed", error=type(error).__name__)
            wait = EVERY_SECONDS

    async def prune(self) -> dict[str, int]:
        """Every table once, from end to end. How many rows went; empty if another process is at it."""
        connection = await self.db.connect(role="valera_queue")
        try:
            await connection.execute(IMPATIENT)
            tx = QueueTx(connection)
            if not await queries.take_broom(tx):
                return {}
            pruned = {name: await self._sweep(tx, step, keep) for name, (step, keep) in self._steps().items()}
            log.info("pruned", **pruned)
            return pruned
        finally:
            with contextlib.suppress(*UNREACHABLE, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=CLOSING_SECONDS)

    def _steps(self) -> dict[str, tuple[Step, timedelta]]:
        updates, journals, day = self.retention.updates, self.retention.journals, timedelta(days=1)
        return {
            "updates": (queries.prune_updates, updates),
            "conflicts": (queries.prune_conflicts, updates),
            "presses": (queries.prune_presses, day),
            "quarantine": (queries.prune_quarantine, journals),
            "deliveries": (queries.prune_deliveries, journals),
            "steps": (queries.prune_steps, journals),
            "offers": (queries.prune_offers, day),
            "proposals": (queries.prune_proposals, journals),
            "workers": (queries.prune_workers, day),
        }

    async def _sweep(self, tx: QueueTx, step: Step, keep: timedelta) -> int:
        """One table. A lock that it does not get at once ends the whole round: there will be another."""
        after: queries.Place | None = (0, 0)
        pruned = 0
        while after is not None:
            while self.is_busy():  # noqa: ASYNC110  (four lanes would have to set an event)
                await asyncio.sleep(PAUSE_SECONDS)
            since = time.perf_counter()
            stretch = await step(tx, Stretch, after=after, keep=keep, limit=STRETCH)
            after, pruned = stretch.reached, pruned + stretch.pruned
            await asyncio.sleep(max(PAUSE_SECONDS, (time.perf_counter() - since) / SHARE_OF_TIME))
        return pruned
