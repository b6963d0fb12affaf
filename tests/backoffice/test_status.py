"""`valera status`: whether somebody works, and how long the oldest work has waited."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.cast import World
from valera.backoffice.status import look_around
from valera.kit.db import Database
from valera.reception import turn_queries
from valera.worker import BEAT_LASTS


@pytest.fixture
async def owner(db: Database, world: World) -> AsyncIterator[asyncpg.Connection]:
    """Nothing waits."""
    connection = await db.connect(role="valera_owner")
    await connection.execute("update mailboxes set due_at = null; update turns set state = 'done'; update deliveries set state = 'sent'")
    yield connection
    await connection.close()


async def test_nobody_works_is_not_well(db: Database, owner: asyncpg.Connection) -> None:
    found = await look_around(db)
    assert (found.workers, found.is_well) == (0, False)


async def test_worker_lives_by_its_lock_and_its_heartbeat(db: Database, owner: asyncpg.Connection) -> None:
    for number in (1, 2):  # the second has no lock, and a third no heartbeat
        async with db.queue() as tx:
            await turn_queries.beat(tx, worker=number, lasts=BEAT_LASTS * 30)
    worker = await db.connect()
    await worker.execute("select pg_advisory_lock(1, 1), pg_advisory_lock(1, 3)")

    found = await look_around(db)

    assert (found.workers, found.is_well) == (1, True)
    await worker.close()


async def test_oldest_of_what_is_due_is_told(db: Database, world: World, owner: asyncpg.Connection) -> None:
    await owner.execute("update mailboxes set due_at = now() - interval '90 seconds' where bot_id = $1", world.garage.bot_id)
    await owner.execute(
        "update deliveries set state = 'ready', due_at = now() - interval '5 seconds' where id = $1", world.garage.delivery_id
    )

    found = await look_around(db)

    assert (found.mailboxes, found.deliveries, found.turns, found.turn_seconds, found.is_well) == (1, 1, 0, None, False)
    assert found.mailbox_seconds is not None
    assert found.mailbox_seconds >= 90
    assert any("the oldest for" in line for line in found.tell())
