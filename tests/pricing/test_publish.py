"""Versions in the database."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from tests.cast import World
from tests.pricing.shop_lists import body_shop
from valera.kit.db import Database, account_scope
from valera.pricing.price_import import current_price_list, publish, read_price_list
from valera.pricing.price_list import Price
from valera.pricing.queries import list_price_items


async def test_published_list_is_the_current_one_with_every_row(db: Database, world: World) -> None:
    draft = body_shop()

    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            published = await publish(tx, draft, source="price.csv")
        async with db.account_tx() as tx:
            current = await current_price_list(tx)
            items = await list_price_items(tx, published.id)

    assert current == published
    assert (published.version, published.source, published.currency, published.classes) == (2, "price.csv", "RUB", draft.classes)
    assert [(item.row_no, item.section, item.name, item.prices) for item in items] == [
        (row.row_no, row.section, row.name, row.prices) for row in draft.rows
    ]


async def test_old_version_stays_with_its_rows(db: Database, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            first = await current_price_list(tx)
            assert first is not None
            before = await list_price_items(tx, first.id)
            await publish(tx, body_shop(), source="price.csv")
            after = await list_price_items(tx, first.id)

    assert before
    assert after == before


async def test_kopecks_and_ranges_survive_the_database(db: Database, world: World) -> None:
    draft = read_price_list("Работа;Цена\nКолодки;2200,50\nСкол;1000-3000\nСтекло;от 500\nЛак;до 900\n".encode(), source="x.csv")

    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            published = await publish(tx, draft, source="x.csv")
            items = await list_price_items(tx, published.id)

    assert [item.prices[0] for item in items] == [
        Price(Decimal("2200.5")),
        Price(Decimal(1000), Decimal(3000)),
        Price(Decimal(500), is_from=True),
        Price(Decimal(900), Decimal(900)),
    ]


async def test_lists_published_at_once_get_versions_of_their_own(db: Database, world: World) -> None:
    async def publish_once(source: str) -> int:
        async with db.account_tx() as tx:
            return (await publish(tx, body_shop(), source=source)).version

    with account_scope(world.garage.account_id):
        versions = await asyncio.gather(*(publish_once(f"{number}.csv") for number in range(4)))

    assert sorted(versions) == [2, 3, 4, 5]


async def test_rival_sees_nothing(db: Database, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            published = await publish(tx, body_shop(), source="price.csv")

    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            current = await current_price_list(tx)
            assert current is not None
            assert current.id != published.id
            assert current.version == 1
            assert await list_price_items(tx, published.id) == []
