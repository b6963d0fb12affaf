"""Slots: when a work could start, given a client's wish; and if it cannot, why, and what is nearest."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, assert_never

from valera.bookings import queries
from valera.bookings.workshop import Workshop, load_workshop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

    from valera.bookings.calendar import Window
    from valera.kit.db import AccountTx
    from valera.russian.when import Wish

SOON = timedelta(days=14)
"""A wish as wide as this means «as soon as possible»."""


class Reason(StrEnum):
    """Why a wish cannot be met, in a word."""

    TAKEN = "taken"
    CLOSED = "closed"
    PAST = "past"
    TOO_FAR = "too_far"


class Refusal(StrEnum):
    """The same, as exactly as it can be said."""

    TAKEN = "taken"
    CLOSED_DAY = "closed_day"
    CLOSED_HOURS = "closed_hours"
    NO_TIME_LEFT = "no_time_left"
    NEVER = "never"
    PAST = "past"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"

    @property
    def reason(self) -> Reason:
        match self:
            case Refusal.TAKEN:
                return Reason.TAKEN
            case Refusal.CLOSED_DAY | Refusal.CLOSED_HOURS | Refusal.NO_TIME_LEFT | Refusal.NEVER:
                return Reason.CLOSED
            case Refusal.PAST | Refusal.TOO_SOON:
                return Reason.PAST
            case Refusal.TOO_FAR:
                return Reason.TOO_FAR
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True)
class Busy:
    """A stretch for which one bay is taken."""

    bay_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Own:
    """What does not stand in the seeker's way: his chat's open proposal, and the booking he would move."""

    chat_id: int | None = None
    booking_id: int | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A refusal with what is needed to say it: the wished days (both included), the openings of the first one, the work's length."""

    refusal: Refusal
    first_day: date
    last_day: date
    openings: tuple[Window, ...]
    duration: timedelta
    is_overnight: bool


@dataclass(frozen=True, slots=True)
class Found:
    """``starts`` in the shop's zone, in order. Without an obstacle the wish can be met (``exact_match``), or there was none."""

    starts: tuple[datetime, ...]
    exact_match: bool
    obstacle: Obstacle | None = None


