"""How much a claim looks at does not grow with what waits, with what is finished, or while a snapshot is held: looks count, not time."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from tests.reliability.queues.crowd import CLAIMS, Claim, Crowd, plant_crowd
from valera.kit.db import Database
from valera.kit.portions import Portions

LIMIT = 20
SHOPS = 5
OF_A_CLAIM = 70 * LIMIT
"""For a claim of so many, with its updates of every index. Measured: two thirds of it for deliveries, a quarter for mailboxes."""

LATELY = Portions(lately=timedelta(seconds=10))

each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.function)


@pytest.fixture
async def crowd(owner: asyncpg.Connection) -> Crowd:
    return await plant_crowd(owner, shops=SHOPS, chats=1000)


async def look(queue: asyncpg.Connection) -> dict[str, int]:
    return {claim.function: await claim.looks(queue, LIMIT) for claim in CLAIMS}


def within(looks: dict[str, int], most: int) -> bool:
    return all(count <= most for count in looks.values())


async def test_fifty_thousand_finished_rows_cost_nothing(crowd: Crowd, queue: asyncpg.Connection) -> None:
    await crowd.message(crowd.shops[0], chats=3)
    before = await look(queue)

    await crowd.finish(10)

    after = await look(queue)
    assert await crowd.owner.fetchval("select count(*) >= 50000 from turns where state = 'done'")
    assert all(after[name] <= before[name] + 40 for name in before), (before, after)


async def test_backlog_costs_no_more_than_what_is_taken_of_it(crowd: Crowd, queue: asyncpg.Connection) -> None:
    """Also with the statistics of a quiet hour, which say that nothing waits."""
    await crowd.finish(2)
    for shop in crowd.shops:
        await crowd.message(shop, chats=1000, since=timedelta(hours=1))
    surprised = await look(queue)

    await crowd.owner.execute("vacuum mailboxes, turns, deliveries")

    assert within(surprised, OF_A_CLAIM), surprised
    assert within(await look(queue), OF_A_CLAIM)


@each_claim
async def test_while_a_snapshot_is_held_a_wake_up_steps_over_nothing(
    crowd: Crowd, queue: asyncpg.Connection, db: Database, claim: Claim
) -> None:
    """What was claimed and finished meanwhile cannot be cleared away, and stands in the indexes. Held for the plans of a quieter hour:
    after an ANALYZE in the middle of it, turns and deliveries are planned along another index until the next one.
    """
    for table in ("mailboxes", "turns", "deliveries"):
        await crowd.owner.execute(f"alter table {table} set (autovacuum_enabled = off)")
    held = await db.connect(role="valera_owner")
    await held.execute("set idle_in_transaction_session_timeout = 0")
    await held.execute("begin isolation level repeatable read")
    await held.fetchval("select count(*) from accounts")
    for _ in range(4):
        for shop in crowd.shops:
            await crowd.message(shop, chats=500, since=timedelta(minutes=1))
        await crowd.owner.execute("update mailboxes set due_at = null where due_at is not null")
        await crowd.owner.execute("update turns set state = 'done' where state = 'waiting'")
        await crowd.owner.execute("update deliveries set state = 'sent' where state = 'ready'")
    await crowd.owner.execute("vacuum mailboxes, turns, deliveries")
    await crowd.message(crowd.shops[3], chats=1)

    lately, thorough = await claim.looks(queue, LIMIT, LATELY), await claim.looks(queue, LIMIT)
    served = await claim.take(queue, LIMIT, LATELY)
    await held.close()

    assert served == [crowd.shops[3]]
    assert thorough > 5_000  # 10,000 dead rows, each of them looked at: once a second
    assert lately < 500
