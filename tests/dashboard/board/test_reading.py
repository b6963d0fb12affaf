"""What addresses, fields and searches say, and which steps a card offers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.dashboard.board.conftest import MOSCOW, at
from valera.bookings.life.status import Status
from valera.dashboard.board.card import next_steps
from valera.dashboard.board.moment import read_day, read_exact, read_id, read_moment
from valera.dashboard.board.rows import One
from valera.dashboard.board.views import Spellings, spell

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 22)
ONE = One(7, 7, Status.CONFIRMED, 1, at(22, 12), at(22, 14), "Пост 1", "", "", None, None, "", "", "", "", is_by_assistant=False)


@pytest.mark.parametrize("text", ["", "завтра", "2026-13-01", "0001-01-01", "9999-12-31", "2026-11-24T10:00"])
def test_an_address_without_a_day_means_the_default(text: str) -> None:
    assert read_day(text, TODAY) == TODAY


def test_a_time_that_the_clock_leaps_over_is_none() -> None:
    assert read_moment("2027-03-28", "02:30", BERLIN) is None
    assert read_moment("2027-03-28", "03:30", BERLIN) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_an_hour_that_comes_twice_is_its_first() -> None:
    moment = read_moment("2026-10-25", "02:30", BERLIN)
    assert moment is not None
    assert moment.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("sent", ["", "2026-11-24", "2026-11-24T10:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "x"])
def test_an_exact_moment_has_an_offset(sent: str) -> None:
    assert read_exact(sent, MOSCOW) is None


@pytest.mark.parametrize("sent", ["", "-1", "1.5", "²", "9" * 30, "１"])
def test_an_id_is_a_plain_number(sent: str) -> None:
    assert read_id(sent) is None


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("  Анна  ", Spellings("анна")),
        ("8 916 123-45-67", Spellings("8 916 123-45-67", "9161234567", "89161234567")),
        ("a512km", Spellings("a512km", "", "А512КМ")),
        ("№ 12", Spellings("№ 12", "12", "")),
        ("\x00", Spellings()),
    ],
)
def test_a_search_is_tried_as_words_digits_and_a_plate(search: str, expected: Spellings) -> None:
    assert spell(search) == expected


def test_who_comes_does_so_on_the_day_of_the_booking() -> None:
    assert next_steps(ONE, now=at(22, 11), zone=MOSCOW) == (Status.ARRIVED,)
    assert next_steps(ONE, now=at(22, 12), zone=MOSCOW) == (Status.ARRIVED, Status.NO_SHOW)
    assert next_steps(ONE, now=at(21, 12), zone=MOSCOW) == ()
    assert next_steps(ONE, now=at(23, 12), zone=MOSCOW) == (Status.NO_SHOW,)


def test_what_is_over_offers_nothing() -> None:
    for status in (Status.DONE, Status.CANCELLED):
        assert next_steps(replace(ONE, status=status), now=at(22, 13), zone=MOSCOW) == ()
    assert next_steps(replace(ONE, status=Status.NO_SHOW), now=at(22, 13), zone=MOSCOW) == (Status.ARRIVED,)
