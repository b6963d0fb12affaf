"""How long works take, and what a shop says of its bays and hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bookings.conftest import NOW, Asker, at
from valera.bookings.schedule.diary import Own
from valera.bookings.schedule.opening_hours import format_hours, parse_hours
from valera.bookings.schedule.slots import find_slots
from valera.bookings.schedule.works import DurationInvalid, plan_work, set_duration
from valera.bookings.schedule.workshop import close_on, list_hours, load_workshop, open_bay, set_hours
from valera.kit.db import account_scope, execute

if TYPE_CHECKING:
    from datetime import timedelta

    from tests.cast import World
    from valera.kit.db import AccountTx, Database

SECTIONS = {"Окраска": 90, "Кузовной ремонт": 240, "Полировка и защита": 180, "Диагностика": 45}


@pytest.mark.parametrize(
    ("service", "minutes"),
    [
        ("Бампер", 90),  # an item of the section «Окраска»
        ("окраска бампера", 90),
        ("бампера окраску", 90),
        ("кузовной ремонт", 240),
        ("ремонт кузовной, вмятина", 240),
        ("полировку", 180),
        ("диогностика", 45),
        ("шиномонтаж", 60),
        ("", 60),
        ("%_'\\", 60),
    ],
)
async def test_a_work_takes_what_its_section_takes(tx: AccountTx, service: str, minutes: int) -> None:
    for section, length in SECTIONS.items():
        await set_duration(tx, section, length)
    assert (await plan_work(tx, service)).minutes == minutes


async def test_works_of_the_list_add_up(tx: AccountTx) -> None:
    await set_duration(tx, "Окраска", 90)
    await execute(
        tx,
        "insert into price_items (price_list_id, row_no, section, name, prices) select id, 2, 'Окраска', 'Капот', $1 from price_lists",
        [{"amount": 1, "upto": None, "is_from": False}] * 2,
    )
    work = await plan_work(tx, "покрасить капот и бампер")
    assert (work.service, work.minutes, work.is_listed) == ("Окраска: капот, бампер", 180, True)


async def test_words_that_are_no_work_take_no_time(tx: AccountTx) -> None:
    await set_duration(tx, "Окраска", 90)
    assert (await plan_work(tx, "покрасить бампер, ласточка")).minutes == 90


async def test_no_work_takes_longer_than_a_week(tx: AccountTx) -> None:
    with pytest.raises(DurationInvalid):
        await set_duration(tx, "Окраска", 10081)


async def test_hours_are_stored_as_they_were_read(tx: AccountTx) -> None:
    await set_hours(tx, parse_hours("пн-пт 9-20, сб 10-24"))
    assert format_hours(await list_hours(tx), "ru") == "пн–пт 9:00–20:00, сб 10:00–24:00, вс выходной"


async def test_settings_of_the_shop_rule_its_slots(tx: AccountTx) -> None:
    await execute(tx, "update accounts set settings = $1", {"booking": {"lead_minutes": 120, "step_minutes": 15}})
    rules = (await load_workshop(tx, NOW)).rules
    assert (rules.lead_minutes, rules.step_minutes, rules.hold_minutes) == (120, 15, 10)


async def test_what_a_chat_holds_itself_is_free_for_it(tx: AccountTx, anna: Asker, hour: timedelta) -> None:
    await execute(tx, "update bays set is_open = false where name = 'Пост 2'")
    await anna.holds(tx, at(22, 15))
    seen_by_her = await find_slots(tx, None, duration=hour, now=NOW, own=Own(anna.chat_id))
    seen_by_others = await find_slots(tx, None, duration=hour, now=NOW)
    assert (seen_by_her.starts[0], seen_by_others.starts[0]) == (at(22, 15), at(22, 16))


async def test_holidays_and_new_bays_count_at_once(tx: AccountTx, hour: timedelta) -> None:
    await close_on(tx, at(22, 0).date())
    await execute(tx, "update bays set is_open = false")
    assert (await find_slots(tx, None, duration=hour, now=NOW)).starts == ()
    await open_bay(tx, "Пост 1")
    assert (await find_slots(tx, None, duration=hour, now=NOW)).starts[0] == at(23, 9)


async def test_rival_sees_nothing(world: World, db: Database) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await set_hours(tx, parse_hours("пн 9-10"))
            await set_duration(tx, "Окраска", 600)
    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            assert format_hours(await list_hours(tx), "ru") == "ежедневно 9:00–20:00"
            assert (await plan_work(tx, "Бампер")).minutes == 60
