"""A week as seven lines, and whom a change of it would leave out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.bookings.schedule.floor import BayNameInvalid, BayNameTaken, free_bay_name, get_bay, rename_bay
from valera.bookings.schedule.opening_hours import OpeningHours, parse_hours
from valera.bookings.schedule.outside import LeavesOut, leaving_nobody_out
from valera.bookings.schedule.queries import update_bay
from valera.bookings.schedule.week import WeekUnreadable, read_week, write_week
from valera.bookings.schedule.workshop import close_on, dedicate_bay, set_hours
from valera.kit.db import execute, one

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Where:
    """A bay."""

    id: int
    name: str


NOW = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)
TUESDAY = date(2026, 12, 1)
"""The day of the cast's booking, at noon."""


def test_a_night_is_one_line_and_two_stretches() -> None:
    hours = read_week(["9-13, 14-18", "", "22-6", "выходной", "круглосуточно", "10:30–24", "-"], "ru")
    assert [(one.weekday, one.opens, one.closes) for one in hours] == [
        (1, time(9), time(13)), (1, time(14), time(18)), (3, time(22), time(0)), (4, time(0), time(6)), (5, time(0), time(0)),
        (6, time(10, 30), time(0)),
    ]  # fmt: skip
    assert write_week(hours, "—") == ["9:00–13:00, 14:00–18:00", "—", "22:00–6:00", "—", "0:00–24:00", "10:30–24:00", "—"]


def test_sunday_night_ends_on_monday() -> None:
    assert read_week(["9-18", "", "", "", "", "", "20-3"], "ru")[0] == OpeningHours(1, time(0), time(3))


def test_each_day_that_makes_no_sense_is_named() -> None:
    with pytest.raises(WeekUnreadable) as raised:
        read_week(["9-18", "когда как", "22-6", "5-9", "25-30", "", ""], "ru")
    assert set(raised.value.fields) == {"2", "4", "5"}


@given(st.lists(st.lists(st.integers(0, 47), max_size=6, unique=True).map(sorted), min_size=7, max_size=7))
def test_what_is_written_is_read_back(days: list[list[int]]) -> None:
    hours = tuple(
        OpeningHours(day, time(opens // 2, opens % 2 * 30), time(closes // 2, closes % 2 * 30))
        for day, marks in enumerate(days, 1)
        for opens, closes in zip(marks[::2], marks[1::2], strict=False)
    )
    assert read_week(write_week(hours), "ru") == hours


async def make(tx: AccountTx, change: str, bay_id: int) -> None:
    async with leaving_nobody_out(tx, NOW, is_agreed=False):
        match change:
            case "hours":
                await set_hours(tx, parse_hours("пн-пт 13-20"))
            case "day":
                await close_on(tx, TUESDAY)
            case "bay":
                await update_bay(tx, bay_id, is_open=False)
            case _:
                await dedicate_bay(tx, bay_id, ["Мойка"])


@pytest.mark.parametrize("change", ["hours", "day", "bay", "works"])
async def test_a_change_that_leaves_a_booking_out_is_asked_about(tx: AccountTx, change: str) -> None:
    bay = await one(tx, Where, "select y.id, y.name from bookings b join bays y on y.id = b.bay_id limit 1")
    await execute(tx, "update bookings set sections = '{Окраска}'")
    with pytest.raises(LeavesOut) as raised:
        await make(tx, change, bay.id)
    assert [booking.bay for booking in raised.value.bookings] == [bay.name]
    async with leaving_nobody_out(tx, NOW, is_agreed=True):
        await close_on(tx, TUESDAY)


async def test_what_was_left_out_before_is_not_asked_about_again(tx: AccountTx) -> None:
    await set_hours(tx, parse_hours("пн-пт 13-20"))
    async with leaving_nobody_out(tx, NOW, is_agreed=False):
        await set_hours(tx, parse_hours("пн-пт 14-20"))


async def test_bays_have_names_of_their_own(tx: AccountTx) -> None:
    first = await get_bay(tx, "Пост 1")
    await rename_bay(tx, first.id, "  Малярка   большая ")
    assert (await get_bay(tx, "малярка большая")).id == first.id
    with pytest.raises(BayNameTaken):
        await free_bay_name(tx, "ПОСТ 2")
    for name in (" ", "я" * 61):
        with pytest.raises(BayNameInvalid):
            await free_bay_name(tx, name)
