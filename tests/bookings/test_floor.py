"""What an owner reads and states of hours, days and bays."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from valera.bookings.schedule.floor import BayNotFound, get_bay, read_day_hours, show_floor
from valera.bookings.schedule.opening_hours import HoursUnreadable
from valera.bookings.schedule.workshop import close_between, dedicate_bay, open_on

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


def test_hours_of_one_day_are_read_like_those_of_a_week() -> None:
    assert read_day_hours("9-13, 14-18") == [(time(9), time(13)), (time(14), time(18))]
    with pytest.raises(HoursUnreadable):
        read_day_hours("пн 10-15")


async def test_what_was_stated_is_shown(tx: AccountTx) -> None:
    await close_between(tx, date(2026, 12, 1), date(2026, 12, 2), "Отпуск")
    await open_on(tx, date(2026, 12, 2), [(time(10), time(12)), (time(13), time(15))])
    await dedicate_bay(tx, (await get_bay(tx, "пост 2")).id, ["Окраска", "Полировка"])
    floor = await show_floor(tx, date(2026, 11, 22), "ru")
    assert floor.hours == "ежедневно 9:00–20:00"
    assert {bay.name: bay.sections for bay in floor.bays if bay.is_open} == {"Пост 1": [], "Пост 2": ["Окраска", "Полировка"]}
    days = {f"{day.on_day:%d.%m}": day.hours for day in floor.other_days}
    assert days == {"01.12": [], "02.12": ["10:00-12:00", "13:00-15:00"], "31.12": ["10:00-15:00"], "01.01": []}


async def test_an_unknown_bay_is_named(tx: AccountTx) -> None:
    with pytest.raises(BayNotFound, match="Пост 9"):
        await get_bay(tx, "Пост 9")
