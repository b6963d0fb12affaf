"""Carries out jobs: pgqueuer hands them over when they are due, one transaction of their shop each.

A worker that dies leaves its jobs picked; another one takes them when their heartbeat is over, and finds out from the rows how far they
came. A job that fails is tried again, later each time, and parked after the last try: `valera status` tells how many are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import asyncpg
import msgspec
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import FailingListenerError, RetryRequested
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.domain.types import Channel

from valera.kit.db import UNREACHABLE, AccountId, AccountTx, DatabaseUnavailable, account_scope
from valera.kit.errors import ValeraError
from valera.kit.jobs import queries
from valera.kit.jobs.job import Job

if TYPE_CHECKING:
    from pgqueuer.domain import models

    from valera.kit.clock import Clock
    from valera.kit.db import Database

log = structlog.get_logger(__name__)

Handler = Callable[[AccountTx, Job, datetime], Awaitable[None]]

CHANNEL = Channel("ch_pgqueuer")
HEARTBEAT = timedelta(seconds=20)
"""Of a job that is running; a dead worker's is free after that."""
POLL = timedelta(seconds=10)
"""Jobs wake by NOTIFY and at the time of the next one; what a dead worker left is looked for so often."""
BATCH = 10
JOB_SECONDS = 15.0
"""One short transaction each; whoever waits longer waits for a lock that somebody forgot."""
RETRY_SECONDS = 1.0

MAX_TRIES = 4
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
DATABASE_PAUSE = timedelta(seconds=5)


class JobParked(ValeraError):
    """Tried as often as it may be. Says the entrypoint, not what was wrong: that stands in the log of the process."""


@dataclass(slots=True)
class JobRunner:
    """One process's share of the jobs. ``handlers``: what each entrypoint does; an unknown one stays until somebody knows it."""

    db: Database
    clock: Clock
    handlers: Mapping[str, Handler]
    poll: timedelta = POLL
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _manager: QueueManager | None = None

    async def run(self) -> None:
        """Until `stop` is called and what runs has ended; on a connection of its own, anew whenever that breaks."""
        while not self._stopping.is_set():
            try:
                await self._serve()
            except (DatabaseUnavailable, FailingListenerError, *UNREACHABLE, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("jobs_interrupted", error=type(error).__name__)
            try:
                async with asyncio.timeout(RETRY_SECONDS):
                    await self._stopping.wait()
            except TimeoutError:
                pass

    def stop(self) -> None:
        """Nothing more is begun."""
        self._stopping.set()
        if self._manager is not None:
            self._manager.shutdown.set()

    async def drain(self, running: asyncio.Task[None], seconds: float) -> None:
        """Nothing more is begun, and what runs may end; what does not is cut short and tried again."""
        self.stop()
        await asyncio.wait([running], timeout=seconds)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def _serve(self) -> None:
        connection = await self.db.connect(role="valera_queue")
        try:
            await connection.reset_type_codec("jsonb", schema="pg_catalog")  # pgqueuer writes JSON as text
            self._manager = manager = self._prepare(connection)
            if self._stopping.is_set():
                return
            await manager.run(
                dequeue_timeout=self.poll,
                batch_size=BATCH,
                max_concurrent_tasks=2 * BATCH,
                shutdown_on_listener_failure=True,
                heartbeat_timeout=HEARTBEAT,
                log_aggregation_interval=timedelta(0),  # its statistics are read by nobody
            )
        finally:
            self._manager = None
            connection.terminate()

    def _prepare(self, connection: asyncpg.Connection) -> QueueManager:
        names = _names()
        queue = Queries(AsyncpgDriver(connection), QueryBuilderEnvironment(names), QueryQueueBuilder(names), QuerySchedulerBuilder(names))
        manager = QueueManager(queue, CHANNEL)
        for entrypoint, handler in self.handlers.items():
            manager.entrypoint(entrypoint, accepts_context=False, on_failure="hold")(partial(self._carry_out, handler))
        return manager

    async def _carry_out(self, handler: Handler, picked: models.Job) -> None:
        """Raises RetryRequested or JobParked. What pgqueuer keeps of an exception is what it is called: the reason goes to our own log."""
        job = Job(picked.id, picked.entrypoint, msgspec.json.decode(picked.payload or b"{}", type=dict[str, int]), picked.attempts + 1)
        account_id = AccountId(job.payload["account"])
        with account_scope(account_id), structlog.contextvars.bound_contextvars(account=account_id, job=job.id):
            try:
                async with self.db.queue() as tx:
                    tries = await queries.count_try(tx, job.id)
                if tries <= MAX_TRIES:
                    async with asyncio.timeout(JOB_SECONDS), self.db.account_tx() as tx:
                        await handler(tx, job, self.clock.now())
                    return
            except DatabaseUnavailable:
                raise RetryRequested(delay=DATABASE_PAUSE, reason="database") from None
            except asyncio.CancelledError:
                raise RetryRequested(delay=timedelta(0), reason="stopped") from None
            except Exception as error:  # the job runner: tried again, and parked in the end
                log.exception("job_failed", entrypoint=job.entrypoint, tries=job.tries)
                await self._again(job, type(error).__name__)
        raise JobParked(f"The job {job.entrypoint} is parked.")

    async def _again(self, job: Job, reason: str) -> None:
        """Raises RetryRequested, unless this was the last try."""
        if job.tries >= MAX_TRIES:
            log.error("job_parked", entrypoint=job.entrypoint, tries=job.tries)
            return
        async with self.db.queue() as tx:
            await queries.uncount_try(tx, job.id)
        raise RetryRequested(delay=min(FIRST_PAUSE * 4 ** (job.tries - 1), LONGEST_PAUSE), reason=reason) from None


def _names() -> DBSettings:
    """All of them, so that no variable of the environment puts the jobs elsewhere."""
    return DBSettings(
        prefix="",
        db_schema="jobs",
        channel=CHANNEL,
        function="fn_pgqueuer_changed",
        statistics_table="pgqueuer_statistics",
        queue_status_type="pgqueuer_status",
        queue_table="pgqueuer",
        queue_table_log="pgqueuer_log",
        trigger="tg_pgqueuer_changed",
        schedules_table="pgqueuer_schedules",
        durability=Durability.durable,
        widen_id=False,
    )
