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
from typing import TYPE_CHECKING, Protocol

import asyncpg
import structlog

from valera.backoffice import prune_queries as queries
from valera.kit.db import UNREACHABLE, Database, DatabaseUnavailable, QueueTx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import timedelta

    from valera.backoffice.retention import Retention

log = structlog.get_logger(__name__)

EVERY_SECONDS = 6 * 3600.0
FIRST_AFTER_SECONDS = 60.0
STRETCH = 500
SHARE_OF_TIME = 0.1
PAUSE_SECONDS = 0.05
CLOSING_SECONDS = 2.0
IMPATIENT = "set lock_timeout = '100ms'; set statement_timeout = '5s'"


@dataclass(frozen=True, slots=True)
class Stretch:
    """``reached``: its last row; None: the table's end."""

    reached: queries.Place | None
    pruned: int


class Step(Protocol):
    async def __call__(self, tx: QueueTx, row: type[Stretch], *, after: queries.Place, keep: timedelta, limit: int) -> Stretch: ...


STEPS: Mapping[str, Step] = {
    "telegram_updates": queries.prune_updates,
    "telegram_update_conflicts": queries.prune_conflicts,
    "button_presses": queries.prune_presses,
    "quarantined_updates": queries.prune_quarantine,
    "deliveries": queries.prune_deliveries,
    "turn_steps": queries.prune_steps,
    "slot_offers": queries.prune_offers,
    "proposals": queries.prune_proposals,
    "live_changes": queries.prune_changes,
    "workers": queries.prune_workers,
    "api_requests": queries.prune_requests,
    "trials": queries.prune_trials,
    "sessions": queries.prune_sessions,
    "sign_ins": queries.prune_sign_ins,
    "used_sign_ins": queries.prune_used_sign_ins,
    "login_links": queries.prune_login_links,
    "limits": queries.prune_limits,
    "jobs.pgqueuer_log": queries.prune_job_log,
}
"""Of every table that is not kept for good: how one stretch of it is pruned."""


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
            pruned = {table: await self._sweep(tx, step, keep) for table, step, keep in self._steps()}
            log.info("pruned", **pruned)
            return pruned
        finally:
            with contextlib.suppress(*UNREACHABLE, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=CLOSING_SECONDS)

    def _steps(self) -> Iterator[tuple[str, Step, timedelta]]:
        for table, step in STEPS.items():
            keep = self.retention.of(table)
            assert keep is not None, f"{table} is kept"
            yield table, step, keep

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
