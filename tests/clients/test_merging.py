"""Two cards become one, and two again: nothing that points to a client is forgotten, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.cast import Shop, World
from valera.backoffice.personal.erasure import erase
from valera.backoffice.personal.export import collect
from valera.clients.client import ClientNotFound, find_card, meet, set_reachable
from valera.clients.merging import queries
from valera.clients.merging.merge import CardMerged, MergeNotFound, MergeUndone, SameCard, merge, undo
from valera.clients.queries import upsert_caller, upsert_vehicle
from valera.kit.db import Database, Tx, account_scope, value
from valera.kit.storage import FolderStorage

NOW = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)
SECOND = 70_600_777
"""The second account of the garage's client."""


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await db.connect(role="valera_owner")
    yield connection
    await connection.close()


async def plant_second(owner: asyncpg.Connection, shop: Shop) -> int:
    """Another card of the same person, with a row in every table that points to a client; some of them double what the first has."""
    await owner.execute("select set_config('app.account_id', $1, false)", str(shop.account_id))
    await owner.execute("insert into telegram_users (telegram_id, first_name) values ($1, 'Аня')", SECOND)
    client_id = await value(
        Tx(owner),
        "insert into clients (telegram_user_id, name, phone, source, note, consent_at)"
        " values ($1, 'Аня', '+79161230000', 'vk', 'шумит', $2) returning id",
        SECOND,
        NOW,
    )
    chat_id = await value(
        Tx(owner),
        "insert into chats (bot_id, telegram_chat_id, telegram_user_id, client_id) values ($1, $2, $2, $3) returning id",
        shop.bot_id,
        SECOND,
        client_id,
    )
    camry = await value(
        Tx(owner),
        "insert into vehicles (client_id, make, model, plate) values ($1, 'Toyota', 'Camry', 'А512КМ797') returning id",
        client_id,
    )
    await owner.execute("insert into vehicles (client_id, make, model) values ($1, 'Kia', 'Rio')", client_id)
    booking_id = await value(
        Tx(owner),
        "insert into bookings (chat_id, client_id, vehicle_id, number, status, during, bay_id)"
        " values ($1, $2, $3, 70, 'done', '[2026-10-01 09:00+00, 2026-10-01 10:00+00)', $4) returning id",
        chat_id,
        client_id,
        camry,
        shop.bays[1],
    )
    await owner.execute("insert into feedback (booking_id, chat_id, mark, marked_at) values ($1, $2, 4, now())", booking_id, chat_id)
    for version in ("1", "2"):
        await owner.execute("insert into disclosures (client_id, kind, version) values ($1, 'assistant', $2)", client_id, version)
    await owner.execute(
        "insert into client_spending (client_id, day, spent) values ($1, '2026-11-20', 0.5), ($1, '2026-11-21', 0.5)",
        client_id,
    )
    await owner.execute(
        "insert into client_spending (client_id, day, spent) values ($1, '2026-11-20', 0.25) on conflict do nothing", shop.client_id
    )
    await owner.execute(
        "insert into callbacks (client_id, chat_id, phone, due_at) values ($1, $2, '+79161230000', now())", client_id, chat_id
    )
    await owner.execute(
        "insert into waitlist (client_id, chat_id, duration_minutes, wish_from, wish_until, wish)"
        " values ($1, $2, 60, '2026-12-01', '2026-12-02', '{}')",
        client_id,
        chat_id,
    )
    return client_id


