"""What the page of hours and bays shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from valera.bookings.schedule import queries
from valera.bookings.schedule.floor import Bay, OtherDay
from valera.bookings.schedule.week import write_week
from valera.bookings.schedule.workshop import list_hours, load_rules
from valera.pricing.queries import current_price_list, list_sections

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from valera.bookings.schedule.outside import ComingBooking
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row that are alike: a vacation is one line. ``hours`` empty: closed."""

    first: date
    last: date
    name: str
    hours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """``sections`` of the price list in force, and those that a bay or a duration still names. ``default_minutes``: of all others."""

    week: list[str]
    bays: tuple[Bay, ...]
    days: tuple[Stretch, ...]
    sections: tuple[str, ...]
    durations: dict[str, int]
    default_minutes: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A form that is shown again: what was typed, what is wrong with it, or whom it would leave out. ``form``: which one."""

    form: str = ""
    refused: str = ""
    left_out: Sequence[ComingBooking] = ()
    fields: dict[str, str] = field(default_factory=dict[str, str])
    typed: dict[str, str] = field(default_factory=dict[str, str])
    works: Sequence[str] = ()


async def load_schedule(tx: AccountTx, now: datetime, zone: ZoneInfo) -> ScheduleView:
    today = now.astimezone(zone).date()
    current = await current_price_list(tx)
    listed = await list_sections(tx, current.id) if current else []
    bays = await queries.select_bays(tx, Bay)
    durations = await queries.select_durations(tx)
    named = [*listed, *sorted({*durations, *(section for bay in bays for section in bay.sections)})]
    return ScheduleView(
        week=write_week(await list_hours(tx)),
        bays=tuple(bays),
        days=_joined(await queries.select_other_days(tx, OtherDay, today)),
        sections=tuple(dict.fromkeys(named)),
        durations=durations,
        default_minutes=(await load_rules(tx)).default_minutes,
    )


def _joined(days: Sequence[OtherDay]) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    for day in days:
        last = found[-1] if found else None
        if last and (last.name, last.hours) == (day.name, tuple(day.hours)) and last.last + timedelta(days=1) == day.on_day:
            found[-1] = Stretch(last.first, day.on_day, last.name, last.hours)
        else:
            found.append(Stretch(day.on_day, day.on_day, day.name, tuple(day.hours)))
    return tuple(found)
