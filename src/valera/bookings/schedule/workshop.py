"""Workshop: the bays of a shop and what they do, when it is open, how it wants to be booked."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from valera.accounts.account import get_account
from valera.bookings.schedule import queries
from valera.bookings.schedule.calendar import LONGEST_STAY, Calendar, lay_out
from valera.bookings.schedule.opening_hours import OpeningHours
from valera.bookings.schedule.rules import BookingRules, read_rules
from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.kit.db import AccountTx

MARGIN_DAYS = LONGEST_STAY.days + 1
"""The calendar reaches so far past the last bookable day that the longest stay still ends in it."""
LONGEST_CLOSURE_DAYS = 366


class ClosureInvalid(Invalid):
    """The shop cannot be closed for that stretch."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """When work can be done here, seen from ``now``."""

    calendar: Calendar
    rules: BookingRules
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return self.calendar.zone

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def earliest(self) -> datetime:
        return self.now + self.rules.lead

    @property
    def horizon(self) -> datetime:
        """Local midnight after the last bookable day."""
        return self.midnight(self.today + timedelta(days=self.rules.horizon_days + 1))

    def midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the shop says of its time, as rows have it: hours and special days as (weekday or day, opens, closes)."""

    settings: dict[str, Any]
    time_zone: str
    first_day: date
    hours: list[tuple[int, str, str]]
    holidays: list[date]
    special: list[tuple[str, str, str]]


async def load_workshop(tx: AccountTx, now: datetime) -> Workshop:
    now = now.astimezone(UTC)
    stated = await queries.select_workshop(tx, _Stated, now)
    rules = read_rules(stated.settings)
    calendar = _lay_out(
        tuple(map(tuple, stated.hours)),
        tuple(map(tuple, stated.special)),
        frozenset(stated.holidays),
        zone=ZoneInfo(stated.time_zone),
        first=stated.first_day,
        days=rules.horizon_days + MARGIN_DAYS,
    )
    return Workshop(calendar, rules, now)


@functools.lru_cache(maxsize=256)
def _lay_out(
    hours: tuple[tuple[int, str, str], ...],
    special: tuple[tuple[str, str, str], ...],
    holidays: frozenset[date],
    *,
    zone: ZoneInfo,
    first: date,
    days: int,
) -> Calendar:
    """The same for everybody who asks this shop today."""
    of_days: dict[date, list[OpeningHours]] = {}
    for written, opens, closes in special:
        day = date.fromisoformat(written)
        of_days.setdefault(day, []).append(OpeningHours(day.isoweekday(), time.fromisoformat(opens), time.fromisoformat(closes)))
    week = [OpeningHours(weekday, time.fromisoformat(opens), time.fromisoformat(closes)) for weekday, opens, closes in hours]
    return lay_out(week, holidays, zone=zone, first=first, days=days, special=of_days)


async def load_rules(tx: AccountTx) -> BookingRules:
    return read_rules((await get_account(tx)).settings)


# ---- setting up ---------------------------------------------------------------------------------


async def list_hours(tx: AccountTx) -> tuple[OpeningHours, ...]:
    return tuple(await queries.select_hours(tx, OpeningHours))


async def set_hours(tx: AccountTx, hours: Iterable[OpeningHours]) -> None:
    """The whole week anew; bookings that exist stay where they are."""
    await queries.delete_hours(tx)
    await queries.insert_hours(tx, [(stretch.weekday, stretch.opens, stretch.closes) for stretch in hours])


async def open_bay(tx: AccountTx, name: str) -> int:
    """A bay to work in, new or opened again; its id."""
    return await queries.insert_bay(tx, name)


async def dedicate_bay(tx: AccountTx, bay_id: int, sections: Iterable[str]) -> None:
    """From now on this bay does only these sections of the price list; none: it does everything. What stands in it stays."""
    await queries.delete_bay_works(tx, bay_id)
    await queries.insert_bay_works(tx, bay_id, sorted(set(sections)))


async def close_on(tx: AccountTx, day: date, name: str = "") -> None:
    """A holiday: nothing new is booked on that local day."""
    await close_between(tx, day, day, name)


async def close_between(tx: AccountTx, first: date, last: date, name: str = "") -> None:
    """A vacation, both days included. Raises ClosureInvalid."""
    if not 0 <= (last - first).days < LONGEST_CLOSURE_DAYS:
        raise ClosureInvalid(f"A shop is closed for 1 to {LONGEST_CLOSURE_DAYS} days, the first one first.")
    await queries.delete_special_hours(tx, first, last)
    await queries.upsert_holidays(tx, first, last, name)


async def open_on(tx: AccountTx, day: date, hours: Iterable[tuple[time, time]]) -> None:
    """Hours of this one day: «31 декабря 10–15». Without any it is a day like its weekday again. It is no holiday any more."""
    await queries.delete_holiday(tx, day)
    await queries.delete_special_hours(tx, day, day)
    await queries.insert_special_hours(tx, [(day, opens, closes) for opens, closes in hours])
