"""Rules in the database: one for one subject, and nobody else's."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.cast import Shop, World
from tests.pricing.shop_lists import body_shop
from tests.pricing.test_tools import CONTEXT
from valera.assistant.tools import Done
from valera.kit.db import Database, account_scope
from valera.pricing.cars.queries import delete_car_rule, list_car_rules, upsert_car_rule
from valera.pricing.cars.rule import read_rule
from valera.pricing.price_import import publish
from valera.pricing.tools import FindPrices, find_prices


async def set_rule(db: Database, shop: Shop, subject: str, car_class: str) -> None:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            await upsert_car_rule(tx, read_rule(subject, (car_class,)))


async def subjects(db: Database, shop: Shop) -> dict[str, tuple[str, ...]]:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            return {rule.subject: tuple(rule.car_classes) for rule in await list_car_rules(tx)}


async def car_asked(db: Database, shop: Shop) -> dict[str, Any]:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            await publish(tx, body_shop(), source="price.csv")
            done = await find_prices.run(tx, CONTEXT, msgspec.convert({"works": ["покрасить капот"], "car": "Камри"}, FindPrices))
    assert isinstance(done, Done)
    return done.content["car"]


async def test_rule_is_set_changed_and_removed(db: Database, world: World) -> None:
    await set_rule(db, world.garage, "камри", "1 класс")
    await set_rule(db, world.garage, "Toyota Camry", "3 класс")
    assert (await subjects(db, world.garage))["Toyota Camry"] == ("3 класс",)

    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            assert await delete_car_rule(tx, "toyota camry")
            assert not await delete_car_rule(tx, "toyota camry")
    assert "Toyota Camry" not in await subjects(db, world.garage)


async def test_find_prices_goes_by_the_rule(db: Database, world: World) -> None:
    assert (await car_asked(db, world.garage))["car_class"] == "2 класс"

    await set_rule(db, world.garage, "камри", "3 класс")

    assert (await car_asked(db, world.garage))["car_class"] == "3 класс"


async def test_rival_sees_nothing(db: Database, world: World) -> None:
    await set_rule(db, world.garage, "камри", "3 класс")

    assert "Toyota Camry" not in await subjects(db, world.rival)
    assert (await car_asked(db, world.rival))["car_class"] == "2 класс"
