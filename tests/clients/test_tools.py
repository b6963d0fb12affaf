"""What the assistant notes about the client it talks to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.cast import Shop, World
from valera.assistant.tools import Done, Failed, ToolContext
from valera.clients.tools import SAVE_CLIENT, SaveClient
from valera.kit.db import AccountTx, Database, account_scope


@pytest.fixture
async def tx(db: Database, world: World) -> AsyncIterator[AccountTx]:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            yield tx


async def save(tx: AccountTx, shop: Shop, **arguments: Any) -> Done | Failed:
    now = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)
    context = ToolContext(shop.chat_id, shop.client_id, shop.turn_id, now, ZoneInfo("Europe/Moscow"), "ru")
    return await SAVE_CLIENT.run(tx, context, SaveClient(**arguments))


async def vehicles(tx: AccountTx) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await tx.connection.fetch("select make, model, year, plate from vehicles order by id")]


async def test_name_and_phone_are_saved_as_a_person_writes_them(tx: AccountTx, world: World) -> None:
    outcome = await save(tx, world.garage, name="  Анна \n Петровна ", phone="8 (916) 123-45-67")

    assert outcome == Done({"saved": {"name": "Анна Петровна", "phone": "+7 916 123-45-67"}})
    row = await tx.connection.fetchrow("select name, phone from clients where id = $1", world.garage.client_id)
    assert row is not None
    assert tuple(row) == ("Анна Петровна", "+79161234567")


async def test_unreadable_phone_saves_nothing_and_says_so(tx: AccountTx, world: World) -> None:
    outcome = await save(tx, world.garage, name="Ольга", phone="перезвоните")

    assert isinstance(outcome, Failed)
    assert await tx.connection.fetchval("select name from clients where id = $1", world.garage.client_id) == "Анна"


async def test_another_car_is_saved_with_year_and_plate(tx: AccountTx, world: World) -> None:
    outcome = await save(tx, world.garage, car="киа рио", year=2019, plate="a123bc77")

    assert isinstance(outcome, Done)
    assert outcome.content["saved"]["car"] == "Kia Rio"
    assert "77" in outcome.content["saved"]["plate"]
    assert await vehicles(tx) == [("Toyota", "Camry", 2018, None), ("Kia", "Rio", 2019, "А123ВС77")]


async def test_plate_alone_belongs_to_the_car_that_is_known(tx: AccountTx, world: World) -> None:
    outcome = await save(tx, world.garage, plate="А123ВС77")

    assert isinstance(outcome, Done)
    assert outcome.content["saved"].keys() == {"plate"}
    assert await vehicles(tx) == [("Toyota", "Camry", 2018, "А123ВС77")]


@pytest.mark.parametrize("year", [0, 1899, 2028, 99_999])
async def test_senseless_year_is_left_out(tx: AccountTx, world: World, year: int) -> None:
    await save(tx, world.garage, car="Камри", year=year)

    assert await vehicles(tx) == [("Toyota", "Camry", 2018, None)]


async def test_rival_sees_nothing(db: Database, world: World) -> None:
    """A context that names another shop's client changes nobody: neither theirs nor ours."""
    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            await save(tx, world.garage, name="Чужой", phone="+7 916 123-45-67")

    owner = await db.connect(role="valera_owner")
    names = await owner.fetch("select name from clients order by id")
    await owner.close()
    assert {row["name"] for row in names} == {"Анна"}
