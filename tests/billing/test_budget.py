"""Budgets: reserved before a model is asked, settled afterwards, and never overspent by many at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal

import asyncpg
import pytest

from tests.cast import Shop, World
from valera.accounts.notice import NoticeKind, open_notices
from valera.assistant.models.cost import ModelUse
from valera.billing.budget import Purse, Verdict, own_limits, set_limits
from valera.billing.limits import Limits, Scope
from valera.kit.db import Database, account_scope
from valera.kit.errors import Invalid

TODAY = date(2026, 11, 22)
CENT = Decimal("0.01")


def used(cost: Decimal) -> list[ModelUse]:
    return [ModelUse("openai", "gpt-5-mini", "USD", 1, 1000, 100, 0, 0, cost, cost)]


async def running(owner: asyncpg.Connection, shop: Shop, count: int = 1) -> list[tuple[int, int, int]]:
    """So many turns of clients of their own: turn, chat, client."""
    rows = await owner.fetch(
        "with c as (insert into clients (account_id) select $1 from generate_series(1, $2::int) returning id),"
        " h as (insert into chats (account_id, bot_id, telegram_chat_id, client_id)"
        "       select $1, $3, -id, id from c returning id, client_id),"
        " t as (insert into turns (account_id, chat_id, state, fence) select $1, id, 'running', 1 from h returning id, chat_id)"
        " select t.id, t.chat_id, h.client_id from t join h on h.id = t.chat_id order by t.id",
        shop.account_id,
        count,
        shop.bot_id,
    )
    return [tuple(row) for row in rows]


def purse(turn: tuple[int, int, int], limits: Limits, *, today: date = TODAY) -> Purse:
    turn_id, chat_id, client_id = turn
    return Purse(turn_id, 1, chat_id, client_id, today, limits)


async def reserve(db: Database, shop: Shop, paid_from: Purse, most: Decimal) -> Verdict:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            return await paid_from.reserve(tx, most)


async def finish(db: Database, shop: Shop, paid_from: Purse, cost: Decimal) -> None:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            await tx.connection.execute(
                "update turns set state = 'done', reserved = 0, charged_on = coalesce(charged_on, $2), cost = $3 where id = $1",
                paid_from.turn_id,
                paid_from.today,
                cost,
            )
            await paid_from.settle(tx, used(cost))


async def notices(db: Database, shop: Shop) -> list[NoticeKind]:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            return [notice.kind for notice in await open_notices(tx)]


@pytest.mark.parametrize(
    ("limits", "refused"),
    [
        (Limits(), None),
        (Limits(client=CENT * 5, day=CENT * 5, month=CENT * 5), None),
        (Limits(client=CENT * 4, day=CENT * 5, month=CENT * 5), "client"),
        (Limits(client=CENT * 4, day=CENT * 4, month=CENT * 5), "day"),
        (Limits(client=CENT * 4, day=CENT * 4, month=CENT * 4), "month"),
        (Limits(day=Decimal(0)), "day"),
    ],
)
async def test_a_turn_that_has_no_room_in_a_budget_is_refused(db: Database, world: World, limits: Limits, refused: str | None) -> None:
    owner = await db.connect(role="valera_owner")
    [turn] = await running(owner, world.garage)

    verdict = await reserve(db, world.garage, purse(turn, limits, today=date(2026, 12, 1)), CENT * 5)

    held = await owner.fetchval("select reserved from turns where id = $1", turn[0])
    await owner.close()
    assert verdict.refused == refused
    assert held == (0 if refused else CENT * 5)


async def test_thousand_turns_at_once_do_not_overspend(db: Database, world: World) -> None:
    """Each may cost five cents and costs four; the day has two dollars. Some are settled while others still ask."""
    owner = await db.connect(role="valera_owner")
    turns = await running(owner, world.garage, 1000)
    limits = Limits(day=Decimal(2))
    granted: list[int] = []

    async def run(turn: tuple[int, int, int]) -> None:
        mine = purse(turn, limits)
        if (await reserve(db, world.garage, mine, CENT * 5)).refused is None:
            granted.append(turn[0])
            await finish(db, world.garage, mine, CENT * 4)

    await asyncio.gather(*(run(turn) for turn in turns))

    [spent] = await owner.fetch("select spent from spending where period = 'day' and starts_on = $1", TODAY)
    [total] = await owner.fetch("select sum(cost) as cost from usage where day = $1", TODAY)
    [left] = await owner.fetch("select sum(reserved) as reserved from turns")
    await owner.close()
    assert spent["spent"] == total["cost"] == len(granted) * CENT * 4
    assert CENT * 4 * 40 <= spent["spent"] <= 2  # two dollars hold forty reservations
    assert left["reserved"] == 0


async def test_a_turn_that_costs_more_than_it_reserved_overspends_by_itself_alone(db: Database, world: World) -> None:
    owner = await db.connect(role="valera_owner")
    first, second = [purse(turn, Limits(day=CENT * 10)) for turn in await running(owner, world.garage, 2)]
    await reserve(db, world.garage, first, CENT * 6)
    await finish(db, world.garage, first, CENT * 12)

    verdict = await reserve(db, world.garage, second, CENT)

    await owner.close()
    assert (verdict.refused, verdict.spent) == ("day", CENT * 12)


async def test_what_a_dead_worker_reserved_is_taken_over_with_its_turn(db: Database, world: World) -> None:
    owner = await db.connect(role="valera_owner")
    [turn] = await running(owner, world.garage)
    mine = purse(turn, Limits(day=CENT * 8))
    await reserve(db, world.garage, mine, CENT * 5)

    again = await reserve(db, world.garage, mine, CENT * 5)  # the next worker begins the same round
    await owner.execute("update turns set fence = 2 where id = $1", turn[0])
    stale = await reserve(db, world.garage, mine, CENT * 5)
    held = await owner.fetchval("select reserved from turns where id = $1", turn[0])
    await finish(db, world.garage, replace(mine, fence=2), Decimal(0))

    assert (again.refused, stale.is_lost, held) == (None, True, CENT * 5)
    assert await owner.fetchval("select sum(reserved) from turns") == 0
    await owner.close()


async def test_another_round_reserves_the_difference(db: Database, world: World) -> None:
    owner = await db.connect(role="valera_owner")
    [turn] = await running(owner, world.garage)
    mine = purse(turn, Limits(day=CENT * 12))

    verdicts = [await reserve(db, world.garage, mine, CENT * 5 * number) for number in (1, 2, 3)]

    held = await owner.fetchval("select reserved from turns where id = $1", turn[0])
    await owner.close()
    assert [verdict.refused for verdict in verdicts] == [None, None, "day"]
    assert held == CENT * 10


async def test_team_is_told_at_eighty_percent_and_when_it_is_spent_once_a_day(db: Database, world: World) -> None:
    owner = await db.connect(role="valera_owner")
    turns = [purse(turn, Limits(day=CENT * 10)) for turn in await running(owner, world.garage, 6)]
    told: list[list[NoticeKind]] = []
    for turn, cost in zip(turns, (7, 1, 1, 0, 0, 0), strict=True):
        verdict = await reserve(db, world.garage, turn, CENT * 2)
        if verdict.refused is None:
            await finish(db, world.garage, turn, CENT * cost)
        told.append(await notices(db, world.garage))
    tomorrow = replace(turns[5], today=date(2026, 11, 23))
    after = await reserve(db, world.garage, tomorrow, CENT * 2)
    raised = await owner.fetch("select kind, details from notices where kind like 'budget%' order by id")

    assert told == [[], ["budget_near"], ["budget_near"], *[["budget_near", "budget_spent"]] * 3]
    assert [row["kind"] for row in raised] == ["budget_near", "budget_spent"]
    assert raised[0]["details"] == {"spent": "0.08", "limit": "0.10", "period": "day"}
    assert after.refused is None
    assert await notices(db, world.garage) == []
    await owner.close()


async def test_room_that_others_only_hold_is_no_news(db: Database, world: World) -> None:
    owner = await db.connect(role="valera_owner")
    first, second = [purse(turn, Limits(day=CENT * 10)) for turn in await running(owner, world.garage, 2)]
    await reserve(db, world.garage, first, CENT * 8)

    verdict = await reserve(db, world.garage, second, CENT * 8)

    await owner.close()
    assert (verdict.refused, verdict.is_news) == ("day", False)
    assert await notices(db, world.garage) == []


async def test_one_client_does_not_use_up_what_others_have(db: Database, world: World) -> None:
    owner = await db.connect(role="valera_owner")
    limits = Limits(client=CENT * 3, day=Decimal(1))
    (turn_id, chat_id, client_id), other = await running(owner, world.garage, 2)
    await finish(db, world.garage, purse((turn_id, chat_id, client_id), limits), CENT * 3)
    [again] = await owner.fetch(
        "insert into turns (account_id, chat_id, state, fence) values ($1, $2, 'running', 1) returning id", world.garage.account_id, chat_id
    )

    his = await reserve(db, world.garage, purse((again["id"], chat_id, client_id), limits), CENT)
    theirs = await reserve(db, world.garage, purse(other, limits), CENT)

    await owner.close()
    assert (his.refused, theirs.refused) == ("client", None)
    assert await notices(db, world.garage) == [NoticeKind.CLIENT_BUDGET_NEAR, NoticeKind.CLIENT_BUDGET_SPENT]


async def test_shop_sets_its_own_limits_and_takes_them_back(db: Database, world: World) -> None:
    house = Limits(CENT, Decimal(1), Decimal(20))
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await set_limits(tx, {Scope.DAY: "2,50", Scope.MONTH: "none"})
            set_ = await own_limits(tx)
            await set_limits(tx, {Scope.DAY: None})
            left = await own_limits(tx)
            with pytest.raises(Invalid, match="no budget"):
                await set_limits(tx, {Scope.DAY: "-1"})
            [account] = await tx.connection.fetch("select settings from accounts")
    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            rivals = await own_limits(tx)

    assert house.of_shop(set_) == Limits(CENT, Decimal("2.50"), None)
    assert (left, rivals) == ({"month": "none"}, {})
    assert account["settings"]["address"]
