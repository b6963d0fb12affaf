"""Days that a client does not want: «на следующей неделе кроме среды», «в любой день, только не в субботу»."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from valera.russian.time.days.calendar_dates import DAY, How

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from valera.russian.time.time_clues import Refused
    from valera.russian.time.wish import Wish


def leave_out(wish: Wish, refused: tuple[Refused, ...], zone: ZoneInfo) -> Wish:
    """The wish without those days: shorter where they lie at its ends. Who refuses all of it, or names an hour, means what he named."""
    days = list(_days_of(wish, zone))
    unwanted = {day for day in days if any(_covers(one, day) for one in refused)}
    wanted = [day for day in days if day not in unwanted]
    if not unwanted or not wanted or wish.exact:
        return wish
    first, last = wanted[0], wanted[-1]
    between = frozenset(day for day in unwanted if first < day < last)
    opens, closes = wish.hours or (time(0), time.max)
    start = wish.start if first == days[0] else _moment(first, opens, zone)
    end = wish.end if last == days[-1] else _moment(last, closes, zone) if closes != time.max else _moment(last + DAY, time(0), zone)
    return replace(wish, start=start, end=end, besides=between)


def _covers(refused: Refused, day: date) -> bool:
    """A weekday that is refused stands for every such day of the wish."""
    days = refused.days
    if days.how in {How.WEEKDAY, How.WEEKDAYS}:
        length = (days.last - days.first).days
        return (day.weekday() - days.first.weekday()) % 7 <= length
    return days.first <= day <= days.last


def _days_of(wish: Wish, zone: ZoneInfo) -> Iterator[date]:
    day, last = wish.start.date(), (wish.end.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone).date()
    while day <= last:
        yield day
        day += DAY


def _moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, wall, zone).astimezone(UTC).astimezone(zone)
