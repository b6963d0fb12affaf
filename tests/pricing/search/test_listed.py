"""How the list calls the works that somebody named."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.cast import World
from valera.kit.db import Database, account_scope
from valera.pricing.price_import import publish, read_price_list
from valera.pricing.price_list import Price, PriceItem, PriceItemId
from valera.pricing.search.listed import name_works, title, title_of

LIST = """Работа;Цена
ПОКРАСКА;
Капот;100
Дверь;90
ПОЛИРОВКА И ЗАЩИТА;
Полировка кузова;50
Керамика 9H;70
Хранение шин, сезон;30
"""


def item(section: str, name: str) -> PriceItem:
    return PriceItem(PriceItemId(1), 1, section, name, (Price(Decimal(1)),))


@pytest.mark.parametrize(
    ("section", "name", "said"),
    [
        ("ПОКРАСКА", "Бампер", "Покраска: бампер"),
        ("Окраска деталей", "Крыло", "Окраска деталей: крыло"),
        ("АНТИХРОМ", "Решетка радиатора", "Антихром: решетка радиатора"),
        ("ПОКРАСКА", "ABS пластик", "Покраска: ABS пластик"),
        ("ПОКРАСКА", "Полировка фар", "Полировка фар"),
        ("РАЗНОЕ", "Бампер", "Бампер"),
        ("", "Бампер", "Бампер"),
    ],
)
def test_title_says_what_is_done(section: str, name: str, said: str) -> None:
    assert title(item(section, name)) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("красить дверь и капот", "Покраска: дверь, капот"),
        ("капот покрасить, полировать кузов", "Покраска: капот, Полировка кузова"),
        ("Керамика 9H, Полировка кузова", "Керамика 9H, Полировка кузова"),
        ("Хранение шин, сезон, Покраска: дверь", "Хранение шин, сезон, Покраска: дверь"),
        ("замена двигателя", "замена двигателя"),
        ("", ""),
    ],
)
async def test_works_are_named_as_the_list_names_them(db: Database, world: World, text: str, said: str) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await publish(tx, read_price_list(LIST.encode(), source="list.csv"), source="list.csv")
            works = await name_works(tx, text)
    assert title_of(works) == said


async def test_rival_sees_nothing(db: Database, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await publish(tx, read_price_list(LIST.encode(), source="list.csv"), source="list.csv")
    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            assert [work.is_sure for work in await name_works(tx, "керамика 9H")] == [False]
