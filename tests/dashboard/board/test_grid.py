"""The grid of a day: which time belongs to it, and where works stand in it. Pure functions, no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from valera.bookings.schedule.calendar import Calendar, lay_out
from valera.bookings.schedule.opening_hours import OpeningHours
from valera.dashboard.board.grid import Grid, bounds, day_of, lay_out_grid

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
TUESDAY = date(2026, 11, 24)
HOUR = timedelta(hours=1)


def calendar(*stretches: tuple[int, int], zone: ZoneInfo = MOSCOW, first: date = date(2026, 11, 20), days: int = 12) -> Calendar:
    """The same hours every day; 24 is midnight at its end."""
    week = [OpeningHours(weekday, time(opens), time(closes % 24)) for weekday in range(1, 8) for opens, closes in stretches]
    return lay_out(week, (), zone=zone, first=first, days=days)


def local(day: int, hour: int, minute: int = 0, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=zone)


def clocks(grid: Grid, zone: ZoneInfo = MOSCOW) -> list[str]:
    return [f"{mark.moment.astimezone(zone):%H}" for mark in grid.marks]


def test_a_day_reaches_from_its_opening_to_its_closing() -> None:
    grid = lay_out_grid(calendar((9, 20)), TUESDAY, [])
    assert (grid.starts_at, grid.rows, grid.is_open, grid.shut) == (local(24, 9), 44, True, ())
    assert clocks(grid) == [f"{hour:02}" for hour in range(9, 20)]


def test_a_break_is_shut() -> None:
    grid = lay_out_grid(calendar((9, 13), (14, 18)), TUESDAY, [])
    assert [(shut.row, shut.rows) for shut in grid.shut] == [(16, 4)]


def test_a_work_outside_the_hours_is_seen() -> None:
    grid = lay_out_grid(calendar((9, 18)), TUESDAY, [(local(24, 7, 40), local(24, 8, 30)), (local(24, 19), local(24, 21, 5))])
    assert (grid.starts_at, grid.ends_at) == (local(24, 7), local(24, 22))
    assert [(shut.row, shut.rows) for shut in grid.shut] == [(0, 8), (44, 16)]


def test_a_night_is_one_shift_of_its_evening() -> None:
    night = calendar((0, 7), (23, 24))
    whole = bounds(night, TUESDAY)
    assert (whole.opens, whole.closes) == (local(24, 7), local(25, 7))
    grid = lay_out_grid(night, TUESDAY, [(local(25, 1), local(25, 3))])
    assert (grid.starts_at, grid.rows) == (local(24, 23), 32)
    assert clocks(grid) == ["23", "00", "01", "02", "03", "04", "05", "06"]
    assert [(place.row, place.rows) for place in grid.place([(local(25, 1), local(25, 3))])] == [(8, 8)]
    assert (day_of(night, local(25, 2)), day_of(night, local(25, 7))) == (TUESDAY, date(2026, 11, 25))


def test_days_of_a_shop_that_never_closes_end_at_midnight() -> None:
    grid = lay_out_grid(calendar((0, 24)), TUESDAY, [])
    assert (grid.starts_at, grid.rows, grid.shut) == (local(24, 0), 96, ())


def test_a_closed_day_shows_office_hours_all_shut() -> None:
    grid = lay_out_grid(lay_out([], (), zone=MOSCOW, first=TUESDAY, days=3), TUESDAY, [])
    assert (grid.starts_at, grid.rows, grid.is_open) == (local(24, 9), 36, False)
    assert [(shut.row, shut.rows) for shut in grid.shut] == [(0, 36)]


def test_the_day_on_which_the_clock_is_put_back_has_an_hour_more() -> None:
    back = date(2026, 10, 25)
    grid = lay_out_grid(calendar((0, 24), zone=BERLIN, first=date(2026, 10, 20)), back, [])
    assert grid.rows == 100
    assert clocks(grid, BERLIN)[:5] == ["00", "01", "02", "02", "03"]


def test_the_day_on_which_the_clock_is_put_forward_has_an_hour_less() -> None:
    forward = date(2027, 3, 28)
    grid = lay_out_grid(calendar((0, 8), zone=BERLIN, first=date(2027, 3, 25)), forward, [])
    assert grid.rows == 28
    assert clocks(grid, BERLIN) == ["00", "01", "03", "04", "05", "06", "07"]


def test_a_work_of_several_days_is_cut_at_both_ends() -> None:
    grid = lay_out_grid(calendar((9, 18)), TUESDAY, [(local(23, 9), local(26, 12))])
    (place,) = grid.place([(local(23, 9), local(26, 12))])
    assert (place.row, place.rows, place.is_from_before, place.is_beyond) == (0, grid.rows, True, True)


def test_works_of_minutes_do_not_lie_on_each_other() -> None:
    grid = lay_out_grid(calendar((9, 18)), TUESDAY, [])
    stays = [(local(24, 10), local(24, 10, 5)), (local(24, 10, 5), local(24, 10, 10)), (local(24, 10, 10), local(24, 11))]
    assert [(place.row, place.rows) for place in grid.place(stays)] == [(4, 1), (5, 1), (6, 2)]


@given(st.lists(st.integers(5, 300), min_size=1, max_size=30), st.integers(0, 600))
def test_whatever_stands_in_a_bay_is_seen_in_order(minutes: list[int], begins: int) -> None:
    stays: list[tuple[datetime, datetime]] = []
    moment = local(24, 7).astimezone(UTC) + begins * timedelta(minutes=1)
    for length in minutes:
        stays.append((moment, moment + length * timedelta(minutes=1)))
        moment = stays[-1][1]
    hours = calendar((9, 18))
    whole = bounds(hours, TUESDAY)
    shown = [stay for stay in stays if stay[0] < whole.closes and stay[1] > whole.opens]
    grid = lay_out_grid(hours, TUESDAY, shown)
    places = grid.place(shown)
    assert all(place.rows >= 1 and 0 <= place.row < grid.rows for place in places)
    assert all(place.row + place.rows <= grid.rows for place in places)
    assert all(one.row <= other.row for one, other in pairwise(places))
