"""Slots: when a work could start, given a client's wish; and if it cannot, why, and what is nearest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from typing import TYPE_CHECKING, TypeVar

from valera.bookings.schedule.diary import Diary, Own, Sought, open_diary
from valera.bookings.schedule.refusal import Obstacle, find_obstacle
from valera.bookings.schedule.wished import by_distance, days_between, last_day, means_its_start, wished
from valera.bookings.schedule.workshop import Workshop, load_workshop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from valera.kit.db import AccountTx
    from valera.russian.time.when import Wish

DAY = timedelta(days=1)
NEAR = timedelta(days=14)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """``starts`` in the shop's zone, in order. ``exact_match``: the only one is the very time that was named. Without an obstacle all of
    them meet the wish, or there was none.
    """

    starts: tuple[datetime, ...]
    exact_match: bool
    obstacle: Obstacle | None = None


async def find_slots(
    tx: AccountTx,
    wish: Wish | None,
    *,
    duration: timedelta,
    now: datetime,
    limit: int = 3,
    own: Own | None = None,
    sections: frozenset[str] = frozenset(),
) -> Found:
    """Up to ``limit`` starts that meet the wish, else the nearest ones: of the same day first, then of the following days. No wish: the
    soonest. ``sections`` of the price list are what the bay must do; a booking that would be moved brings its own. Reads only; what is
    found may be taken a moment later, and holding it tells.
    """
    workshop = await load_workshop(tx, now)
    sought = Sought(duration, own or Own(), sections)
    since, until = _reach(workshop, wish)
    diary = await open_diary(tx, sought, workshop, since=since, until=until)
    found = choose(diary, wish, limit)
    if until < workshop.horizon and not found.exact_match and len(found.starts) < limit:
        found = choose(await open_diary(tx, sought, workshop, since=workshop.now, until=workshop.horizon), wish, limit)
    return found


def _reach(workshop: Workshop, wish: Wish | None) -> tuple[datetime, datetime]:
    """Two weeks past the wish nearly always hold what is offered; a year of bookings need not be read for it."""
    if wish is None:
        return workshop.now, workshop.now + NEAR
    if wish.start >= workshop.horizon:
        return workshop.now, workshop.horizon
    return workshop.midnight(wish.start.astimezone(workshop.zone).date()), wish.end.astimezone(UTC) + NEAR


def choose(diary: Diary, wish: Wish | None, limit: int) -> Found:
    """The rules of `find_slots`, without a database. Grid times are ours; a clock time that the client names himself may lie between."""
    zone = diary.workshop.zone
    if wish is None:
        soonest = _soonest(diary.free(diary.workshop.earliest, diary.workshop.horizon), zone, limit)
        return Found(_local(soonest, zone), exact_match=False)
    # In UTC: two moments in one zone would be compared by their wall clocks.
    wish = replace(wish, start=wish.start.astimezone(UTC), end=wish.end.astimezone(UTC))
    if means_its_start(diary, wish) and diary.is_bookable(wish.start):
        return Found(_local([wish.start], zone), exact_match=True)
    if granted := _grant(diary, wish, limit):
        return Found(_local(granted, zone), exact_match=False)
    return Found(_local(_nearest(diary, wish, limit), zone), exact_match=False, obstacle=find_obstacle(diary, wish))


def _grant(diary: Diary, wish: Wish, limit: int) -> list[datetime]:
    free = (start for start in wished(diary, wish) if diary.is_free(start))
    return _soonest(free, diary.workshop.zone, limit) if wish.soonest else _spread_over_days(list(free), diary.workshop.zone, limit)


def _soonest(starts: Iterator[datetime], zone: ZoneInfo, limit: int) -> list[datetime]:
    """From the first days that have something, spread over each."""
    found: list[datetime] = []
    for _, of_one_day in groupby(starts, key=lambda start: start.astimezone(zone).date()):
        found += _spread(list(of_one_day), limit - len(found))
        if len(found) == limit:
            break
    return found


def _spread_over_days(starts: list[datetime], zone: ZoneInfo, limit: int) -> list[datetime]:
    """Where there are days enough, another one for each, and another time of day; else whatever lies apart."""
    days = [list(of_one_day) for _, of_one_day in groupby(starts, key=lambda start: start.astimezone(zone).date())]
    if len(days) < limit:
        return _spread(starts, limit)
    chosen = _spread(days, limit)
    return [day[index * len(day) // limit] for index, day in enumerate(chosen)]


def _spread(starts: list[T], limit: int) -> list[T]:
    """The first one and others at even distances: three neighbours are hardly a choice."""
    if len(starts) <= limit:
        return starts
    return [starts[round(index * len(starts) / limit)] for index in range(limit)]


def _nearest(diary: Diary, wish: Wish, limit: int) -> list[datetime]:
    """Of the wished day or days whatever is nearest, then of each following day what is nearest to that time of day. Past the horizon
    the days before it, from its end.
    """
    workshop = diary.workshop
    wished_days = [day for day in days_between(workshop, wish.start, wish.end) if day not in wish.besides]
    near = [start for day in wished_days for start in by_distance(diary, day, wish)][:limit]
    if wish.start >= workshop.horizon:
        days = reversed(list(days_between(workshop, workshop.now, workshop.horizon)))
    else:
        days = days_between(workshop, workshop.midnight(last_day(workshop, wish) + DAY), workshop.horizon)
    others = (start for day in days for start in by_distance(diary, day, wish)[:1])
    return sorted([*near, *islice(others, limit - len(near))])


def _local(starts: Iterable[datetime], zone: ZoneInfo) -> tuple[datetime, ...]:
    return tuple(start.astimezone(zone) for start in starts)
