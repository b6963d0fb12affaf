"""Opening hours on real days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from valera.bookings.schedule.calendar import Calendar, lay_out
from valera.bookings.schedule.opening_hours import parse_hours

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def calendar(
    hours: str, *, zone: ZoneInfo = MOSCOW, first: date = date(2026, 11, 23), days: int = 14, holidays: set[date] | None = None
) -> Calendar:
    return lay_out(parse_hours(hours), holidays or set(), zone=zone, first=first, days=days)


def starts_on(laid_out: Calendar, day: date, *, duration: timedelta = HOUR, step: timedelta = HOUR) -> list[str]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=laid_out.zone)
    tomorrow = datetime.combine(day + timedelta(days=1), midnight.time(), laid_out.zone)
    found = laid_out.starts(midnight.astimezone(UTC), tomorrow.astimezone(UTC), step=step, duration=duration)
    return [f"{start.astimezone(laid_out.zone):%H:%M%z}" for start in found]


def test_starts_are_counted_from_opening_and_end_where_the_work_no_longer_fits() -> None:
    monday = starts_on(calendar("9:30-13"), date(2026, 11, 23))
    assert monday == ["09:30+0300", "10:30+0300", "11:30+0300"]


def test_a_break_is_not_worked_through() -> None:
    assert starts_on(calendar("9-12, 13-15"), date(2026, 11, 23), duration=2 * HOUR) == ["09:00+0300", "10:00+0300", "13:00+0300"]


def test_a_holiday_has_no_starts() -> None:
    day = date(2026, 11, 24)
    assert starts_on(calendar("9-12", holidays={day}), day) == []


def test_work_goes_on_past_midnight_where_the_hours_do() -> None:
    assert starts_on(calendar("пт 22-24, сб 0-2"), date(2026, 11, 27), duration=2 * HOUR) == ["22:00+0300", "23:00+0300"]


def test_work_does_not_go_on_into_a_holiday() -> None:
    laid_out = calendar("24/7", holidays={date(2026, 11, 28)})
    assert starts_on(laid_out, date(2026, 11, 27), duration=3 * HOUR)[-1] == "21:00+0300"


@pytest.mark.parametrize(
    ("day", "count"), [(date(2026, 3, 28), 24), (date(2026, 3, 29), 23), (date(2026, 10, 24), 24), (date(2026, 10, 25), 25)]
)
def test_a_day_has_as_many_hours_as_it_has(day: date, count: int) -> None:
    laid_out = calendar("24/7", zone=BERLIN, first=day - timedelta(days=2), days=6)
    assert len(starts_on(laid_out, day)) == count


def test_an_hour_that_happens_twice_is_worked_twice() -> None:
    laid_out = calendar("1-4", zone=BERLIN, first=date(2026, 10, 24), days=3)
    assert starts_on(laid_out, date(2026, 10, 25)) == ["01:00+0200", "02:00+0200", "02:00+0100", "03:00+0100"]


def test_an_hour_that_never_happens_is_not_worked() -> None:
    laid_out = calendar("1-4", zone=BERLIN, first=date(2026, 3, 28), days=3)
    assert starts_on(laid_out, date(2026, 3, 29)) == ["01:00+0100", "03:00+0200"]


def test_hours_that_fall_into_the_gap_are_no_hours() -> None:
    laid_out = calendar("2:10-2:50", zone=BERLIN, first=date(2026, 3, 28), days=3)
    assert [window.opens.astimezone(BERLIN).day for window in laid_out.openings] == [28, 30]


def test_a_work_longer_than_any_day_starts_at_opening_and_stands_overnight() -> None:
    laid_out = calendar("пн-пт 9-20, сб 10-16")
    assert starts_on(laid_out, date(2026, 11, 23), duration=48 * HOUR) == ["09:00+0300"]


def test_a_work_that_fits_into_some_day_is_not_started_on_a_shorter_one() -> None:
    laid_out = calendar("пн-пт 9-20, сб 10-16")
    assert starts_on(laid_out, date(2026, 11, 28), duration=8 * HOUR) == []


def test_round_the_clock_the_grid_begins_anew_each_midnight() -> None:
    starts = starts_on(calendar("24/7"), date(2026, 11, 25), step=timedelta(minutes=7 * 60))
    assert starts == ["00:00+0300", "07:00+0300", "14:00+0300", "21:00+0300"]
