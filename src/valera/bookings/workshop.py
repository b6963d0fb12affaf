"""Workshop: the bays of a shop, when it is open, how long its works take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from valera.accounts.account import get_account
from valera.bookings import queries
from valera.bookings.calendar import Calendar, lay_out
from valera.bookings.opening_hours import OpeningHours
from valera.bookings.rules import BookingRules, read_rules
from valera.kit.errors import Invalid
from valera.pricing.search.listed import name_works, title_of
from valera.russian.words import similarity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from valera.kit.db import AccountTx

MARGIN_DAYS = 10
"""The calendar reaches so far past the last bookable day that the longest work (a week) still ends in it."""
SAME_SERVICE = 0.5
"""Half of the words of a work and of a section in common: they mean the same."""
DURATION_MINUTES = range(5, 10081)


class DurationInvalid(Invalid):
    """No work takes that long."""


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


async def load_workshop(tx: AccountTx, now: datetime) -> Workshop:
    account = await get_account(tx)
    rules = read_rules(account.settings)
    now = now.astimezone(UTC)
    yesterday = now.astimezone(account.zone).date() - timedelta(days=1)
    calendar = lay_out(
        await queries.select_hours(tx, OpeningHours),
        await queries.select_holidays(tx, yesterday),
        zone=account.zone,
        first=yesterday,
        days=rules.horizon_days + MARGIN_DAYS,
    )
    return Workshop(calendar, rules, now)


async def load_rules(tx: AccountTx) -> BookingRules:
    return read_rules((await get_account(tx)).settings)


@dataclass(frozen=True, slots=True)
class Work:
    """What is booked, and how many minutes it takes. ``is_listed``: every word of ``service`` is the price list's own."""

    service: str
    minutes: int
    is_listed: bool = False


async def plan_work(tx: AccountTx, service: str) -> Work:
    """``service`` in anybody's words. A work takes as long as its section of the list, else as a section whose name says the same, else
    the shop's default; works of the list add up, and words that are none of it take no time of their own.
    """
    durations = await queries.select_durations(tx) if service else {}
    default = (await load_rules(tx)).default_minutes
    listed = await name_works(tx, service)
    known = [work for work in listed if work.sections]
    if not known:
        return Work(service, _likest(service, durations) or default)
    minutes = sum(max(durations.get(section, default) for section in work.sections) for work in known)
    return Work(title_of(listed), min(minutes, DURATION_MINUTES[-1]), is_listed=all(work.is_sure for work in listed))


async def duration_for(tx: AccountTx, service: str) -> int:
    return (await plan_work(tx, service)).minutes


def _likest(service: str, durations: dict[str, int]) -> int | None:
    likest = max(durations, key=lambda section: similarity(service, section), default=None)
    return durations[likest] if likest is not None and similarity(service, likest) >= SAME_SERVICE else None


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


async def close_on(tx: AccountTx, day: date, name: str = "") -> None:
    """A holiday: nothing new is booked on that local day."""
    await queries.upsert_holiday(tx, day, name)


async def set_duration(tx: AccountTx, section: str, minutes: int) -> None:
    """How long works of this section of the price list take. Raises DurationInvalid."""
    if minutes not in DURATION_MINUTES:
        raise DurationInvalid(f"A work takes {DURATION_MINUTES[0]} to {DURATION_MINUTES[-1]} minutes, not {minutes}.")
    await queries.upsert_duration(tx, section, minutes)
