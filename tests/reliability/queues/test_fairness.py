"""A backlog of one shop does not keep another one waiting: who is served next is asked of the claims themselves, not of a clock."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import asyncpg
import pytest

from tests.reliability.queues.crowd import CLAIMS, Claim, Crowd, plant_crowd
from valera.kit.db import AccountId, Database
from valera.kit.portions import Portions

HOUR = timedelta(hours=1)

each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.function)


@pytest.fixture
async def crowd(owner: asyncpg.Connection) -> Crowd:
    return await plant_crowd(owner, shops=4, chats=300)


@each_claim
async def test_new_message_of_another_shop_is_in_the_very_next_claim(crowd: Crowd, queue: asyncpg.Connection, claim: Claim) -> None:
    backlog, other, *_ = crowd.shops
    await crowd.message(backlog, chats=300, since=HOUR)
    assert Counter(await claim.take(queue, 50)) == {backlog: 50}
    await crowd.message(other, chats=1)

    served = Counter(await claim.take(queue, 2))

    assert served == {other: 1, backlog: 1}


@each_claim
async def test_single_free_place_goes_to_the_shop_that_does_least(crowd: Crowd, queue: asyncpg.Connection, claim: Claim) -> None:
    backlog, other, *_ = crowd.shops
    await crowd.message(backlog, chats=300, since=HOUR)
    await crowd.message(other, chats=1)

    served = await claim.take(queue, 1, Portions(busy={backlog: 63}))

    assert served == [other]


@each_claim
async def test_places_are_divided_evenly_between_backlogs(crowd: Crowd, queue: asyncpg.Connection, claim: Claim) -> None:
    for number, shop in enumerate(crowd.shops):
        await crowd.message(shop, chats=200, since=HOUR * number)

    served = Counter(await claim.take(queue, 60))

    assert set(served.values()) == {15}
    assert len(served) == 4


@each_claim
async def test_shop_that_has_its_share_gets_nothing_more(crowd: Crowd, queue: asyncpg.Connection, claim: Claim) -> None:
    backlog, other, *_ = crowd.shops
    await crowd.message(backlog, chats=100, since=HOUR)
    await crowd.message(other, chats=5)

    served = Counter(await claim.take(queue, 50, Portions(busy={backlog: 40}, most=48)))

    assert served == {backlog: 8, other: 5}


@each_claim
async def test_alone_a_shop_gets_everything_that_was_asked_for(crowd: Crowd, queue: asyncpg.Connection, claim: Claim) -> None:
    await crowd.message(crowd.shops[2], chats=120, since=HOUR)

    assert [len(await claim.take(queue, 100)) for _ in range(3)] == [100, 20, 0]


@each_claim
async def test_claims_at_once_share_and_double_nothing(crowd: Crowd, db: Database, claim: Claim) -> None:
    for shop in crowd.shops:
        await crowd.message(shop, chats=300, since=HOUR)
    workers = [await db.connect(role="valera_queue") for _ in range(6)]

    async def drain(worker: asyncpg.Connection) -> list[int]:
        taken = []
        while found := await claim.take(worker, 40):
            taken += found
        return taken

    taken = await asyncio.gather(*(drain(worker) for worker in workers))
    left = await claim.take(workers[0], 100)
    for worker in workers:
        await worker.close()

    assert Counter(shop for found in taken for shop in found) + Counter(left) == dict.fromkeys(crowd.shops, 300)


async def test_chat_never_has_two_running_turns_however_many_claim(crowd: Crowd, db: Database) -> None:
    shop = crowd.shops[0]
    await crowd.message(shop, chats=50, since=HOUR)
    await CLAIMS[1].take(crowd.owner, 50)
    await crowd.message(shop, chats=50, since=HOUR)  # other chats
    await crowd.owner.execute(
        "insert into turns (account_id, chat_id) select account_id, chat_id from turns where account_id = $1 and state = 'running'", shop
    )
    workers = [await db.connect(role="valera_queue") for _ in range(4)]

    taken: list[list[AccountId]] = []  # a claim that finds its turns locked by another takes none, and looks again
    while len(taken) < len(workers) or any(taken[-len(workers) :]):
        taken += await asyncio.gather(*(CLAIMS[1].take(worker, 30) for worker in workers))
    for worker in workers:
        await worker.close()

    assert sum(map(len, taken)) == 50
    assert await crowd.owner.fetchval("select count(*) from turns where state = 'waiting'") == 50
    assert (
        await crowd.owner.fetchval(
            "select max(n) from (select count(*) as n from turns where state = 'running' group by chat_id) each_chat"
        )
        == 1
    )


async def test_deliveries_of_a_chat_are_claimed_one_after_another(crowd: Crowd, queue: asyncpg.Connection) -> None:
    shop = crowd.shops[0]
    await crowd.message(shop, chats=3, since=HOUR)
    await crowd.owner.execute(
        "insert into deliveries (account_id, chat_id, bot_id, telegram_chat_id, text, turn_id, due_at)"
        " select account_id, chat_id, bot_id, telegram_chat_id, 'later', turn_id, due_at - interval '1 hour' from deliveries"
    )

    first = await CLAIMS[2].take(queue, 10)
    meanwhile = await CLAIMS[2].take(queue, 10)
    await crowd.owner.execute("update deliveries set state = 'sent' where state = 'sending'")
    second = await CLAIMS[2].take(queue, 10)

    assert (len(first), len(meanwhile), len(second)) == (3, 0, 3)
    assert await crowd.owner.fetchval("select count(*) from deliveries where text = 'later' and state = 'sending'") == 3


@each_claim
async def test_what_is_due_lately_is_all_that_a_wake_up_asks_for(crowd: Crowd, queue: asyncpg.Connection, claim: Claim) -> None:
    old, new, *_ = crowd.shops
    await crowd.message(old, chats=2, since=HOUR)
    await crowd.message(new, chats=3)

    lately = Counter(await claim.take(queue, 50, Portions(lately=timedelta(seconds=30))))
    rest = Counter(await claim.take(queue, 50))

    assert (lately, rest) == ({new: 3}, {old: 2})
