"""Whole days by the shop's clock: where clocks change, at the ends of what can be shown, and however an address spells them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from valera.insights.period import LONGEST_DAYS, Period

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 22), 24)])
def test_day_on_which_clocks_change_is_shorter_or_longer(day: date, hours: int) -> None:
    period = Period(day, day, BERLIN)

    assert period.until - period.since == timedelta(hours=hours)


def test_day_without_midnight_begins_when_the_clock_has_jumped() -> None:
    period = Period(date(2024, 9, 8), date(2024, 9, 8), ZoneInfo("America/Santiago"))

    assert period.since == datetime(2024, 9, 8, 4, tzinfo=UTC)
    assert period.until - period.since == timedelta(hours=23)


def test_days_meet_without_a_gap() -> None:
    period = Period(date(2026, 10, 1), date(2026, 11, 5), BERLIN)

    assert period.bounds[0] == period.since
    assert len(period.bounds) == period.days == 36
    assert period.before.until == period.since
    assert period.before.days == period.days


@pytest.mark.parametrize(("days", "spans"), [(1, 1), (92, 92), (93, 14), (732, 105), (733, 25)])
def test_long_periods_are_shown_by_weeks_and_months(days: int, spans: int) -> None:
    period = Period.latest(days, today=TODAY, zone=MOSCOW)

    assert len(period.spans) == spans
    assert period.spans[0].first == period.first
    assert period.spans[-1].last == period.last
    assert sum((span.last - span.first).days + 1 for span in period.spans) == days


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-11-01", "2026-11-10", (date(2026, 11, 1), date(2026, 11, 10))),
        ("2026-11-10", "2026-11-01", (date(2026, 11, 1), date(2026, 11, 10))),
        ("", "2026-11-10", (date(2026, 10, 12), date(2026, 11, 10))),
        ("2026-11-20", "", (date(2026, 11, 20), TODAY)),
        ("2026-11-20", "2099-01-01", (date(2026, 11, 20), TODAY)),
        ("", "", (date(2026, 10, 24), TODAY)),
        ("0001-01-01", "9999-12-31", (date(2026, 10, 24), TODAY)),
        ("' or 1=1", "\x00", (date(2026, 10, 24), TODAY)),
        ("2000-01-01", "2026-11-22", (TODAY - timedelta(days=LONGEST_DAYS - 1), TODAY)),
        ("2099-01-01", "2099-01-02", (TODAY, TODAY)),
    ],
)
def test_address_is_read_as_far_as_it_makes_sense(first: str, last: str, expected: tuple[date, date]) -> None:
    period = Period.read(first, last, today=TODAY, zone=MOSCOW)

    assert (period.first, period.last) == expected
