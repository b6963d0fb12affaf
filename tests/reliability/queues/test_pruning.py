"""What is finished and old goes, nothing else does, and nobody waits for it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from tests.cast import World
from tests.reception.stage import Stage
from valera.backoffice import prune_queries as queries
from valera.backoffice.prune import STEPS, Pruner, Stretch
from valera.backoffice.retention import Retention
from valera.backoffice.verify import verify
from valera.kit.db import Database, QueueTx

WORKER = 77

AGE = (
    "update telegram_updates set received_at = received_at - $1::interval, done_at = done_at - $1::interval",
    "update telegram_update_conflicts set received_at = received_at - $1::interval, done_at = done_at - $1::interval",
    "update button_presses set received_at = received_at - $1::interval",
    "update quarantined_updates set received_at = received_at - $1::interval",
    "update deliveries set created_at = created_at - $1::interval",
    "update turn_steps set created_at = created_at - $1::interval",
    "update turns set created_at = created_at - $1::interval",
    "update messages set created_at = created_at - $1::interval",
    "update slot_offers set expires_at = expires_at - $1::interval",
    "update proposals set expires_at = expires_at - $1::interval",
    "update workers set alive_until = alive_until - $1::interval",
    "update sessions set ends_at = ends_at - $1::interval",
    "update sign_ins set expires_at = expires_at - $1::interval",
    "update used_sign_ins set expires_at = expires_at - $1::interval",
    "update login_links set expires_at = expires_at - $1::interval",
    "update limits set free_at = free_at - $1::interval",
    "update api_requests set created_at = created_at - $1::interval",
    "update live_changes set at = at - $1::interval / 24",  # an hour is to them what a day is to others
    "update trials set touched_at = touched_at - $1::interval",
    "update jobs.pgqueuer_log set created = created - $1::interval",
)
LEFT = """
    select (select count(*) from telegram_updates) as telegram_updates,
           (select count(*) from telegram_update_conflicts) as telegram_update_conflicts,
           (select count(*) from button_presses) as button_presses, (select count(*) from quarantined_updates) as quarantined_updates,
           (select count(*) from deliveries) as deliveries, (select count(*) from turn_steps) as turn_steps,
           (select count(*) from slot_offers) as slot_offers, (select count(*) from proposals) as proposals,
           (select count(*) from sessions) as sessions, (select count(*) from sign_ins) as sign_ins,
           (select count(*) from used_sign_ins) as used_sign_ins, (select count(*) from login_links) as login_links,
           (select count(*) from limits) as limits, (select count(*) from api_requests) as api_requests,
           (select count(*) from trials) as trials, (select count(*) from live_changes) as live_changes,
           (select count(*) from workers) as workers, (select count(*) from jobs.pgqueuer_log) as "jobs.pgqueuer_log"
