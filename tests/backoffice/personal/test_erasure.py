"""A person is taken out of everything: searched for in a dump of the whole database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.architecture.allow_list import APP_TABLES, SHARED_TABLES
from tests.backoffice.personal.markers import NAME, OF_CLIENT, PHONE, TELEGRAM_ID, dump, found_in, plant_person
from tests.cast import Shop, World
from tests.conftest import Cluster
from tests.reception.stage import CLIENT, Script, Stage
from valera.backoffice.personal import erasure_queries
from valera.backoffice.personal.erasure import Receipt, erase
from valera.backoffice.personal.person import PersonNotFound, find_people
from valera.backoffice.verify import verify
from valera.kit.clock import FixedClock
from valera.kit.db import Database, account_scope
from valera.kit.errors import Invalid
from valera.kit.storage import FileNotStored, FolderStorage
from valera.reception.lease import LeaseLost

KEY = "0123456789abcdefmarker"
OTHER = 70_600_501


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path)


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await db.connect(role="valera_owner")
    yield connection
    await connection.close()


async def file(text: bytes) -> AsyncIterator[bytes]:
    yield text


async def erased(db: Database, storage: FolderStorage, shop: Shop, client_id: int) -> Receipt:
    with account_scope(shop.account_id):
        return await erase(db, storage, client_id, asked_by="owner", reason=f"letter of {NAME}, {PHONE}")


async def test_no_trace_is_left_in_a_dump(
    db: Database, world: World, cluster: Cluster, owner: asyncpg.Connection, storage: FolderStorage
) -> None:
    shop = world.garage
    key = f"{shop.account_id}/{KEY}"
    await storage.put(key, file(b"jpg"))
    client_id = await plant_person(owner, shop, storage_key=key)
    admin_url = cluster.server.admin_url(db.url.rpartition("/")[2])
    binaries = cluster.server.binaries
    before = found_in(await dump(binaries, admin_url))

    receipt = await erased(db, storage, shop, client_id)

    assert set(OF_CLIENT[:18]) <= before.keys()
    assert found_in(await dump(binaries, admin_url)) == {}
    assert receipt.counts["messages"] == 4
    assert receipt.counts["telegram_updates"] == 3
    assert receipt.counts["quarantined_updates"] == 2
    assert receipt.counts["telegram_users"] == 1
    assert receipt.upcoming == 2
    with pytest.raises(FileNotStored):
        await storage.read(key)
    bookings = await owner.fetch("select number, client_id, chat_id, service_type, status from bookings order by number")
    assert [(row["number"], row["client_id"]) for row in bookings if row["number"] and row["number"] > 1] == [(2, None), (3, None)]
    kept = await owner.fetchrow("select asked_by, reason, files_left, counts from erasures where client_id = $1", client_id)
    assert kept is not None
    assert (kept["asked_by"], kept["reason"], kept["files_left"]) == ("owner", "letter of …, …", [])
    assert [finding.tell() for finding in await verify(db) if finding.breaches and "booking" in finding.invariant] == []


async def test_others_keep_everything(db: Database, world: World, owner: asyncpg.Connection, storage: FolderStorage) -> None:
    shop = world.garage
    counts = "select " + ", ".join(f"(select count(*) from {table}) as {table}" for table in sorted(APP_TABLES.keys() - {"erasures"}))
    before = dict(await owner.fetchrow(counts) or {})
    client_id = await plant_person(owner, shop, storage_key=f"{shop.account_id}/0123456789abcdef")  # the cast's own file

    receipt = await erased(db, storage, shop, client_id)
    after = dict(await owner.fetchrow(counts) or {})

    stays = {"bookings": 2, "booking_events": 2, "analytics_events": 4}
    assert after == {table: count + stays.get(table, 0) for table, count in before.items()}
    assert receipt.files == 0
    assert await owner.fetchval("select name from clients where id = $1", shop.client_id) == "Анна"


async def test_a_person_whom_another_shop_knows_stays_its_client(
    db: Database, world: World, owner: asyncpg.Connection, storage: FolderStorage
) -> None:
    client_id = await plant_person(owner, world.garage, storage_key=f"{world.garage.account_id}/{KEY}")
    await owner.execute(
        "insert into clients (account_id, telegram_user_id, name) values ($1, $2, 'Е.')", world.rival.account_id, TELEGRAM_ID
    )

    receipt = await erased(db, storage, world.garage, client_id)

    assert receipt.is_known_elsewhere
    assert await owner.fetchval("select count(*) from telegram_users where telegram_id = $1", TELEGRAM_ID) == 1
    assert await owner.fetchval("select count(*) from clients where telegram_user_id = $1", TELEGRAM_ID) == 1


async def test_a_rivals_client_is_not_found(db: Database, world: World, storage: FolderStorage) -> None:
    with pytest.raises(PersonNotFound):
        await erased(db, storage, world.garage, world.rival.client_id)
    with account_scope(world.garage.account_id), pytest.raises(Invalid):
        await erase(db, storage, world.garage.client_id, asked_by=" ", reason="x")


async def test_a_client_is_found_by_name_phone_and_telegram(db: Database, world: World, owner: asyncpg.Connection) -> None:
    client_id = await plant_person(owner, world.garage, storage_key=f"{world.garage.account_id}/{KEY}")

    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            found = {wanted: [one.id for one in await find_people(tx, db, wanted)] for wanted in (
                "тестоедова", "8 916 111-99-77", str(TELEGRAM_ID), "@Evlampia_Marker", str(client_id), "никто",
            )}  # fmt: skip
            everybody = await find_people(tx, db)

    assert [found.pop("никто"), *found.values()] == [[], *[[client_id]] * 5]
    assert {one.id for one in everybody} == {world.garage.client_id, client_id}


# ---- while something is going on ----------------------------------------------------------------


@pytest.fixture
async def stage(db: Database, world: World, owner: asyncpg.Connection, clock: FixedClock) -> Stage:
    await owner.execute("update mailboxes set due_at = null; update telegram_updates set done_at = now()")
    return Stage(db, world.garage, owner, Script(), clock)


async def client_of(stage: Stage) -> int:
    return (await stage.rows("select client_id from chats where id = $1", await stage.chat_id()))[0]["client_id"]


async def test_a_running_turn_writes_nothing_any_more(stage: Stage, storage: FolderStorage) -> None:
    await stage.write("Сколько стоит капот?")
    await stage.take_in()
    client_id = await client_of(stage)

    async def meanwhile() -> None:
        await erased(stage.db, storage, stage.shop, client_id)

    stage.script.meanwhile = meanwhile
    stage.script.answers = ["Уточните, пожалуйста, машину."]
    claim = (await stage.claim_turns())[0]
    with pytest.raises(LeaseLost):
        await stage.turns.run_turn(claim)

    assert await stage.rows("select 1 from messages where content like '%капот%' or content like '%Уточните%'") == []
    assert await stage.rows("select 1 from clients where id = $1", client_id) == []


async def test_an_update_that_waits_goes_too_and_a_stranger_may_write_again(stage: Stage, storage: FolderStorage) -> None:
    intake = stage.intake
    stage.script.answers = ["Здравствуйте!", "Добрый день!"]
    await stage.write("Здравствуйте, это я")
    for claim in await intake.claim(10):
        await intake.take_in(claim)
    await stage.run_turns()
    first = await client_of(stage)
    await stage.write("и ещё одно")
    claims = await intake.claim(10)

    receipt = await erased(stage.db, storage, stage.shop, first)
    for claim in claims:
        with pytest.raises(LeaseLost):
            await intake.take_in(claim)
    await stage.write("Здравствуйте, я тут впервые")
    for claim in await intake.claim(10):  # the same worker, which remembers that the name was written down
        await intake.take_in(claim)
    await stage.run_turns()

    assert receipt.counts["telegram_updates"] == 2
    assert await client_of(stage) != first
    assert [content for role, content in await stage.messages() if role == "user"] == ["Здравствуйте, я тут впервые"]
    assert len(stage.script.seen[-1]) == 1
    assert [finding.tell() for finding in await verify(stage.db) if finding.breaches] == []


async def test_what_a_namesake_wrote_and_nobody_has_taken_in_is_not_lost(stage: Stage, storage: FolderStorage) -> None:
    stage.script.answers = ["Здравствуйте!", "Добрый день!"]
    await stage.write("Здравствуйте, это я", user=OTHER)
    await stage.take_in()
    await stage.run_turns()
    [row] = await stage.rows("select id from clients where telegram_user_id = $1", OTHER)
    await stage.write(f"Мой сосед {OTHER} у вас чинился, возьмёте и меня?", user=CLIENT)

    receipt = await erased(stage.db, storage, stage.shop, row["id"])
    await stage.take_in()
    await stage.run_turns()

    assert receipt.counts["telegram_updates"] == 1
    assert [content for role, content in await stage.messages() if role == "user"] == [f"Мой сосед {OTHER} у вас чинился, возьмёте и меня?"]


# ---- nothing is forgotten -----------------------------------------------------------------------

OF_THE_SHOP = {
    "accounts", "memberships", "bots", "model_keys", "prompts", "facts", "price_lists", "price_items", "price_drafts",
    "price_corrections", "car_rules", "bays", "bay_works", "special_hours", "opening_hours", "holidays",
    "service_durations", "counters", "restores", "usage", "spending", "workers", "erasures", "button_presses",
    "api_requests", "prompt_drafts", "trials", "live_changes", "canned_replies",
    "sessions", "sign_ins", "used_sign_ins", "limits", "login_links", "invites", "api_keys",
}  # fmt: skip
"""Hold nothing of a client. Presses: Telegram's random number of one, for a day."""


async def test_every_table_is_erased_from_or_is_the_shops_own(owner: asyncpg.Connection) -> None:
    """Who adds a table says here which of both it is; what refers to a client can only be the one."""
    erased = {*erasure_queries.OF_CHATS, *erasure_queries.OF_CLIENT, *erasure_queries.OF_PEER}
    erased |= {"attachments", "bookings", "booking_events", "analytics_events", "telegram_users"}
    referring = {
        row["name"]
        for row in await owner.fetch(
            "select distinct c.conrelid::regclass::text as name from pg_constraint c"
            " where c.contype = 'f' and c.confrelid::regclass::text in"
            " ('clients', 'chats', 'messages', 'turns', 'vehicles', 'bookings', 'attachments')"
            " union select distinct table_name::text from information_schema.columns where table_schema = 'public'"
            "   and column_name in ('chat_id', 'client_id', 'peer_id', 'telegram_chat_id', 'turn_id', 'message_id')"
        )
    }

    assert erased | OF_THE_SHOP == APP_TABLES.keys() | SHARED_TABLES
    assert erased & OF_THE_SHOP == set()
    assert referring - erased == {"erasures"}, "it refers to a client and is not erased"
    assert erased == set(OF_CLIENT), "the markers are planted in every one of them"
