"""The grid of a day: which real time belongs to a local day, and where each work stands in it, by quarters of an hour.

Nothing here knows a database or a page. Rows are real time: the day on which the clock is put back has an hour more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from valera.bookings.schedule.calendar import Window

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from valera.bookings.schedule.calendar import Calendar

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OFFICE_HOURS = (9, 18)
"""Shown of a day on which the shop is closed and nothing stands."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A full hour beside the grid."""

    row: int
    moment: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Rows ``row`` to ``row + rows``. ``is_from_before``, ``is_beyond``: the work began before the grid, or goes on after it."""

    row: int
    rows: int
    is_from_before: bool = False
    is_beyond: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """``shut``: rows outside the opening hours."""

    day: date
    starts_at: datetime
    rows: int
    marks: tuple[Mark, ...]
    shut: tuple[Place, ...]
    is_open: bool

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.rows * QUARTER

    def row_of(self, moment: datetime) -> int | None:
        """None: not on this grid."""
        return int((moment - self.starts_at) / QUARTER) if self.starts_at <= moment < self.ends_at else None

    def place(self, stays: Iterable[tuple[datetime, datetime]]) -> list[Place]:
        """Of one bay, sorted by time. Each is seen, and none lies on another, however short they are."""
        placed: list[Place] = []
        free_from = 0
        for starts_at, ends_at in stays:
            first = min(max(self._nearest(starts_at), free_from), self.rows - 1)
            last = min(max(self._nearest(ends_at), first + 1), self.rows)
            free_from = last
            placed.append(Place(first, last - first, starts_at < self.starts_at, ends_at > self.ends_at))
        return placed

    def _nearest(self, moment: datetime) -> int:
        return max(0, min(round((moment - self.starts_at) / QUARTER), self.rows))


def bounds(calendar: Calendar, day: date) -> Window:
    """The real time that belongs to a day. A night that began the evening before belongs to that evening: 23:00–07:00 is one shift."""
    return Window(_begins(calendar, day), _begins(calendar, day + DAY))


def day_of(calendar: Calendar, moment: datetime) -> date:
    """On which day's board a moment stands."""
    local = moment.astimezone(calendar.zone).date()
    return local - DAY if moment < _begins(calendar, local) else local


def lay_out_grid(calendar: Calendar, day: date, stays: Iterable[tuple[datetime, datetime]]) -> Grid:
    """From the first to the last hour of that day in which the shop is open or a work stands."""
    whole = bounds(calendar, day)
    open_ = [clipped for window in calendar.windows if (clipped := _clip(window, whole))]
    taken = [clipped for begins, ends in stays if (clipped := _clip(Window(begins, ends), whole))]
    shown = [*open_, *taken] or [_office_hours(day, calendar.zone)]
    starts_at = _full_hour(min(one.opens for one in shown), calendar.zone)
    ends_at = max(one.closes for one in shown)
    rows = max(-((starts_at - ends_at) // QUARTER), 4)
    rows += -rows % 4
    marks = [Mark(row, moment) for row in range(rows) if (moment := starts_at + row * QUARTER).astimezone(calendar.zone).minute == 0]
    shut = _shut(open_, starts_at, rows)
    return Grid(day, starts_at, rows, tuple(marks), tuple(shut), bool(open_))


def _begins(calendar: Calendar, day: date) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.zone).astimezone(UTC)
    night = next((window for window in calendar.windows if window.opens < midnight < window.closes), None)
    return night.closes if night is not None and night.length < DAY else midnight


def _clip(window: Window, whole: Window) -> Window | None:
    opens, closes = max(window.opens, whole.opens), min(window.closes, whole.closes)
    return Window(opens, closes) if opens < closes else None


def _office_hours(day: date, zone: ZoneInfo) -> Window:
    first, last = (datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC) for hour in OFFICE_HOURS)
    return Window(first, last)


def _full_hour(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def _shut(open_: list[Window], starts_at: datetime, rows: int) -> list[Place]:
    """What is left between the openings, to the nearest quarter."""
    shut: list[Place] = []
    row = 0
    for window in open_:
        first, last = (round((moment - starts_at) / QUARTER) for moment in (window.opens, window.closes))
        if first > row:
            shut.append(Place(row, first - row))
        row = max(row, last)
    if row < rows:
        shut.append(Place(row, rows - row))
    return shut
