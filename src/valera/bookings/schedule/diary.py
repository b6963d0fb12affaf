"""Diary: what is taken of the bays that do a work, and where that work would still fit."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from valera.bookings.schedule import queries
from valera.bookings.schedule.calendar import LONGEST_STAY
from valera.bookings.schedule.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from valera.kit.db import AccountTx

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TakenTime:
    """What is taken of one open bay: beginnings and ends of disjoint stretches, sorted."""

    begins: list[datetime]
    ends: list[datetime]

    def has_room(self, start: datetime, end: datetime) -> bool:
        after = bisect_left(self.begins, end)
        return after == 0 or self.ends[after - 1] <= start


@dataclass(frozen=True, slots=True)
class Own:
    """What does not stand in the seeker's way: his chat's open proposal, and the booking he would move."""

    chat_id: int | None = None
    booking_id: int | None = None


@dataclass(frozen=True, slots=True)
class Diary:
    """A workshop, what is taken of each open bay that does the work, and the length of the work that is looked for. ``until``: nothing is
    known of what is taken by works that begin from then on.
    """

    workshop: Workshop
    bays: tuple[TakenTime, ...]
    duration: timedelta
    until: datetime | None = None

    @property
    def ends(self) -> datetime:
        """Past it nothing is offered."""
        return min(self.until, self.workshop.horizon) if self.until else self.workshop.horizon

    def is_free(self, start: datetime) -> bool:
        end = self.workshop.calendar.stay_end(start, self.duration)
        if end is None:
            return False
        end += self.workshop.rules.buffer
        return any(bay.has_room(start, end) for bay in self.bays)

    def is_bookable(self, start: datetime) -> bool:
        return self.workshop.earliest <= start < self.ends and self.is_free(start)

    def starts(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Where a work would fit into the hours, taken or not, neither too soon nor too far."""
        workshop = self.workshop
        since, until = max(since, workshop.earliest).astimezone(UTC), min(until, self.ends).astimezone(UTC)
        return workshop.calendar.starts(since, until, step=timedelta(minutes=workshop.rules.step_minutes), duration=self.duration)

    def free(self, since: datetime, until: datetime) -> Iterator[datetime]:
        return (start for start in self.starts(since, until) if self.is_free(start))

    def free_on(self, day: date) -> list[datetime]:
        return list(self.free(self.workshop.midnight(day), self.workshop.midnight(day + DAY)))


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for, by whom. ``sections``: of the price list; what a bay must do for this work."""

    duration: timedelta
    own: Own
    sections: frozenset[str] = frozenset()


async def open_diary(tx: AccountTx, sought: Sought, workshop: Workshop, *, since: datetime, until: datetime) -> Diary:
    """For works that begin between the two."""
    until = min(until, workshop.horizon)
    reach = DAY if sought.duration <= workshop.calendar.longest_day else LONGEST_STAY
    bays = await queries.select_taken(
        tx,
        TakenTime,
        max(since, workshop.now),
        until + reach + workshop.rules.buffer,
        now=workshop.now,
        chat_id=sought.own.chat_id,
        booking_id=sought.own.booking_id,
        sections=sorted(sought.sections),
    )
    return Diary(workshop, tuple(bays), sought.duration, until)
