"""How moments are written, and which moments a text claims."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.russian.time.when import (
    find_clock_times,
    find_dates,
    find_moments,
    format_day,
    format_moment,
    format_moment_short,
    format_range,
)

MOSCOW = ZoneInfo("Europe/Moscow")
EARLIEST, LATEST = datetime(2026, 11, 22, 15), datetime(2027, 8, 1)  # noqa: DTZ001 - hypothesis wants them naive
NOW = datetime(2026, 11, 22, 14, 5, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Записал вас во вторник, 24 ноября, в 10:00", [("2026-11-24", "10:00")]),
        ("завтра в 11", [("2026-11-23", "11:00")]),
        ("24.11 в 9:30", [("2026-11-24", "09:30")]),
        ("к 18:00", [(None, "18:00")]),
        ("во вторник, 1 декабря, в 10", [("2026-12-01", "10:00")]),
        ("ждём вас завтра в 11 или в 12:30", [("2026-11-23", "11:00"), (None, "12:30")]),
        ("работаем с 9 до 20", [(None, "09:00"), (None, "20:00")]),
        ("в среду, 24 ноября", [("2026-11-25", None), ("2026-11-24", None)]),
        ("понедельник, 23 ноября, 11:00", [("2026-11-23", "11:00")]),
        ("пн 23.11, 11:00", [("2026-11-23", "11:00")]),
        ("в 7 вечера двадцать восьмого ноября", [("2026-11-28", "19:00")]),
        ("в 3:00", [(None, "03:00")]),
        ("Бампер 20 000 ₽, капот 25 000 ₽", []),
        ("8 916 123-45-67", []),
    ],
)
def test_claims_of_a_moment(text: str, expected: list[tuple[str | None, str | None]]) -> None:
    found = [
        (f"{mention.date}" if mention.date else None, f"{mention.time:%H:%M}" if mention.time else None)
        for mention in find_moments(text, NOW, MOSCOW)
    ]
    assert found == expected


def test_hours_and_dates_apart() -> None:
    text = "во вторник, 24 ноября, в 10:00, или завтра к 18"
    assert [mention.time for mention in find_clock_times(text)] == [time(10), time(18)]
    assert [mention.date for mention in find_dates(text, NOW, MOSCOW)] == [date(2026, 11, 24), date(2026, 11, 23)]


def test_how_moments_are_written() -> None:
    moment = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert format_moment(moment, MOSCOW) == "понедельник, 23 ноября, 11:00"
    assert format_moment_short(moment, MOSCOW) == "пн 23.11, 11:00"
    assert format_day(date(2026, 5, 1)) == "пятница, 1 мая"
    assert format_range(moment, moment.replace(hour=10), MOSCOW) == "понедельник, 23 ноября, 11:00–13:00"
    assert format_range(moment, moment.replace(day=24), MOSCOW) == "понедельник, 23 ноября, 11:00 – вторник, 24 ноября, 11:00"


@given(st.datetimes(EARLIEST, LATEST))
def test_what_is_written_is_read_back(moment: datetime) -> None:
    local = moment.replace(second=0, microsecond=0, tzinfo=MOSCOW)
    (found,) = find_moments(f"Вы записаны: {format_moment(local, MOSCOW)}.", NOW, MOSCOW)
    assert (found.date, found.time) == (local.date(), local.time())


@given(st.text(max_size=200) | st.text("0123456789.:- вкс", max_size=60))
def test_any_text_is_survived(text: str) -> None:
    for found in (*find_moments(text, NOW, MOSCOW), *find_clock_times(text), *find_dates(text, NOW, MOSCOW)):
        assert 0 <= found.start < found.end <= len(text)
        assert found.date or found.time is not None
