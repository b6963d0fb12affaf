"""Times told by another one: Wednesday, 25 November 2026, 12:00 in Moscow, seen from the Sunday before."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valera.russian.time.when import Question, Unclear, Wish, find_shift, read_wish

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 22, 14, 5, tzinfo=MOSCOW)
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=MOSCOW)

EXACT = [
    ("на час позже", "25 13:00"),
    ("на часик бы попозже", "25 13:00"),
    ("часом раньше", "25 11:00"),
    ("раньше на 2 часа", "25 10:00"),
    ("на полчаса пораньше", "25 11:30"),
    ("позднее на полтора часа", "25 13:30"),
    ("на 15 минут позже", "25 12:15"),
    ("днём позже", "26 12:00"),
    ("на два дня раньше", "23 12:00"),
    ("в пятницу в то же время", "27 12:00"),
    ("на тот же час, но в субботу", "28 12:00"),
    ("на следующий день", "26 12:00"),
    ("на следующий день в то же время", "26 12:00"),
    ("завтра на час позже", "23 13:00"),
]


@pytest.mark.parametrize(("text", "start"), EXACT)
def test_shift_counts_from_the_time_spoken_of(text: str, start: str) -> None:
    wish = read_wish(text, now=NOW, zone=MOSCOW, base=NOON)
    assert isinstance(wish, Wish)
    assert wish.exact
    assert f"{wish.start:%d %H:%M}" == start


@pytest.mark.parametrize(("text", "start", "end"), [("попозже", "25 12:01", "26 00:00"), ("а раньше нет?", "25 00:00", "25 12:00")])
def test_mere_direction_is_the_rest_of_that_day(text: str, start: str, end: str) -> None:
    wish = read_wish(text, now=NOW, zone=MOSCOW, base=NOON)
    assert isinstance(wish, Wish)
    assert (f"{wish.start:%d %H:%M}", f"{wish.end:%d %H:%M}", wish.exact) == (start, end, False)


@pytest.mark.parametrize("text", ["на час позже", "часом раньше", "в то же время", "на день позже"])
def test_without_a_time_spoken_of_it_is_no_time(text: str) -> None:
    assert read_wish(text, now=NOW, zone=MOSCOW) is None


@pytest.mark.parametrize("text", ["не позже 15", "позже 15:00", "самое позднее", "завтра в 11", "после 18", "на час дня"])
def test_hours_and_bounds_are_no_shift(text: str) -> None:
    assert find_shift(text) is None


def test_shift_into_the_past_is_asked_back() -> None:
    wish = read_wish("на 4 дня раньше", now=NOW, zone=MOSCOW, base=NOON)
    assert isinstance(wish, Unclear)
    assert wish.question_key == Question.TIME_PASSED


@given(hours=st.integers(1, 48), later=st.booleans())
def test_hours_add_up_across_midnight(hours: int, *, later: bool) -> None:
    wish = read_wish(f"на {hours} часов {'позже' if later else 'раньше'}", now=NOW, zone=MOSCOW, base=NOON)
    assert isinstance(wish, Wish)
    assert wish.start - NOON == timedelta(hours=hours if later else -hours)
