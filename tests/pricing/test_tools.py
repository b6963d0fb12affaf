"""find_prices as the assistant calls it: arguments in, content out, one shop at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from tests.cast import Shop, World
from tests.pricing.shop_lists import body_shop
from valera.assistant.tools import Done, Failed, ToolContext
from valera.kit.db import Database, account_scope, execute
from valera.pricing.price_import import current_price_list, publish, read_price_list
from valera.pricing.search.index_shelf import IndexShelf
from valera.pricing.tools import FindPrices, find_prices

CONTEXT = ToolContext(
    chat_id=1, client_id=1, turn_id=1, now=datetime(2026, 11, 22, tzinfo=UTC), zone=ZoneInfo("Europe/Moscow"), locale="ru"
)


async def publish_for(db: Database, shop: Shop) -> None:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            await publish(tx, body_shop(), source="price.csv")


async def call(db: Database, shop: Shop, **arguments: Any) -> Done | Failed:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            return await find_prices.run(tx, CONTEXT, msgspec.convert(arguments, FindPrices))


async def content(db: Database, shop: Shop, **arguments: Any) -> dict[str, Any]:
    done = await call(db, shop, **arguments)
    assert isinstance(done, Done)
    return msgspec.json.decode(msgspec.json.encode(done.content))


async def test_price_of_one_work_names_row_class_and_sum(db: Database, world: World) -> None:
    await publish_for(db, world.garage)

    result = await content(db, world.garage, works=["покрасить бампер"], car="Камри")

    [found] = result["found"]
    assert found | {"item_id": 0} == {
        "item_id": 0,
        "row": 12,
        "section": "ПОКРАСКА",
        "name": "Бампер",
        "title": "Покраска: бампер",
        "query": "покрасить бампер",
        "car_class": "2 класс",
        "amount": 20000,
        "upto": None,
        "is_from": False,
        "text": "Бампер, 2 класс: 20\u00a0000\u00a0₽",
    }
    assert (result["list_version"], result["currency"], result["class_needed"], result["total"]) == (2, "RUB", False, None)
    assert result["car"] == {"make": "Toyota", "model": "Camry", "car_class": "2 класс"}
    assert result["preliminary"]


async def test_total_is_made_by_code(db: Database, world: World) -> None:
    await publish_for(db, world.garage)

    result = await content(db, world.garage, works=["покрасить капот", "дверь покрасить", "антихром решетки"], car="Камри")

    assert result["total"] == {
        "amount": 50000,
        "upto": None,
        "is_from": True,
        "count": 3,
        "text": "Итого за 3 работы: от\u00a050\u00a0000\u00a0₽",
    }


async def test_unknown_class_gives_the_price_of_each(db: Database, world: World) -> None:
    await publish_for(db, world.garage)

    result = await content(db, world.garage, works=["покрасить порог"])

    assert result["class_needed"]
    assert [(price["car_class"], price["amount"], price["text"]) for price in result["by_class"][0]["prices"]] == [
        ("1 класс", 14000, "1 класс: 14\u00a0000\u00a0₽"),
        ("2 класс", 15000, "2 класс: 15\u00a0000\u00a0₽"),
        ("3 класс", 16000, "3 класс: 16\u00a0000\u00a0₽"),
    ]
    assert [entry["name"] for entry in result["classes"]] == ["1 класс", "2 класс", "3 класс"]


async def test_what_is_open_is_said_as_such(db: Database, world: World) -> None:
    await publish_for(db, world.garage)

    result = await content(db, world.garage, works=["крыло", "замена масла", "антикор рамного авто с пробегом"], car="Камри")

    assert [(entry["query"], [option["name"] for option in entry["options"]]) for entry in result["choose"]] == [
        ("крыло", ["Крыло переднее", "Крыло заднее"])
    ]
    assert result["missing"] == ["замена масла"]
    assert [(row["name"], row["car_class"]) for row in result["not_for_class"]] == [("Комплекс РАМНЫЕ АВТО с пробегом", "2 класс")]
    assert result["found"] == []


async def test_sums_that_are_no_plain_sums(db: Database, world: World) -> None:
    draft = read_price_list("Работа;Цена\nРемонт колодок;2200,50\nРемонт скола;1000-3000\nРемонт лака;до 900\n".encode(), source="x.csv")
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await publish(tx, draft, source="x.csv")

    result = await content(db, world.garage, works=["ремонт колодок", "ремонт скола", "ремонт лака"])

    assert [(found["amount"], found["upto"], found["text"].replace("\u00a0", " ")) for found in result["found"]] == [
        ("2200.5", None, "Ремонт колодок: 2 200,50 ₽"),
        (1000, 3000, "Ремонт скола: 1 000–3 000 ₽"),
        (900, 900, "Ремонт лака: до 900 ₽"),
    ]
    assert result["total"]["text"].replace("\u00a0", " ") == "Итого за 3 работы: до 6 100,50 ₽"


async def test_new_version_is_asked_at_once(db: Database, world: World) -> None:
    before = await content(db, world.garage, works=["покрасить порог"])
    await publish_for(db, world.garage)

    after = await content(db, world.garage, works=["покрасить порог"])

    assert before["missing"]
    assert after["by_class"]
    assert (before["list_version"], after["list_version"]) == (1, 2)


async def test_shop_without_a_list_names_no_price(db: Database, world: World) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await execute(tx, "delete from price_lists")

    assert await call(db, world.garage, works=["покрасить бампер"]) == Done({"no_list": True})


async def test_no_works_is_a_sentence(db: Database, world: World) -> None:
    failed = await call(db, world.garage, works=["", "  "])

    assert isinstance(failed, Failed)
    assert failed.sentence


async def test_text_of_emoji_is_missing(db: Database, world: World) -> None:
    result = await content(db, world.garage, works=["😀" * 900])

    assert len(result["missing"]) == 1
    assert result["found"] == result["choose"] == []


@pytest.mark.parametrize(
    "arguments", [{}, {"works": "капот"}, {"works": ["капот"], "price": 1}, {"works": ["x" * 1001]}, {"works": ["x"] * 31}]
)
def test_arguments_outside_the_contract_are_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(arguments, FindPrices)


async def test_rival_sees_nothing(db: Database, world: World) -> None:
    await publish_for(db, world.garage)
    own = await content(db, world.garage, works=["покрасить порог"])

    result = await content(db, world.rival, works=["покрасить порог"])

    assert own["by_class"]
    assert result["list_version"] == 1
    assert result["missing"] == ["покрасить порог"]
    assert result["found"] == result["by_class"] == result["choose"] == []


async def test_shelf_keeps_no_more_than_its_limit(db: Database, world: World) -> None:
    shelf = IndexShelf(limit=1)
    for shop in (world.garage, world.rival, world.garage):
        with account_scope(shop.account_id):
            async with db.account_tx() as tx:
                price_list = await current_price_list(tx)
                assert price_list is not None
                index = await shelf.index_of(tx, price_list)
                assert await shelf.index_of(tx, price_list) is index

    assert len(shelf) == 1
