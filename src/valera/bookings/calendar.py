"""Calendar: opening hours and holidays of one shop laid out over real days, safe across changes of the clock."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from zoneinfo import ZoneInfo

    from valera.bookings.opening_hours import OpeningHours

MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of real time (UTC), end excluded."""

    opens: datetime
    closes: datetime

    @property
    def length(self) -> timedelta:
        return self.closes - self.opens


@dataclass(frozen=True)
class Calendar:
    """``openings``: each day's stretches, sorted, as the shop states them: slots are counted from their beginnings. ``windows``: the
    same with touching ones joined (18–24 and 0–2 of the next day): a work has to fit into one of these.
    """

    zone: ZoneInfo
    openings: tuple[Window, ...]

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        joined: list[Window] = []
        for opening in self.openings:
            if joined and opening.opens <= joined[-1].closes:
                joined[-1] = Window(joined[-1].opens, max(joined[-1].closes, opening.closes))
            else:
                joined.append(opening)
        return tuple(joined)

    @cached_property
    def longest(self) -> timedelta:
        return max((window.length for window in self.windows), default=timedelta(0))

    def fits(self, start: datetime, duration: timedelta) -> bool:
        """A work fits into the hours of one window. One that is longer than the longest window starts at an opening and stands in its
        bay through the night.
        """
        window = self.window_at(start)
        if window is None:
            return False
        if duration > self.longest:
            return start == window.opens
        return start + duration <= window.closes

    def window_at(self, moment: datetime) -> Window | None:
        index = bisect_right(self._opens, moment) - 1
        return self.windows[index] if index >= 0 and moment < self.windows[index].closes else None

    def starts(self, since: datetime, until: datetime, *, step: timedelta, duration: timedelta) -> Iterator[datetime]:
        """Every start in [since, until) on the shop's grid at which a work of this duration fits, in order."""
        first = max(bisect_right(self._opening_starts, since) - 1, 0)
        for opening in self.openings[first:]:
            if opening.opens >= until:
                return
            skipped = max(-((opening.opens - since) // step), 0)
            start = opening.opens + skipped * step
            while start < min(opening.closes, until):
                if self.fits(start, duration):
                    yield start
                start += step

    def openings_on(self, day: date) -> tuple[Window, ...]:
        """The openings that begin on this local day."""
        return tuple(opening for opening in self.openings if opening.opens.astimezone(self.zone).date() == day)

    @cached_property
    def _opens(self) -> list[datetime]:
        return [window.opens for window in self.windows]

    @cached_property
    def _opening_starts(self) -> list[datetime]:
        return [opening.opens for opening in self.openings]


def lay_out(hours: Iterable[OpeningHours], holidays: Collection[date], *, zone: ZoneInfo, first: date, days: int) -> Calendar:
    """The calendar of ``days`` local days from ``first`` on."""
    by_weekday: dict[int, list[OpeningHours]] = {}
    for stretch in sorted(hours):
        by_weekday.setdefault(stretch.weekday, []).append(stretch)
    openings = [
        opening
        for day in (first + timedelta(days=offset) for offset in range(days))
        if day not in holidays
        for stretch in by_weekday.get(day.isoweekday(), [])
        if (opening := _opening(day, stretch, zone)).length > timedelta(0)
    ]
    return Calendar(zone, tuple(openings))


def _opening(day: date, hours: OpeningHours, zone: ZoneInfo) -> Window:
    """Wall time to real time. An hour that happens twice opens at its first and closes at its second time; one that never happens
    opens after the gap and closes before it.
    """
    last_day = day + timedelta(days=1) if hours.closes == MIDNIGHT else day
    opens = datetime.combine(day, hours.opens, zone).replace(fold=0)
    closes = datetime.combine(last_day, hours.closes, zone).replace(fold=1)
    return Window(opens.astimezone(UTC), closes.astimezone(UTC))