@dataclass(frozen=True, slots=True)
class Diary:
    """A workshop with what is taken in each open bay: sorted, disjoint (beginnings, ends)."""

    workshop: Workshop
    bays: tuple[tuple[list[datetime], list[datetime]], ...]
    duration: timedelta

    def is_free(self, start: datetime) -> bool:
        end = start + self.duration + self.workshop.rules.buffer
        return any(_has_room(begins, ends, start, end) for begins, ends in self.bays)

    def is_bookable(self, start: datetime) -> bool:
        workshop = self.workshop
        return workshop.earliest <= start < workshop.horizon and workshop.calendar.fits(start, self.duration) and self.is_free(start)

    def starts(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Where a work would fit into the hours, taken or not, neither too soon nor too far."""
        workshop = self.workshop
        since, until = max(since, workshop.earliest).astimezone(UTC), min(until, workshop.horizon).astimezone(UTC)
        return workshop.calendar.starts(since, until, step=timedelta(minutes=workshop.rules.step_minutes), duration=self.duration)

    def free(self, since: datetime, until: datetime) -> Iterator[datetime]:
        return (start for start in self.starts(since, until) if self.is_free(start))

    def free_on(self, day: date) -> list[datetime]:
        return list(self.free(self.workshop.midnight(day), self.workshop.midnight(day + timedelta(days=1))))


async def find_slots(
    tx: AccountTx, wish: Wish | None, *, duration: timedelta, now: datetime, limit: int = 3, own: Own | None = None
) -> Found:
    """Up to ``limit`` starts that meet the wish, else the nearest ones: of the same day first, then of the following days. No wish: the
    soonest. Reads only; what is found may be taken a moment later, and holding it tells."""
    return choose(await open_diary(tx, duration=duration, now=now, own=own or Own()), wish, limit)


async def open_diary(tx: AccountTx, *, duration: timedelta, now: datetime, own: Own) -> Diary:
    workshop = await load_workshop(tx, now)
    until = workshop.horizon + duration + workshop.rules.buffer
    busy = await queries.select_busy(tx, Busy, now, until, now=now, chat_id=own.chat_id, booking_id=own.booking_id)
    return write_diary(workshop, await queries.select_open_bays(tx), busy, duration)


def write_diary(workshop: Workshop, bay_ids: Iterable[int], busy: Iterable[Busy], duration: timedelta) -> Diary:
    bays: dict[int, tuple[list[datetime], list[datetime]]] = {bay_id: ([], []) for bay_id in bay_ids}
    for stay in sorted(busy, key=lambda stay: stay.starts_at):
        if stay.bay_id not in bays:
            continue
        begins, ends = bays[stay.bay_id]
        if ends and stay.starts_at <= ends[-1]:
            ends[-1] = max(ends[-1], stay.ends_at)
        else:
            begins.append(stay.starts_at)
            ends.append(stay.ends_at)
    return Diary(workshop, tuple(bays.values()), duration)


def choose(diary: Diary, wish: Wish | None, limit: int) -> Found:
    """The rules of `find_slots`, without a database. Grid times are ours; a clock time that the client names himself may lie between."""
    zone = diary.workshop.zone
    if wish is None:
        return Found(_local(_soonest(diary, diary.workshop.earliest, diary.workshop.horizon, limit), zone), exact_match=False)
    # In UTC: two moments in one zone would be compared by their wall clocks.
    wish = replace(wish, start=wish.start.astimezone(UTC), end=wish.end.astimezone(UTC))
    granted = _grant(diary, wish, limit)
    if granted:
        return Found(_local(granted, zone), exact_match=True)
    return Found(_local(_nearest(diary, wish, limit), zone), exact_match=False, obstacle=_obstacle(diary, wish))


def _grant(diary: Diary, wish: Wish, limit: int) -> list[datetime]:
    if _means_its_start(diary, wish) and diary.is_bookable(wish.start):
        return [wish.start]
    if wish.end - wish.start >= SOON:
        return _soonest(diary, wish.start, wish.end, limit)
    return _spread(list(diary.free(wish.start, wish.end)), limit)


def _means_its_start(diary: Diary, wish: Wish) -> bool:
    """A clock time was named, or the wish is so narrow that no slot of ours lies in it."""
    return wish.exact or not any(diary.starts(wish.start, wish.end))


def _soonest(diary: Diary, since: datetime, until: datetime, limit: int) -> list[datetime]:
    """From the first days that have something, spread over each."""
    found: list[datetime] = []
    for day in _days_between(diary.workshop, since, until):
        found += _spread([start for start in diary.free_on(day) if since <= start < until], limit - len(found))
        if len(found) == limit:
            break
    return found


def _spread(starts: list[datetime], limit: int) -> list[datetime]:
    """The first one and others at even distances: three neighbours are hardly a choice."""
    if len(starts) <= limit:
        return starts
    return [starts[round(index * len(starts) / limit)] for index in range(limit)]


def _nearest(diary: Diary, wish: Wish, limit: int) -> list[datetime]:
    """Of the wished day whatever is nearest, then of each following day what is nearest to that time of day. Past the horizon the days
    before it, from its end."""
    workshop = diary.workshop
    wished_on = wish.start.astimezone(workshop.zone).date()
    until = wish.start if wish.exact else wish.end
    near = sorted(diary.free_on(wished_on), key=lambda start: _distance(start, wish.start, until))[:limit]
    if wish.start >= workshop.horizon:
        days = reversed(list(_days_between(workshop, workshop.now, workshop.horizon)))
    else:
        days = _days_between(workshop, workshop.midnight(wished_on + timedelta(days=1)), workshop.horizon)
    others = (_nearest_on(diary, day, wish, wished_on) for day in days)
    return sorted([*near, *islice((start for start in others if start), limit - len(near))])


def _nearest_on(diary: Diary, day: date, wish: Wish, wished_on: date) -> datetime | None:
    shift = day - wished_on
    until = wish.start if wish.exact else wish.end
    since, until = (moment.astimezone(diary.workshop.zone) + shift for moment in (wish.start, until))
    return min(diary.free_on(day), key=lambda start: _distance(start, since, until), default=None)


def _distance(start: datetime, since: datetime, until: datetime) -> timedelta:
    """From a stretch of time; within it, from its beginning. Both in real time, whatever the clocks do between."""
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    return start - until if start >= until else abs(start - since)


def _obstacle(diary: Diary, wish: Wish) -> Obstacle:
    zone, calendar = diary.workshop.zone, diary.workshop.calendar
    first_day = wish.start.astimezone(zone).date()
    last_day = max((wish.end - timedelta(microseconds=1)).astimezone(zone).date(), first_day)
    is_overnight = diary.duration > calendar.longest
    return Obstacle(_refuse(diary, wish), first_day, last_day, calendar.openings_on(first_day), diary.duration, is_overnight)


def _refuse(diary: Diary, wish: Wish) -> Refusal:
    """Why nothing of the wish can be had; of a wish that is partly over, why the rest cannot."""
    workshop = diary.workshop
    if not diary.bays or not workshop.calendar.openings:
        return Refusal.NEVER
    if wish.end <= workshop.now or (wish.exact and wish.start <= workshop.now):
        return Refusal.PAST
    if wish.start >= workshop.horizon:
        return Refusal.TOO_FAR
    if wish.end <= workshop.earliest or (wish.exact and wish.start < workshop.earliest):
        return Refusal.TOO_SOON
    if any(diary.starts(wish.start, wish.end)) or (_means_its_start(diary, wish) and workshop.calendar.fits(wish.start, diary.duration)):
        return Refusal.TAKEN
    if not any(workshop.calendar.openings_on(day) for day in _days_between(workshop, wish.start, wish.end)):
        return Refusal.CLOSED_DAY
    since = max(wish.start, workshop.earliest)
    if any(window.opens < wish.end and since < window.closes for window in workshop.calendar.windows):
        return Refusal.NO_TIME_LEFT
    return Refusal.CLOSED_HOURS


def _days_between(workshop: Workshop, since: datetime, until: datetime) -> Iterator[date]:
    """Local days of [since, until) that can be booked."""
    day = max(since.astimezone(workshop.zone).date(), workshop.today)
    while workshop.midnight(day) < min(until, workshop.horizon):
        yield day
        day += timedelta(days=1)


def _has_room(begins: list[datetime], ends: list[datetime], start: datetime, end: datetime) -> bool:
    after = bisect_left(begins, end)
    return after == 0 or ends[after - 1] <= start


def _local(starts: Iterable[datetime], zone: ZoneInfo) -> tuple[datetime, ...]:
    return tuple(start.astimezone(zone) for start in starts)
