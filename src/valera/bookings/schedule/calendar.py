"""Calendar: opening hours, holidays and special days of one shop laid out over real days, safe across changes of the clock."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from valera.bookings.schedule.opening_hours import OpeningHours

MIDNIGHT = time(0)
DAY = timedelta(days=1)
LONGEST_STAY = timedelta(days=30)
"""Whoever looks for what is taken looks back that far."""


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
    def longest_day(self) -> timedelta:
        """The most open time that one day has, breaks left out."""
        return max((sum((window.length for window in day), timedelta(0)) for day in self.days), default=timedelta(0))

    @cached_property
    def days(self) -> tuple[tuple[Window, ...], ...]:
        """The windows of each open day, by the local day on which they open."""
        return tuple(tuple(day) for _, day in groupby(self.windows, key=lambda window: window.opens.astimezone(self.zone).date()))

    def fits(self, start: datetime, duration: timedelta) -> bool:
        return self.stay_end(start, duration) is not None

    def stay_end(self, start: datetime, duration: timedelta) -> datetime | None:
        """When a work that begins then is over; None where it cannot begin.

        A work fits into one window. One that is longer than any window of its day goes on after the break. One that is longer than any day
        begins with a day and stands in its bay through nights and closed days: each full 24 hours of it are one open day, and what is left
        ends within hours, at the next opening if need be.
        """
        window = self.window_at(start)
        if window is None:
            return None
        if start + duration <= window.closes:
            return start + duration
        day = self._day_of(window)
        if duration <= self.longest_day:
            is_worked_through = duration > max(window.length for window in self.days[day])
            return _through_breaks(self.days[day], start, duration) if is_worked_through else None
        return self._overnight(day, start, duration) if start == self.days[day][0].opens else None

    def _overnight(self, day: int, start: datetime, duration: timedelta) -> datetime | None:
        whole_days, rest = divmod(duration, DAY)
        if day + max(whole_days, 1) >= len(self.days):
            return None
        on_day = self.days[day + whole_days][0].opens.astimezone(self.zone).date()
        since = datetime.combine(on_day, start.astimezone(self.zone).time(), self.zone).astimezone(UTC) if whole_days else start
        end = self._within_hours(max(since + rest, self.days[day + 1][0].opens))
        return end if end is not None and end - start <= LONGEST_STAY else None

    def _within_hours(self, moment: datetime) -> datetime | None:
        """The moment itself, or the opening that follows; None past the calendar's end."""
        after = bisect_right(self._opens, moment)
        if after and moment <= self.windows[after - 1].closes:
            return moment
        return self._opens[after] if after < len(self._opens) else None

    def _day_of(self, window: Window) -> int:
        return bisect_right(self._day_starts, window.opens) - 1

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
        return self._by_day.get(day, ())

    @cached_property
    def _by_day(self) -> dict[date, tuple[Window, ...]]:
        days = groupby(self.openings, key=lambda opening: opening.opens.astimezone(self.zone).date())
        return {day: tuple(openings) for day, openings in days}

    @cached_property
    def _day_starts(self) -> list[datetime]:
        return [day[0].opens for day in self.days]

    @cached_property
    def _opens(self) -> list[datetime]:
        return [window.opens for window in self.windows]

    @cached_property
    def _opening_starts(self) -> list[datetime]:
        return [opening.opens for opening in self.openings]


def lay_out(
    hours: Iterable[OpeningHours],
    holidays: Collection[date],
    *,
    zone: ZoneInfo,
    first: date,
    days: int,
    special: Mapping[date, Iterable[OpeningHours]] | None = None,
) -> Calendar:
    """The calendar of ``days`` local days from ``first`` on. ``special`` hours of a day stand instead of its weekday's."""
    by_weekday: dict[int, list[OpeningHours]] = {}
    for stretch in sorted(hours):
        by_weekday.setdefault(stretch.weekday, []).append(stretch)
    special = special or {}
    openings = [
        opening
        for day in (first + timedelta(days=offset) for offset in range(days))
        if day not in holidays
        for stretch in (sorted(special[day]) if day in special else by_weekday.get(day.isoweekday(), []))
        if (opening := _opening(day, stretch, zone)).length > timedelta(0)
    ]
    return Calendar(zone, tuple(openings))


def _through_breaks(day: tuple[Window, ...], start: datetime, duration: timedelta) -> datetime | None:
    """Open time counts, a break does not."""
    left = duration
    for window in day:
        since = max(start, window.opens)
        if since >= window.closes:
            continue
        if left <= window.closes - since:
            return since + left
        left -= window.closes - since
    return None


def _opening(day: date, hours: OpeningHours, zone: ZoneInfo) -> Window:
    """Wall time to real time. An hour that happens twice opens at its first and closes at its second time; one that never happens
    opens after the gap and closes before it.
    """
    last_day = day + timedelta(days=1) if hours.closes == MIDNIGHT else day
    opens = datetime.combine(day, hours.opens, zone).replace(fold=0)
    closes = datetime.combine(last_day, hours.closes, zone).replace(fold=1)
    return Window(opens.astimezone(UTC), closes.astimezone(UTC))
