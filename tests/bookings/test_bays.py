"""Bays that do only some works, in the search, under the lock and in the database; closed stretches and days of their own."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.bookings.conftest import NOW, Asker, at, plant_askers
from valera.bookings.life.change import SlotTaken
from valera.bookings.proposals.offer import Purpose, offer
from valera.bookings.proposals.propose import hold_slot
from valera.bookings.schedule.slots import find_slots
from valera.bookings.schedule.works import plan_work, set_duration
from valera.bookings.schedule.workshop import ClosureInvalid, close_between, close_on, dedicate_bay, open_bay, open_on
from valera.kit.db import execute, value
from valera.russian.time.when import Wish

if TYPE_CHECKING:
    from tests.cast import Shop
    from valera.bookings.proposals.proposal import Proposal
    from valera.kit.db import AccountTx, Database

PAINT, TYRES = frozenset({"Окраска"}), frozenset({"Шиномонтаж"})
HOUR = timedelta(hours=1)


@pytest.fixture
async def booth(tx: AccountTx) -> int:
    """A third bay, that only paints; the garage's other two do everything."""
    booth = await open_bay(tx, "Камера 2")
    await dedicate_bay(tx, booth, PAINT)
    return booth


async def bay_of(tx: AccountTx, proposal: Proposal) -> int:
    return await value(tx, "select bay_id from bookings where id = $1", proposal.booking_id)


async def holds(tx: AccountTx, asker: Asker, service: str, hour: int) -> Proposal:
    """As a client does: what was looked for is what is held."""
    work = await plan_work(tx, service)
    purpose = Purpose(work.service, work.minutes, sections=work.sections)
    (shown,) = await offer(tx, asker.chat_id, [at(23, hour)], purpose, now=NOW, hours=24)
    return await hold_slot(tx, chat_id=asker.chat_id, client_id=asker.client_id, slot_key=shown.key, service=None, turn_id=None, now=NOW)


async def test_paint_goes_to_the_booth_and_everything_else_does_not(tx: AccountTx, booth: int, anna: Asker) -> None:
    assert await bay_of(tx, await holds(tx, anna, "Бампер", 11)) == booth
    assert await bay_of(tx, await holds(tx, anna, "шиномонтаж", 15)) != booth
    assert await bay_of(tx, await holds(tx, anna, "", 17)) != booth


async def test_a_booth_alone_is_no_room_for_tyres(db: Database, garage: Shop, tx: AccountTx, booth: int) -> None:
    askers = await plant_askers(db, garage, 4)
    for asker in askers[:2]:
        assert await bay_of(tx, await holds(tx, asker, "шиномонтаж", 11)) != booth
    with pytest.raises(SlotTaken):
        await holds(tx, askers[2], "шиномонтаж", 11)
    at_eleven = Wish(at(23, 11), at(23, 11) + timedelta(minutes=1), exact=True)
    assert not (await find_slots(tx, at_eleven, duration=HOUR, now=NOW, sections=TYRES)).exact_match
    assert (await find_slots(tx, at_eleven, duration=HOUR, now=NOW, sections=PAINT)).exact_match
    assert await bay_of(tx, await holds(tx, askers[3], "окраска бампера", 11)) == booth


async def test_where_every_bay_is_dedicated_a_work_that_nobody_knows_goes_anywhere(tx: AccountTx, garage: Shop, anna: Asker) -> None:
    for bay in garage.bays:
        await dedicate_bay(tx, bay, PAINT)
    assert (await find_slots(tx, None, duration=HOUR, now=NOW)).starts
    assert not (await find_slots(tx, None, duration=HOUR, now=NOW, sections=TYRES)).starts
    assert await bay_of(tx, await holds(tx, anna, "", 11)) in garage.bays


async def test_the_database_refuses_a_bay_that_does_not_do_the_work(tx: AccountTx, booth: int) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="does not do this work"):
        await execute(
            tx,
            "insert into bookings (status, number, during, bay_id, sections)"
            " values ('confirmed', 900, '[2027-01-11 09:00Z, 2027-01-11 10:00Z)', $1, '{Шиномонтаж}')",
            booth,
        )


async def test_works_of_a_day_stand_close_together(db: Database, garage: Shop, tx: AccountTx) -> None:
    first, second, third = await plant_askers(db, garage, 3)
    bays = [await bay_of(tx, await holds(tx, asker, "", hour)) for asker, hour in ((first, 11), (second, 12), (third, 11))]
    assert bays[0] == bays[1] != bays[2]


async def test_a_work_of_two_days_holds_its_bay_over_the_closed_ones(tx: AccountTx, anna: Asker) -> None:
    await set_duration(tx, "Окраска", 2 * 24 * 60)
    await close_on(tx, date(2026, 11, 24))
    proposal = await holds(tx, anna, "Бампер", 9)
    assert (proposal.starts_at, proposal.ends_at) == (at(23, 9), at(26, 9))


async def test_a_vacation_is_closed_and_a_day_in_it_can_be_opened(tx: AccountTx) -> None:
    await close_between(tx, date(2026, 11, 23), date(2026, 12, 6), "Отпуск")
    assert (await find_slots(tx, None, duration=HOUR, now=at(22, 19, 30))).starts[0].date() == date(2026, 12, 7)
    await open_on(tx, date(2026, 11, 25), [(time(10), time(12))])
    found = await find_slots(tx, None, duration=HOUR, now=at(22, 19, 30))
    assert [f"{start:%d.%m %H:%M}" for start in found.starts] == ["25.11 10:00", "25.11 10:30", "25.11 11:00"]


async def test_no_shop_is_closed_backwards(tx: AccountTx) -> None:
    with pytest.raises(ClosureInvalid):
        await close_between(tx, date(2026, 12, 6), date(2026, 11, 23))
