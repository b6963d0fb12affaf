"""Slots: when a work could start, given a client's wish; and if it cannot, why, and what is nearest."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING, assert_never

from valera.bookings import queries
from valera.bookings.workshop import Workshop, load_workshop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

    from valera.bookings.calendar import Window
    from valera.kit.db import AccountTx
    from valera.russian.time.when import Wish

DAY = timedelta(days=1)


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
    """``starts`` in the shop's zone, in order. ``exact_match``: the only one is the very time that was named. Without an obstacle all of
    them meet the wish, or there was none.
    """

    starts: tuple[datetime, ...]
    exact_match: bool
    obstacle: Obstacle | None = None


@dataclass(frozen=True, slots=True)
class Diary:
    """A workshop, what is taken of each open bay, and the length of the work that is looked for."""

    workshop: Workshop
    bays: tuple[TakenTime, ...]
    duration: timedelta

    def is_free(self, start: datetime) -> bool:
        end = start + self.duration + self.workshop.rules.buffer
        return any(bay.has_room(start, end) for bay in self.bays)

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
        return list(self.free(self.workshop.midnight(day), self.workshop.midnight(day + DAY)))


async def find_slots(
    tx: AccountTx, wish: Wish | None, *, duration: timedelta, now: datetime, limit: int = 3, own: Own | None = None
) -> Found:
    """Up to ``limit`` starts that meet the wish, else the nearest ones: of the same day first, then of the following days. No wish: the
    soonest. Reads only; what is found may be taken a moment later, and holding it tells.
    """
    return choose(await open_diary(tx, duration=duration, now=now, own=own or Own()), wish, limit)


async def open_diary(tx: AccountTx, *, duration: timedelta, now: datetime, own: Own) -> Diary:
    workshop = await load_workshop(tx, now)
    until = workshop.horizon + duration + workshop.rules.buffer
    bays = await queries.select_taken(tx, TakenTime, now, until, now=now, chat_id=own.chat_id, booking_id=own.booking_id)
    return Diary(workshop, tuple(bays), duration)


def choose(diary: Diary, wish: Wish | None, limit: int) -> Found:
    """The rules of `find_slots`, without a database. Grid times are ours; a clock time that the client names himself may lie between."""
    zone = diary.workshop.zone
    if wish is None:
        soonest = _soonest(diary.free(diary.workshop.earliest, diary.workshop.horizon), zone, limit)
        return Found(_local(soonest, zone), exact_match=False)
    # In UTC: two moments in one zone would be compared by their wall clocks.
    wish = replace(wish, start=wish.start.astimezone(UTC), end=wish.end.astimezone(UTC))
    if _means_its_start(diary, wish) and diary.is_bookable(wish.start):
        return Found(_local([wish.start], zone), exact_match=True)
    if granted := _grant(diary, wish, limit):
        return Found(_local(granted, zone), exact_match=False)
    return Found(_local(_nearest(diary, wish, limit), zone), exact_match=False, obstacle=_obstacle(diary, wish))


def _grant(diary: Diary, wish: Wish, limit: int) -> list[datetime]:
    free = (start for start in _wished(diary, wish) if diary.is_free(start))
    return _soonest(free, diary.workshop.zone, limit) if wish.soonest else _spread(list(free), limit)


def _means_its_start(diary: Diary, wish: Wish) -> bool:
    """A clock time was named, or the wish is so narrow that no slot of ours lies in it."""
    return wish.exact or (wish.end - wish.start < timedelta(minutes=diary.workshop.rules.step_minutes) and not any(_wished(diary, wish)))


def _wished(diary: Diary, wish: Wish) -> Iterator[datetime]:
    """What meets the wish and fits into the hours, taken or not."""
    return chain.from_iterable(diary.starts(since, until) for since, until in _stretches(diary.workshop, wish))


def _stretches(workshop: Workshop, wish: Wish) -> Iterator[tuple[datetime, datetime]]:
    """The wished time in one piece, or the wished hours of each of its days."""
    if wish.hours is None:
        yield wish.start, wish.end
        return
    for day in _days_between(workshop, wish.start, wish.end):
        since, until = _time_on(workshop, day, wish)
        yield max(since, wish.start), min(until, wish.end)


def _soonest(starts: Iterator[datetime], zone: ZoneInfo, limit: int) -> list[datetime]:
    """From the first days that have something, spread over each."""
    found: list[datetime] = []
    for _, of_one_day in groupby(starts, key=lambda start: start.astimezone(zone).date()):
        found += _spread(list(of_one_day), limit - len(found))
        if len(found) == limit:
            break
    return found


def _spread(starts: list[datetime], limit: int) -> list[datetime]:
    """The first one and others at even distances: three neighbours are hardly a choice."""
    if len(starts) <= limit:
        return starts
    return [starts[round(index * len(starts) / limit)] for index in range(limit)]


def _nearest(diary: Diary, wish: Wish, limit: int) -> list[datetime]:
    """Of the wished day or days whatever is nearest, then of each following day what is nearest to that time of day. Past the horizon
    the days before it, from its end.
    """
    workshop = diary.workshop
    near = [start for day in _days_between(workshop, wish.start, wish.end) for start in _by_distance(diary, day, wish)][:limit]
    if wish.start >= workshop.horizon:
        days = reversed(list(_days_between(workshop, workshop.now, workshop.horizon)))
    else:
        days = _days_between(workshop, workshop.midnight(_last_day(workshop, wish) + DAY), workshop.horizon)
    others = (start for day in days for start in _by_distance(diary, day, wish)[:1])
    return sorted([*near, *islice(others, limit - len(near))])


def _by_distance(diary: Diary, day: date, wish: Wish) -> list[datetime]:
    """The free starts of a day, the nearest to the wished time of day first."""
    since, until = _time_on(diary.workshop, day, wish)
    return sorted(diary.free_on(day), key=lambda start: _distance(start, since, until))


def _time_on(workshop: Workshop, day: date, wish: Wish) -> tuple[datetime, datetime]:
    """The same time of another day, by the wall clock."""
    if wish.hours is not None:
        earliest, latest = (datetime.combine(day, wall, workshop.zone) for wall in wish.hours)
        return earliest.astimezone(UTC), latest.astimezone(UTC)
    first_day = wish.start.astimezone(workshop.zone).date()
    if first_day != _last_day(workshop, wish):
        return workshop.midnight(day).astimezone(UTC), workshop.midnight(day + DAY).astimezone(UTC)
    until = wish.start if wish.exact else wish.end
    since, until = (moment.astimezone(workshop.zone) + (day - first_day) for moment in (wish.start, until))
    return since.astimezone(UTC), until.astimezone(UTC)


def _last_day(workshop: Workshop, wish: Wish) -> date:
    return (wish.end - timedelta(microseconds=1)).astimezone(workshop.zone).date()


def _distance(start: datetime, since: datetime, until: datetime) -> timedelta:
    """From a stretch of time; within it, from its beginning."""
    return start - until if start >= until else abs(start - since)


def _obstacle(diary: Diary, wish: Wish) -> Obstacle:
    calendar = diary.workshop.calendar
    first_day = wish.start.astimezone(diary.workshop.zone).date()
    return Obstacle(
        _refuse(diary, wish),
        first_day,
        _last_day(diary.workshop, wish),
        calendar.openings_on(first_day),
        diary.duration,
        diary.duration > calendar.longest,
    )


def _refuse(diary: Diary, wish: Wish) -> Refusal:
    if not diary.bays or not diary.workshop.calendar.openings:
        return Refusal.NEVER
    return _refuse_date(diary.workshop, wish) or _refuse_hours(diary, wish)


def _refuse_date(workshop: Workshop, wish: Wish) -> Refusal | None:
    if wish.end <= workshop.now or (wish.exact and wish.start <= workshop.now):
        return Refusal.PAST
    if wish.start >= workshop.horizon:
        return Refusal.TOO_FAR
    if wish.end <= workshop.earliest or (wish.exact and wish.start < workshop.earliest):
        return Refusal.TOO_SOON
    return None


def _refuse_hours(diary: Diary, wish: Wish) -> Refusal:
    """Of a wish that is partly over, why the rest cannot be had."""
    workshop, calendar = diary.workshop, diary.workshop.calendar
    if any(_wished(diary, wish)) or (_means_its_start(diary, wish) and calendar.fits(wish.start, diary.duration)):
        return Refusal.TAKEN
    if not any(calendar.openings_on(day) for day in _days_between(workshop, wish.start, wish.end)):
        return Refusal.CLOSED_DAY
    stretches = [(max(since, workshop.earliest), until) for since, until in _stretches(workshop, wish)]
    if any(window.opens < until and since < window.closes for since, until in stretches for window in calendar.windows):
        return Refusal.NO_TIME_LEFT
    return Refusal.CLOSED_HOURS


def _days_between(workshop: Workshop, since: datetime, until: datetime) -> Iterator[date]:
    """Local days of [since, until) that can be booked."""
    day = max(since.astimezone(workshop.zone).date(), workshop.today)
    while workshop.midnight(day) < min(until, workshop.horizon):
        yield day
        day += DAY


def _local(starts: Iterable[datetime], zone: ZoneInfo) -> tuple[datetime, ...]:
    return tuple(start.astimezone(zone) for start in starts)
