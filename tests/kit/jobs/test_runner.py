"""Jobs are put down with the transaction, done once it is time, tried again, parked, and taken over from the dead."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.cast import World
from valera.backoffice.status import look_around
from valera.kit.clock import FixedClock
from valera.kit.db import AccountTx, Database, Tx, account_scope, current_account_id, value
from valera.kit.jobs.job import Job, enqueue
from valera.kit.jobs.parked import list_parked, retry
from valera.kit.jobs.runner import MAX_TRIES, Handler, JobRunner

PAST = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def owner(db: Database, world: World) -> AsyncIterator[asyncpg.Connection]:
    """Nothing of the cast waits."""
    connection = await db.connect(role="valera_owner")
    await connection.execute("delete from jobs.pgqueuer; delete from jobs.pgqueuer_log")
    yield connection
    await connection.close()


async def put(db: Database, world: World, *, key: str = "1", at: datetime = PAST, entrypoint: str = "work") -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await enqueue(tx, entrypoint, at=at, key=key, payload={"booking": 7})


@contextlib.asynccontextmanager
async def running(db: Database, handler: Handler) -> AsyncIterator[JobRunner]:
    runner = JobRunner(db, FixedClock(PAST), {"work": handler}, poll=timedelta(seconds=0.2))
    task = asyncio.create_task(runner.run())
    yield runner
    await runner.drain(task, 10)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(120):
        while not await holds():
            await asyncio.sleep(0.05)


def empty(owner: asyncpg.Connection) -> Callable[[], Awaitable[bool]]:
    async def holds() -> bool:
        return (await owner.fetchval("select count(*) from jobs.pgqueuer")) == 0

    return holds


async def test_a_job_is_done_for_its_shop_when_it_is_due(db: Database, world: World, owner: asyncpg.Connection) -> None:
    seen: list[object] = []

    async def work(tx: AccountTx, job: Job, now: datetime) -> None:
        seen.extend([current_account_id(), await value(tx, "select slug from accounts"), job.payload["booking"], job.tries, now])

    await put(db, world)
    await put(db, world, key="2", at=datetime.now(UTC) + timedelta(hours=1))
    async with running(db, work):
        await until(lambda: _is(bool(seen)))
        await put(db, world, key="3")  # while it listens
        await until(lambda: _is(len(seen) > 5))

    assert seen[:5] == [world.garage.account_id, "garage", 7, 1, PAST]
    assert [row["dedupe_key"] for row in await owner.fetch("select dedupe_key from jobs.pgqueuer")] == ["1:work:2"]
    assert await owner.fetchval("select count(*) from jobs.pgqueuer_log where status = 'successful'") == 2


async def _is(truth: bool) -> bool:
    return truth


async def test_a_job_is_there_if_its_transaction_is_and_once_under_its_key(db: Database, world: World, owner: asyncpg.Connection) -> None:
    with contextlib.suppress(ZeroDivisionError), account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await enqueue(tx, "work", at=PAST, key="undone", payload={})
            raise ZeroDivisionError
    await put(db, world)
    await put(db, world)

    assert await owner.fetchval("select array_agg(dedupe_key) from jobs.pgqueuer") == ["1:work:1"]


async def test_one_that_fails_is_tried_later_and_parked_after_the_last_try(db: Database, world: World, owner: asyncpg.Connection) -> None:
    tries: list[int] = []

    async def work(tx: AccountTx, job: Job, now: datetime) -> None:
        tries.append(job.tries)
        raise RuntimeError("Анна Петрова, +7 916 000-00-01")

    async def is_parked() -> bool:
        await owner.execute("update jobs.pgqueuer set execute_after = now() - interval '1 second' where status = 'queued'")
        return bool(await owner.fetchval("select status = 'failed' from jobs.pgqueuer"))

    await put(db, world)
    async with running(db, work):
        await until(lambda: _is(len(tries) == 1))
        await until(lambda: _waits(owner))
        await until(is_parked)

    status = await look_around(db)
    async with db.queue() as tx:
        [parked] = await list_parked(tx)
        await retry(tx, parked.id)
        again = await list_parked(tx)
    assert ("work", '{"account": 1, "booking": 7}', again) == (parked.entrypoint, parked.payload, [])
    assert tries == list(range(1, MAX_TRIES + 1))
    assert (status.parked, status.jobs) == (1, 0)
    assert not status.is_well
    kept = await owner.fetch("select coalesce(traceback::text, '') as told from jobs.pgqueuer_log")
    assert not any("Анна" in row["told"] or "916" in row["told"] for row in kept)


async def _waits(owner: asyncpg.Connection) -> bool:
    """Put back, for half a minute at the least."""
    return bool(await owner.fetchval("select status = 'queued' and execute_after > now() + interval '10 seconds' from jobs.pgqueuer"))


async def test_what_a_dead_worker_left_is_done_by_the_next(db: Database, world: World, owner: asyncpg.Connection) -> None:
    done: list[int] = []

    async def work(tx: AccountTx, job: Job, now: datetime) -> None:
        done.append(job.tries)

    await put(db, world)
    await owner.execute(
        "update jobs.pgqueuer set status = 'picked', attempts = 1, queue_manager_id = gen_random_uuid(),"
        " heartbeat = now() - interval '21 seconds'"
    )
    async with running(db, work):
        await until(empty(owner))

    assert done == [2]


async def test_one_that_kills_whoever_tries_it_is_parked(db: Database, world: World, owner: asyncpg.Connection) -> None:
    begun: list[int] = []

    async def work(tx: AccountTx, job: Job, now: datetime) -> None:
        begun.append(job.tries)

    await put(db, world)
    await owner.execute("update jobs.pgqueuer set status = 'picked', attempts = $1, heartbeat = now() - interval '21 seconds'", MAX_TRIES)
    async with running(db, work):
        await until(lambda: _parked(owner))

    assert begun == []


async def _parked(owner: asyncpg.Connection) -> bool:
    return bool(await owner.fetchval("select status = 'failed' from jobs.pgqueuer"))


async def test_a_connection_that_breaks_is_made_again(db: Database, world: World, owner: asyncpg.Connection) -> None:
    done: list[int] = []

    async def work(tx: AccountTx, job: Job, now: datetime) -> None:
        done.append(job.id)

    async with running(db, work):
        await put(db, world)
        await until(lambda: _is(len(done) == 1))
        login = await db.connect()
        cut: int = await value(
            Tx(login),
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and query like '%pgqueuer%'"
            " and pid <> pg_backend_pid()",
        )
        await login.close()
        await put(db, world, key="2")
        await until(lambda: _is(len(done) > 1))

    assert cut >= 1


async def test_who_is_told_to_stop_finishes_what_runs_or_gives_it_back(db: Database, world: World, owner: asyncpg.Connection) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def work(tx: AccountTx, job: Job, now: datetime) -> None:
        begun.set()
        await may_end.wait()

    async def stop(seconds: float) -> None:
        runner = JobRunner(db, FixedClock(PAST), {"work": work}, poll=timedelta(seconds=0.2))
        task = asyncio.create_task(runner.run())
        async with asyncio.timeout(20):
            await begun.wait()
        await runner.drain(task, seconds)

    await put(db, world)
    await stop(0.01)
    left = await owner.fetchval("select count(*) from jobs.pgqueuer where status in ('queued', 'picked')")
    await owner.execute("update jobs.pgqueuer set status = 'queued', execute_after = now() - interval '1 second'")
    begun.clear()
    may_end.set()
    await stop(20)

    assert left == 1
    assert await owner.fetchval("select count(*) from jobs.pgqueuer") == 0