async def everything(owner: asyncpg.Connection) -> dict[str, list[dict[str, Any]]]:
    """Each row of each table that points to a client, and the clients; of merges nothing: that they were is no change of a card."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in sorted({*queries.MOVES, "feedback"}):
        rows = await owner.fetch(f"select to_jsonb(t) as row from {table} t order by t::text")
        found[table] = [record["row"] for record in rows]
    return found


async def of(owner: asyncpg.Connection, table: str, client_id: int) -> int:
    column = "merged_into" if table == "clients" else "client_id"
    return (await owner.fetch(f"select count(*) from {table} where {column} = $1", client_id))[0]["count"]


async def merged(db: Database, shop: Shop, kept_id: int, merged_id: int) -> int:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            return await merge(tx, kept_id, merged_id, by=shop.member_id)


async def undone(db: Database, shop: Shop, merge_id: int, kept_id: int | None = None) -> None:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            await undo(tx, kept_id or shop.client_id, merge_id, by=shop.member_id, now=NOW)


# ---- nothing is forgotten -------------------------------------------------------------------------


async def test_every_table_that_points_to_a_client_is_moved_and_follows(owner: asyncpg.Connection) -> None:
    """Who adds such a table says in `clients.merging.queries` how its rows move, and calls `clients_follow_merge` for it."""
    pointing = {
        row["name"]
        for row in await owner.fetch(
            "select conrelid::regclass::text as name from pg_constraint where contype = 'f' and confrelid = 'clients'::regclass"
            " union select table_name::text from information_schema.columns where table_schema = 'public' and column_name = 'client_id'"
        )
    }
    following = {
        row["name"] for row in await owner.fetch("select tgrelid::regclass::text as name from pg_trigger where tgname = 'follow_merge'")
    }

    of_the_merge_itself, receipts = {"client_merges"}, {"erasures"}
    assert pointing - of_the_merge_itself - receipts == set(queries.MOVES) == set(queries.BACK)
    assert following == set(queries.MOVES) - {"clients"}
    await _only_bookings_point_to_a_car(owner)


async def _only_bookings_point_to_a_car(owner: asyncpg.Connection) -> None:
    """Who adds another table says in `clients.merging.cars` what becomes of its rows where both cards have the car."""
    pointing = await owner.fetch(
        "select conrelid::regclass::text as name from pg_constraint where contype = 'f' and confrelid = 'vehicles'::regclass"
    )

    assert [row["name"] for row in pointing] == ["bookings"]


# ---- one card ---------------------------------------------------------------------------------------


async def test_all_that_one_card_had_is_the_others(db: Database, world: World, owner: asyncpg.Connection) -> None:
    shop = world.garage
    other = await plant_second(owner, shop)
    had = {table: await of(owner, table, other) for table in queries.MOVES}

    await merged(db, shop, shop.client_id, other)

    assert all(had[table] for table in queries.MOVES if table != "clients")
    left = {table: count for table in queries.MOVES if (count := await of(owner, table, other))}
    assert left == {"vehicles": 1, "disclosures": 1, "client_spending": 1}, "doubles stay with the former card"
    card = await owner.fetchrow("select name, phone, source, note, consent_at from clients where id = $1", shop.client_id)
    assert card is not None
    assert tuple(card) == ("Анна", "+79160000001", "vk", "шумит", NOW)
    cars = await owner.fetch("select make, model, year, plate from vehicles where client_id = $1 order by id", shop.client_id)
    assert [tuple(car) for car in cars] == [("Toyota", "Camry", 2018, "А512КМ797"), ("Kia", "Rio", None, None)]
    assert (
        await value(Tx(owner), "select vehicle_id from bookings where number = 70 and account_id = $1", shop.account_id) == shop.vehicle_id
    )
    spent = "select spent::text from client_spending where client_id = $1 and day = '2026-11-20'"
    assert float(await value(Tx(owner), spent, shop.client_id)) > 0.5


async def test_a_second_open_callback_stays_owed(db: Database, world: World, owner: asyncpg.Connection) -> None:
    shop = world.garage
    other = await plant_second(owner, shop)
    await owner.execute("insert into callbacks (client_id, phone, due_at) values ($1, '+79160000001', now())", shop.client_id)

    await merged(db, shop, shop.client_id, other)

    assert await value(Tx(owner), "select count(*) from callbacks where outcome is null and account_id = $1", shop.account_id) == 2


async def test_who_writes_from_the_second_account_lands_in_the_one_card(db: Database, world: World, owner: asyncpg.Connection) -> None:
    shop = world.garage
    other = await plant_second(owner, shop)
    await merged(db, shop, shop.client_id, other)

    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            assert await meet(tx, telegram_user_id=SECOND, name="Аня", source=None) == shop.client_id
            assert await find_card(tx, other) == shop.client_id
            with pytest.raises(ClientNotFound):
                await find_card(tx, world.rival.client_id)
    await _a_card_is_reachable_as_long_as_one_account_is(db, world, owner)
    await _a_caller_who_was_merged_is_known_by_his_phone(db, world)


async def _a_caller_who_was_merged_is_known_by_his_phone(db: Database, world: World) -> None:
    shop = world.garage
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            caller = await upsert_caller(tx, name="Анна с работы", phone="+79165550000")
            await merge(tx, shop.client_id, caller, by=None)

            assert await upsert_caller(tx, name="Анна", phone="+79165550000") == shop.client_id


async def _a_card_is_reachable_as_long_as_one_account_is(db: Database, world: World, owner: asyncpg.Connection) -> None:
    shop = world.garage
    reachable = "select unreachable_at is null from clients where id = $1"

    async def hear(telegram_user_id: int, *, is_reachable: bool) -> bool:
        with account_scope(shop.account_id):
            async with db.account_tx() as tx:
                await set_reachable(tx, telegram_user_id=telegram_user_id, is_reachable=is_reachable)
        return await value(Tx(owner), reachable, shop.client_id)

    assert await hear(SECOND, is_reachable=False)
    assert not await hear(shop.telegram_user_id, is_reachable=False)
    assert await hear(SECOND, is_reachable=True)


async def test_a_merge_of_merges_leads_to_the_last_card(db: Database, world: World, owner: asyncpg.Connection) -> None:
    shop = world.garage
    other = await plant_second(owner, shop)
    third = await value(Tx(owner), "insert into clients (name) values ('Анна Третья') returning id")
    before = await everything(owner)
    first_merge = await merged(db, shop, shop.client_id, other)
    second_merge = await merged(db, shop, third, shop.client_id)

    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            assert await meet(tx, telegram_user_id=SECOND, name="", source=None) == third
    with pytest.raises(CardMerged):
        await undone(db, shop, first_merge)
    await undone(db, shop, second_merge, third)
    await undone(db, shop, first_merge)
    assert await everything(owner) == before


# ---- two again --------------------------------------------------------------------------------------


async def test_undo_restores_every_row(db: Database, world: World, owner: asyncpg.Connection) -> None:
    shop = world.garage
    other = await plant_second(owner, shop)
    before = await everything(owner)
    merge_id = await merged(db, shop, shop.client_id, other)
    assert await everything(owner) != before

    await undone(db, shop, merge_id)

    assert await everything(owner) == before
    assert await value(Tx(owner), "select moved::text from client_merges where id = $1", merge_id) == "{}"
    with pytest.raises(MergeUndone):
        await undone(db, shop, merge_id)


async def test_what_came_since_goes_with_its_chat_and_corrections_stay(db: Database, world: World, owner: asyncpg.Connection) -> None:
    shop = world.garage
    other = await plant_second(owner, shop)
    chat_id = await value(Tx(owner), "select id from chats where client_id = $1", other)
    merge_id = await merged(db, shop, shop.client_id, other)
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            late = await upsert_vehicle(tx, shop.client_id, make="Lada", model="Vesta", year=None, plate=None)
            await tx.connection.execute("update clients set phone = '+79169990000' where id = $1", shop.client_id)
    await owner.execute(
        "insert into bookings (chat_id, client_id, vehicle_id, number, status, during, bay_id)"
        " values ($1, $2, $3, 71, 'done', '[2026-10-02 09:00+00, 2026-10-02 10:00+00)', $4)",
        chat_id,
        shop.client_id,
        late,
        shop.bays[1],
    )
    new_chat = await value(
        Tx(owner),
        "insert into chats (bot_id, telegram_chat_id, telegram_user_id, client_id, status) values ($1, $2, $2, $3, 'closed') returning id",
        shop.bot_id,
        SECOND,
        shop.client_id,
    )

    await undone(db, shop, merge_id)

    assert await value(Tx(owner), "select client_id from bookings where number = 71 and account_id = $1", shop.account_id) == other
    assert await value(Tx(owner), "select client_id from vehicles where id = $1", late) == other
    assert await value(Tx(owner), "select client_id from chats where id = $1", new_chat) == other
    assert await value(Tx(owner), "select phone from clients where id = $1", shop.client_id) == "+79169990000"


async def test_a_row_that_was_begun_before_the_merge_lands_in_the_card(db: Database, world: World, owner: asyncpg.Connection) -> None:
    """A turn knows the number of a card that becomes part of another while it runs: what it writes waits, and follows."""
    shop = world.garage
    other = await plant_second(owner, shop)
    merging, go_on = asyncio.Event(), asyncio.Event()

    async def hold_the_merge() -> None:
        with account_scope(shop.account_id):
            async with db.account_tx() as tx:
                await merge(tx, shop.client_id, other, by=None)
                merging.set()
                await go_on.wait()

    async def write_late() -> int:
        with account_scope(shop.account_id):
            async with db.account_tx() as tx:
                return await upsert_vehicle(tx, other, make="Lada", model="Granta", year=None, plate=None)

    holding = asyncio.create_task(hold_the_merge())
    await merging.wait()
    writing = asyncio.create_task(write_late())
    await asyncio.sleep(0.1)
    assert not writing.done()
    go_on.set()
    await holding

    assert await value(Tx(owner), "select client_id from vehicles where id = $1", await writing) == shop.client_id


# ---- what is refused ----------------------------------------------------------------------------------


async def test_rival_sees_nothing_and_what_cannot_be_merged(db: Database, world: World, owner: asyncpg.Connection) -> None:
    shop, rival = world.garage, world.rival
    other = await plant_second(owner, shop)
    with pytest.raises(SameCard):
        await merged(db, shop, shop.client_id, shop.client_id)
    for stranger in (rival.client_id, 987_654):
        with pytest.raises(ClientNotFound):
            await merged(db, shop, shop.client_id, stranger)
    merge_id = await merged(db, shop, shop.client_id, other)
    with pytest.raises(CardMerged):
        await merged(db, shop, shop.client_id, other)
    with pytest.raises(MergeNotFound):
        await undone(db, rival, merge_id)
    with pytest.raises(MergeNotFound):
        await undone(db, shop, merge_id, other)
    await _rival_sees_no_merge(db, world)


async def test_erasing_one_card_takes_the_former_ones_and_their_accounts(
    db: Database, world: World, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    shop = world.garage
    other = await plant_second(owner, shop)
    await owner.execute(
        "insert into telegram_updates (bot_id, update_id, peer_id, kind, body, body_hash, done_at)"
        " values ($1, 900, $2, 'message', 'x', sha256('x'), now())",
        shop.bot_id,
        SECOND,
    )
    await merged(db, shop, shop.client_id, other)

    with account_scope(shop.account_id):
        told = await collect(db, other)
        receipt = await erase(db, FolderStorage(tmp_path), other, asked_by="owner", reason="letter")

    assert {row["telegram_id"] for row in told["tables"]["telegram_users"]} == {SECOND, shop.telegram_user_id}
    assert {row["telegram_chat_id"] for row in told["tables"]["chats"]} == {SECOND, shop.telegram_chat_id}
    assert receipt.counts["telegram_users"] == 2
    left = "select (select count(*) from clients) + (select count(*) from client_merges) + (select count(*) from chats)"
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            assert await value(tx, left) == 0
            assert await value(tx, "select count(*) from telegram_updates where peer_id = $1", SECOND) == 0


async def _rival_sees_no_merge(db: Database, world: World) -> None:
    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            assert await value(tx, "select count(*) from client_merges where account_id = $1", world.garage.account_id) == 0
