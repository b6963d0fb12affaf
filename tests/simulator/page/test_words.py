from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from valera.simulator.page.words import LOCALES, PHRASES, Words, choose_locale


def test_every_phrase_is_there_in_every_language() -> None:
    assert set(PHRASES.by_locale) == set(LOCALES)
    assert PHRASES.by_locale["ru"].keys() == PHRASES.by_locale["en"].keys()


@pytest.mark.parametrize(
    ("asked", "accepted", "locale"),
    [("en", "ru", "en"), ("xx", "en-GB,ru;q=0.5", "en"), (None, "de,en", "en"), (None, "", "ru"), ("", "*", "ru")],
)
def test_language_is_what_was_asked_then_what_the_browser_likes(asked: str | None, accepted: str, locale: str) -> None:
    assert choose_locale(asked, accepted) == locale


def test_numbers_read_as_in_the_language() -> None:
    assert [Words("ru").duration(ms) for ms in (0, 999, 1400, 12_000)] == ["<1 мс", "999 мс", "1,4 с", "12 с"]
    assert (Words("ru").cost(Decimal("0.00120")), Words("en").cost(Decimal("0.00120"))) == ("0,0012 $", "$0.0012")


def test_days_near_have_names() -> None:
    today = date(2026, 11, 22)
    named = [
        Words("ru").day(datetime(year, month, day, tzinfo=UTC), today=today)
        for year, month, day in ((2026, 11, 22), (2026, 11, 21), (2026, 11, 20), (2025, 1, 2))
    ]
    assert named == ["Сегодня", "Вчера", "20 ноября", "2 января 2025"]


def test_tool_without_a_phrase_keeps_its_name() -> None:
    assert (Words("ru").name("tool", "find_prices"), Words("ru").name("tool", "teleport")) == ("Ищет цены", "teleport")
