"""A slot search that tries every minute: slow, obvious, and what the real one is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from zoneinfo import ZoneInfo

    from valera.bookings.schedule.opening_hours import OpeningHours

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Busy:
    """A stretch for which one bay is taken."""

    bay: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class MinuteModel:
    """A shop as a set of open minutes and, for each bay, a set of taken ones."""

    hours: tuple[OpeningHours, ...]
    holidays: Collection[date]
    zone: ZoneInfo
    taken: tuple[frozenset[datetime], ...]

    def is_open(self, minute: datetime) -> bool:
        local = minute.astimezone(self.zone)
        if local.date() in self.holidays:
            return False
        return any(
            stretch.weekday == local.isoweekday()
            and stretch.opens <= local.time()
            and (local.time() < stretch.closes or stretch.closes == time(0))
            for stretch in self.hours
        )

    def is_free(self, start: datetime, duration: timedelta, rest: timedelta) -> bool:
        work = minutes(start, start + duration)
        stay = minutes(start, start + duration + rest)
        return all(self.is_open(minute) for minute in work) and any(not bay.intersection(stay) for bay in self.taken)


def minutes(start: datetime, end: datetime) -> list[datetime]:
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    return [start + n * MINUTE for n in range(round((end - start) / MINUTE))]


def merged(stays: Iterable[Busy]) -> tuple[list[datetime], list[datetime]]:
    """Disjoint and sorted, as the database gives them."""
    begins: list[datetime] = []
    ends: list[datetime] = []
    for stay in sorted(stays, key=lambda stay: stay.starts_at):
        if ends and stay.starts_at <= ends[-1]:
            ends[-1] = max(ends[-1], stay.ends_at)
        else:
            begins.append(stay.starts_at)
            ends.append(stay.ends_at)
    return begins, ends
