"""A wish on the shop's days: the starts that would meet it, taken or not, and how far others are from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from valera.russian.time.when import Edge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from valera.bookings.schedule.diary import Diary
    from valera.bookings.schedule.workshop import Workshop
    from valera.russian.time.when import Wish

DAY = timedelta(days=1)


def means_its_start(diary: Diary, wish: Wish) -> bool:
    """A clock time was named, or the wish is so narrow that no slot of ours lies in it."""
    return wish.exact or (wish.end - wish.start < timedelta(minutes=diary.workshop.rules.step_minutes) and not any(wished(diary, wish)))


def wished(diary: Diary, wish: Wish) -> Iterator[datetime]:
    """What meets the wish and fits into the hours, taken or not."""
    for since, until in stretches(diary.workshop, wish):
        if wish.edge is None:
            yield from diary.starts(since, until)
        else:
            yield from _at_the_edge(diary, wish.edge, since, until)


def stretches(workshop: Workshop, wish: Wish) -> Iterator[tuple[datetime, datetime]]:
    """The wished time in one piece, or the wished hours of each of its days."""
    if wish.hours is None and wish.edge is None and not wish.besides:
        yield wish.start, wish.end
        return
    for day in days_between(workshop, wish.start, wish.end):
        if day not in wish.besides:
            since, until = time_on(workshop, day, wish) if wish.hours else (workshop.midnight(day), workshop.midnight(day + DAY))
            yield max(since, wish.start), min(until, wish.end)


def days_between(workshop: Workshop, since: datetime, until: datetime) -> Iterator[date]:
    """Local days of [since, until) that can be booked."""
    day = max(since.astimezone(workshop.zone).date(), workshop.today)
    while workshop.midnight(day) < min(until, workshop.horizon):
        yield day
        day += DAY


def last_day(workshop: Workshop, wish: Wish) -> date:
    return (wish.end - timedelta(microseconds=1)).astimezone(workshop.zone).date()


def by_distance(diary: Diary, day: date, wish: Wish) -> list[datetime]:
    """The free starts of a day, the nearest to the wished time of day first."""
    since, until = time_on(diary.workshop, day, wish)
    return sorted(diary.free_on(day), key=lambda start: _distance(start, since, until))


def time_on(workshop: Workshop, day: date, wish: Wish) -> tuple[datetime, datetime]:
    """The same time of another day, by the wall clock or by the hours of the shop."""
    if wish.edge is not None:
        openings = workshop.calendar.openings_on(day)
        at_opening = openings[0].opens if openings else workshop.midnight(day).astimezone(UTC)
        edge = openings[-1].closes if openings and wish.edge is Edge.CLOSING else at_opening
        return edge, edge
    if wish.hours is not None:
        earliest, latest = (datetime.combine(day, wall, workshop.zone) for wall in wish.hours)
        return earliest.astimezone(UTC), latest.astimezone(UTC)
    first_day = wish.start.astimezone(workshop.zone).date()
    if first_day != last_day(workshop, wish):
        return workshop.midnight(day).astimezone(UTC), workshop.midnight(day + DAY).astimezone(UTC)
    until = wish.start if wish.exact else wish.end
    since, until = (moment.astimezone(workshop.zone) + (day - first_day) for moment in (wish.start, until))
    return since.astimezone(UTC), until.astimezone(UTC)


def _at_the_edge(diary: Diary, edge: Edge, since: datetime, until: datetime) -> Iterator[datetime]:
    """Of one day its first start, which is the opening itself, or its last."""
    starts = list(diary.starts(since, until))
    if not starts:
        return
    if edge is Edge.CLOSING:
        yield starts[-1]
        return
    openings = diary.workshop.calendar.openings_on(starts[0].astimezone(diary.workshop.zone).date())
    if starts[0] == openings[0].opens:
        yield starts[0]


def _distance(start: datetime, since: datetime, until: datetime) -> timedelta:
    """From a stretch of time; within it, from its beginning."""
    return start - until if start >= until else abs(start - since)
