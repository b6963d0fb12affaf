"""Period: whole days of a shop, as its own clock divides them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
USUAL_DAYS = 30
LONGEST_DAYS = 3660
DAILY, WEEKLY = 92, 732
"""A chart has at most so many days, or weeks of so many days; beyond that, months."""
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Span:
    """Some days of a period that a chart shows as one, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included. A day lasts from one local midnight to the next: 23 or 25 hours where clocks change."""

    first: date
    last: date
    zone: ZoneInfo

    @classmethod
    def latest(cls, days: int, *, today: date, zone: ZoneInfo) -> Period:
        """So many days, today included."""
        return cls(today - (days - 1) * DAY, today, zone)

    @classmethod
    def read(cls, first: str, last: str, *, today: date, zone: ZoneInfo) -> Period:
        """As an address says it. What is no day, or lies beyond what can be shown, gives way to the nearest that can."""
        ends = [_day(text) for text in (first, last)]
        if ends == [None, None]:
            return cls.latest(USUAL_DAYS, today=today, zone=zone)
        until = min(ends[1] or today, today)
        since = ends[0] or until - (USUAL_DAYS - 1) * DAY
        since, until = min(since, until), max(min(since, today), until)
        return cls(max(since, until - (LONGEST_DAYS - 1) * DAY), until, zone)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def since(self) -> datetime:
        return self._midnight(self.first)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return self._midnight(self.last + DAY)

    @property
    def before(self) -> Period:
        """As many days, just before: what it is compared with."""
        return Period(self.first - self.days * DAY, self.first - DAY, self.zone)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Days, weeks of seven days counted from the first, or calendar months."""
        if self.days <= DAILY:
            return tuple(Span(day, day) for day in self._every(1))
        if self.days <= WEEKLY:
            return tuple(Span(day, min(day + (WEEK_DAYS - 1) * DAY, self.last)) for day in self._every(WEEK_DAYS))
        return tuple(self._months())

    @property
    def bounds(self) -> list[datetime]:
        """When each span begins."""
        return [self._midnight(span.first) for span in self.spans]

    def _every(self, step: int) -> list[date]:
        return [self.first + offset * DAY for offset in range(0, self.days, step)]

    def _months(self) -> list[Span]:
        found: list[Span] = []
        first = self.first
        while first <= self.last:
            following = (first.replace(day=1) + 32 * DAY).replace(day=1)
            found.append(Span(first, min(following - DAY, self.last)))
            first = following
        return found

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(0), self.zone).astimezone(UTC)


def _day(text: str) -> date | None:
    """ISO, and late enough for a day before it and a zone around it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= date(2200, 1, 1) else None
