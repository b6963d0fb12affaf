"""When the shop was open in a period, as it states its hours now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import asyncpg

from valera.bookings.schedule.calendar import lay_out
from valera.bookings.schedule.opening_hours import OpeningHours
from valera.bookings.schedule.workshop import list_hours
from valera.insights import queries

if TYPE_CHECKING:
    from valera.insights.period import Period
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class _Apart:
    """A stretch of a day that is not like its weekday; without ``opens`` the day is a holiday."""

    on_day: date
    opens: time | None
    closes: time | None


async def load_opened(tx: AccountTx, period: Period) -> list[asyncpg.Range[datetime]]:
    """Stretches of real time in order, none touching the next."""
    apart = await queries.select_days_apart(tx, _Apart, period.first, period.last)
    special: dict[date, list[OpeningHours]] = {}
    for day in apart:
        if day.opens is not None and day.closes is not None:
            special.setdefault(day.on_day, []).append(OpeningHours(day.on_day.isoweekday(), day.opens, day.closes))
    holidays = {day.on_day for day in apart if day.opens is None}
    week = await list_hours(tx)
    calendar = lay_out(week, holidays, zone=period.zone, first=period.first, days=period.days, special=special)
    return [asyncpg.Range(window.opens, window.closes) for window in calendar.windows]