"""

SIGNING_IN = {"sessions": 2, "sign_ins": 1, "used_sign_ins": 1, "login_links": 2, "limits": 1}
ALL = dict.fromkeys(STEPS, 2) | {"workers": 1} | SIGNING_IN


@pytest.fixture
async def history(world: World, owner: asyncpg.Connection) -> World:
    """Two of each, one of each shop; the offers and proposals expired yesterday."""
    await owner.execute("insert into workers (id, alive_until) values ($1, now())", WORKER)
    await owner.execute("update slot_offers set expires_at = now(); update proposals set expires_at = now()")
    await owner.execute("update sessions set ends_at = now(); update login_links set expires_at = now()")
    await owner.execute("insert into sign_ins (browser_hash, return_to, expires_at) values (sha256('b'), '/', now())")
    await owner.execute("insert into used_sign_ins (hash, expires_at) values (sha256('h'), now())")
    await owner.execute("insert into limits (what, who, free_at) values ('sign_in', sha256('w'), now())")
    await owner.execute("delete from jobs.pgqueuer_log where entrypoint <> 'booking_changed'")
    return world


async def age(owner: asyncpg.Connection, days: float) -> None:
    for statement in AGE:
        await owner.execute(statement, timedelta(days=days))


async def left(owner: asyncpg.Connection) -> dict[str, int]:
    return dict(await owner.fetchrow(LEFT) or {})


def pruner(db: Database, *, updates: float = 14, journals: float = 90, is_busy: bool = False) -> Pruner:
    return Pruner(db, Retention(timedelta(days=updates), timedelta(days=journals)), lambda: is_busy)


async def test_each_goes_when_its_time_has_come(history: World, db: Database, owner: asyncpg.Connection) -> None:
    young = await pruner(db).prune()
    await age(owner, 20)
    after_weeks = await pruner(db).prune()
    await age(owner, 80)
    after_months = await pruner(db).prune()

    assert young == dict.fromkeys(ALL, 0)
    assert after_weeks == dict.fromkeys(ALL, 0) | SIGNING_IN | {
        "telegram_updates": 2,
        "telegram_update_conflicts": 2,
        "button_presses": 2,
        "slot_offers": 2,
        "workers": 1,
        "api_requests": 2,
        "trials": 2,
        "live_changes": 2,
    }
    assert after_months == dict.fromkeys(ALL, 0) | {
        "quarantined_updates": 2,
        "deliveries": 2,
        "turn_steps": 2,
        "proposals": 2,
        "jobs.pgqueuer_log": 2,
    }
    assert set((await left(owner)).values()) == {0}


async def test_what_people_said_and_what_was_booked_stays_and_holds(history: World, db: Database, owner: asyncpg.Connection) -> None:
    kept = "select (select count(*) from messages), (select count(*) from turns), (select count(*) from bookings)"
    before = await owner.fetchrow(kept)
    await age(owner, 400)

    await pruner(db).prune()

    assert await owner.fetchrow(kept) == before
    assert await owner.fetchval("select count(*) from messages where role = 'user' and turn_id is null") == 0
    assert [finding.tell() for finding in await verify(db) if finding.breaches] == []


async def test_what_is_not_finished_stays_however_old(history: World, db: Database, owner: asyncpg.Connection) -> None:
    await owner.execute("update telegram_updates set done_at = null; update telegram_update_conflicts set done_at = null")
    await owner.execute("update deliveries set state = 'ready'; update proposals set state = 'open'")
    await age(owner, 400)

    await pruner(db).prune()

    remaining = await left(owner)
    assert {name: remaining[name] for name in ("telegram_updates", "telegram_update_conflicts", "deliveries", "proposals")} == {
        "telegram_updates": 2, "telegram_update_conflicts": 2, "deliveries": 2, "proposals": 2,
    }  # fmt: skip


async def test_database_keeps_young_rows_whatever_is_asked(history: World, db: Database, owner: asyncpg.Connection) -> None:
    await age(owner, 0.9)

    assert await pruner(db, updates=0, journals=0).prune() == dict.fromkeys(ALL, 0)
    assert await left(owner) == ALL


async def test_long_table_is_pruned_from_end_to_end(history: World, db: Database, owner: asyncpg.Connection) -> None:
    await owner.execute(
        "insert into button_presses (account_id, bot_id, callback_query_id, received_at)"
        " select account_id, id, 'p' || n, now() - (n % 3) * interval '1 day' - interval '1 minute' from bots, generate_series(1, 1500) n"
    )

    pruned = await pruner(db).prune()

    assert pruned["button_presses"] == 2000
    assert (await left(owner))["button_presses"] == 2 + 1000


async def test_one_process_at_a_time(history: World, db: Database, queue: asyncpg.Connection, owner: asyncpg.Connection) -> None:
    await age(owner, 400)
    assert await queries.take_broom(QueueTx(queue))

    assert await pruner(db).prune() == {}
    assert await left(owner) == ALL


# ---- nobody waits for it ------------------------------------------------------------------------


async def test_it_stands_still_while_something_else_is_going_on(history: World, db: Database, owner: asyncpg.Connection) -> None:
    await age(owner, 400)
    busy = [True]
    pruning = asyncio.create_task(Pruner(db, Retention(), lambda: busy[0]).prune())
    await asyncio.sleep(0.5)
    meanwhile = await left(owner)
    busy[0] = False

    await pruning

    assert meanwhile == ALL
    assert set((await left(owner)).values()) == {0}


async def test_it_ends_at_once_when_its_worker_stops(history: World, db: Database, owner: asyncpg.Connection) -> None:
    await age(owner, 400)
    pruning = asyncio.create_task(Pruner(db, Retention(), lambda: True).prune())
    await asyncio.sleep(0.3)

    pruning.cancel()
    await asyncio.wait([pruning], timeout=5)

    assert pruning.cancelled()
    assert await left(owner) == ALL


async def test_conversation_goes_on_beside_a_step_that_does_not_end(
    history: World, stage: Stage, owner: asyncpg.Connection, queue: asyncpg.Connection
) -> None:
    """Everything that pruning could lock is locked by it, and stays so: intake, turn and claims pass."""
    await age(owner, 400)
    await queue.execute("set idle_in_transaction_session_timeout = 0")
    step = queue.transaction()
    await step.start()
    tx = QueueTx(queue)
    pruned = [
        await prune(tx, Stretch, after=(0, 0), keep=timedelta(0), limit=10_000)
        for prune in (queries.prune_updates, queries.prune_conflicts, queries.prune_presses, queries.prune_deliveries, queries.prune_steps)
    ]
    stage.script.answers = ["Здравствуйте! Чем помочь?"]

    said = await stage.hear("Добрый день")
    claimed = await stage.owner.fetchval("select count(*) from deliveries where state in ('ready', 'sending')")
    await step.rollback()

    assert [found.pruned for found in pruned] == [2, 2, 2, 2, 2]
    assert said == ["Здравствуйте! Чем помочь?"]
    assert claimed == 1


async def test_step_that_would_have_to_wait_gives_up(history: World, db: Database, owner: asyncpg.Connection) -> None:
    await age(owner, 400)
    async with owner.transaction():
        await owner.execute("select 1 from telegram_updates for update")

        with pytest.raises(asyncpg.LockNotAvailableError):
            await pruner(db).prune()

    assert (await pruner(db).prune())["telegram_updates"] == 2


async def test_it_takes_no_connection_of_the_pools(history: World, database_url: str, owner: asyncpg.Connection) -> None:
    await age(owner, 400)
    small = Database(database_url, min_size=1, max_size=1)
    await small.open()
    async with small.identity_tx():  # the only one
        pruned = await pruner(small).prune()
    await small.close()

    assert pruned["telegram_updates"] == 2
