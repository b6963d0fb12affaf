"""A trial conversation is answered by the code that answers clients, and leaves nothing behind but itself and what it cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from pydantic_ai.models.function import FunctionModel

from tests.cast import Shop, World
from tests.reception.stage import Script
from tests.same_models import SameModels
from valera.assistant.errors import ModelOverloaded
from valera.assistant.models.cost import Prices
from valera.assistant.models.prices import OwnPrice
from valera.kit.clock import FixedClock
from valera.kit.db import Database, account_scope
from valera.pricing.drafts import open_draft
from valera.pricing.price_list import Price
from valera.pricing.reading.draft import Draft, DraftRow
from valera.reception.paying import Till
from valera.reception.receptionist import ScriptedReceptionist
from valera.reception.trial import queries
from valera.reception.trial.conversation import Trying
from valera.reception.trial.trial import Said, Trial, TrialBusy, TrialOutdated

OWN = {"trials"}
PAID = {"usage", "spending"}
DEAR = {"peer:paid": OwnPrice(Decimal(1000), Decimal(1000))}


async def everything(owner: asyncpg.Connection) -> dict[str, Any]:
    """Every row of every table of every shop, and all jobs."""
    tables = await owner.fetch(
        "select schemaname || '.' || tablename as name from pg_tables where schemaname in ('public', 'jobs') order by 1"
    )
    found: dict[str, Any] = {}
    for table in tables:
        name = table["name"]
        found[name.removeprefix("public.")] = sorted(str(row) for row in await owner.fetch(f"select t::text from {name} t"))
    return found


@pytest.fixture
async def owner(database_url: str) -> Any:
    connection = await asyncpg.connect(database_url)
    await connection.execute("set role valera_owner")
    yield connection
    await connection.close()


def trying(db: Database, clock: FixedClock, *models: Any, till: Till | None = None) -> Trying:
    return Trying(db, clock, SameModels(*models), till or Till())


async def begin(db: Database, shop: Shop, *, has_prices: bool = False) -> Trial:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            return await queries.begin_trial(tx, Trial, member_id=shop.member_id, has_prices=has_prices)


def last_button(trial: Trial) -> str:
    return trial.kept["deliveries"][-1]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]


def said(trial: Trial) -> str:
    return trial.kept["messages"][-1]["content"]


async def test_a_long_trial_leaves_every_table_as_it_was(db: Database, world: World, clock: FixedClock, owner: asyncpg.Connection) -> None:
    before = await everything(owner)
    desk, trial = trying(db, clock, ScriptedReceptionist()), await begin(db, world.garage)
    for text in ("Здравствуйте! Сколько стоит покрасить бампер на Камри?", "Запишите на завтра в 12", "да", "Меня зовут Олег, +79161234567",
                 "перенесите на послезавтра на 15", "да", "Перезвоните мне завтра в 11", "позовите человека"):  # fmt: skip
        trial = await desk.go_on(world.garage.account_id, trial, Said(text), prompt="Мы на Лесной.")
    assert {row["status"] for row in trial.kept["bookings"]} >= {"confirmed"}, "it went all the way"
    assert trial.kept["callbacks"] or trial.kept["chats"][0]["human_called_at"]
    after = await everything(owner)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == OWN
    assert set(before) == set(after)


async def test_what_it_costs_is_paid_by_the_shop_and_by_nothing_else(
    db: Database, world: World, clock: FixedClock, owner: asyncpg.Connection
) -> None:
    before = await everything(owner)
    script = Script([[("find_prices", {"works": ["бампер"]})], "Здравствуйте! Чем могу помочь?"])
    model = FunctionModel(script, model_name="peer:paid")
    prices = Prices({"peer:paid": OwnPrice(Decimal(1000), Decimal(1000))})
    desk = trying(db, clock, model, till=Till(prices=prices))
    await desk.go_on(world.garage.account_id, await begin(db, world.garage), Said("Сколько стоит осмотр?"), prompt="")
    after = await everything(owner)
    assert {name for name in before if before[name] != after[name]} == OWN | PAID
    spent = await owner.fetchval("select spent from spending where account_id = $1 and starts_on = '2026-11-22'", world.garage.account_id)
    assert spent is not None
    assert spent > 0


async def test_an_answer_that_fails_is_paid_for_and_leaves_the_conversation(
    db: Database, world: World, clock: FixedClock, owner: asyncpg.Connection
) -> None:
    prices = Prices({"peer:paid": OwnPrice(Decimal(1000), Decimal(1000))})
    script = Script([[("find_prices", {"works": ["бампер"]})], ModelOverloaded("peer")])
    desk = trying(db, clock, FunctionModel(script, model_name="peer:paid"), till=Till(prices=prices))
    trial = await begin(db, world.garage)
    with pytest.raises(ModelOverloaded):
        await desk.go_on(world.garage.account_id, trial, Said("Сколько стоит бампер?"), prompt="")
    assert await owner.fetchval("select count(*) from spending where starts_on = '2026-11-22'") == 1
    script.answers = ["Здравствуйте!"]
    went_on = await desk.go_on(world.garage.account_id, trial, Said("Есть кто?"), prompt="")
    assert said(went_on).endswith("Здравствуйте!")


async def test_the_open_price_draft_can_be_tried(db: Database, world: World, clock: FixedClock, owner: asyncpg.Connection) -> None:
    rows = (DraftRow(1, "Окраска", "Бампер", (Price(Decimal(33000), None, is_from=False),)),)
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await open_draft.begin(tx, Draft((), rows, (), "RUB"), source="новый.csv")
    before = await everything(owner)
    desk = trying(db, clock, ScriptedReceptionist())
    drafted = await desk.go_on(
        world.garage.account_id, await begin(db, world.garage, has_prices=True), Said("Сколько стоит бампер?"), prompt=""
    )
    assert "33 000" in said(drafted).replace("\u00a0", " ")
    drafted = await desk.go_on(world.garage.account_id, drafted, Said("А ещё раз, бампер сколько?"), prompt="")
    usual = await desk.go_on(world.garage.account_id, await begin(db, world.garage), Said("Сколько стоит бампер на Камри?"), prompt="")
    assert "33 000" not in said(usual).replace("\u00a0", " ")
    after = await everything(owner)
    assert {name for name in before if before[name] != after[name]} == OWN


async def test_a_button_does_what_it_does_in_telegram(db: Database, world: World, clock: FixedClock) -> None:
    desk, trial = trying(db, clock, ScriptedReceptionist()), await begin(db, world.garage)
    trial = await desk.go_on(world.garage.account_id, trial, Said("Запишите на завтра покрасить бампер на Камри"), prompt="")
    for _ in range(2):
        trial = await desk.go_on(world.garage.account_id, trial, Said(data=last_button(trial)), prompt="")
    assert [row["status"] for row in trial.kept["bookings"] if row["number"]] == ["confirmed"]
    assert f"№ {world.garage.booking_number + 1}" in said(trial).replace("\u00a0", " ")


async def test_two_windows_do_not_answer_over_each_other(db: Database, world: World, clock: FixedClock) -> None:
    desk, trial = trying(db, clock, ScriptedReceptionist()), await begin(db, world.garage)
    await desk.go_on(world.garage.account_id, trial, Said("Раз"), prompt="")
    with pytest.raises(TrialBusy):
        await desk.go_on(world.garage.account_id, trial, Said("Два"), prompt="")


async def test_a_conversation_whose_time_is_booked_for_good_says_so(db: Database, world: World, clock: FixedClock) -> None:
    desk, trial = trying(db, clock, ScriptedReceptionist()), await begin(db, world.garage)
    trial = await desk.go_on(world.garage.account_id, trial, Said("Запишите на завтра покрасить бампер на Камри"), prompt="")
    for _ in range(2):
        trial = await desk.go_on(world.garage.account_id, trial, Said(data=last_button(trial)), prompt="")
    [made] = [row for row in trial.kept["bookings"] if row["number"]]
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await tx.connection.execute(
                "insert into bookings (number, status, during, bay_id) values ($1, 'confirmed', $2::text::tstzrange, $3)",
                made["number"],
                made["during"],
                made["bay_id"],
            )
            await tx.connection.execute(
                "insert into booking_events (booking_id, event, actor) select id, 'confirmed', 'system' from bookings where number = $1",
                made["number"],
            )
    with pytest.raises(TrialOutdated):
        await desk.go_on(world.garage.account_id, trial, Said("Спасибо"), prompt="")


async def test_every_table_that_a_turn_fills_is_carried(owner: asyncpg.Connection) -> None:
    """Who adds a table that refers to chats, clients, turns or bookings says here whether a conversation goes on without it."""
    referring = {
        row["name"]
        for row in await owner.fetch(
            "select distinct conrelid::regclass::text as name from pg_constraint where contype = 'f' and confrelid = any($1::regclass[])",
            ["chats", "clients", "turns", "bookings", "waitlist"],
        )
    }
    await owner.execute("set app.account_id = 1")
    carried = await owner.fetchval("select array(select jsonb_object_keys(trial_rows()))")
    left_out = {
        "attachments", "client_merges", "client_spending", "dialogue_outcomes", "feedback", "reminders", "mailboxes", "chat_reads",
        "desk_presence", "telegram_updates",
    }  # fmt: skip
    assert carried is not None
    assert referring - set(carried) <= left_out
