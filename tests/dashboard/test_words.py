"""Words, numbers and times: in both languages, and every phrase in both."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest

from valera.dashboard.frame.assets import PACKAGES
from valera.dashboard.frame.words import Words, choose_locale
from valera.kit.phrases import Phrases

MOSCOW = ZoneInfo("Europe/Moscow")
RU, EN, XX = (Words(language, MOSCOW) for language in ("ru", "en", "xx"))
NOW = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)
SPOKEN = [package for package in PACKAGES if (resources.files(package) / "phrases" / "ru.toml").is_file()]


@pytest.mark.parametrize("package", SPOKEN)
def test_every_phrase_is_there_in_both_languages_with_the_same_blanks(package: str) -> None:
    by_locale = Phrases.load(package).by_locale
    assert by_locale.keys() == {"ru", "en"}

    def plain(key: str) -> str:
        return re.sub(r"\.(one|few|many|other)$", ".*", key)

    assert {plain(key) for key in by_locale["ru"]} == {plain(key) for key in by_locale["en"]}
    for key, (text, *_) in by_locale["ru"].items():
        if key in by_locale["en"] and not re.search(r"\.(one|few|many|other)$", key):
            assert set(re.findall(r"{(\w+)", text)) == set(re.findall(r"{(\w+)", by_locale["en"][key][0])), key


def test_times_are_the_shops() -> None:
    assert RU.clock(NOW) == "14:05"
    assert RU.day(NOW) == "воскресенье, 22 ноября"
    assert EN.day(date(2026, 11, 24)) == "Tuesday, 24 November"
    assert RU.moment(NOW) == "22 ноября 2026, 14:05:00"
    assert [RU.when(NOW - timedelta(days=days), NOW) for days in (0, 1, 3, 40, 400)] == ["14:05", "вчера", "чт", "13 окт", "18.10.25"]
    assert [RU.lasting(seconds) for seconds in (5, 400, 7300, 300_000)] == ["только что", "6 мин", "2 ч", "3 дн"]


def test_sums_do_not_break_over_lines() -> None:
    assert RU.money(12_000) == "12\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}₽"
    assert EN.money(12_000.5) == "12,000.50\N{NO-BREAK SPACE}₽"
    assert RU.percent(0.2) == "20\N{NO-BREAK SPACE}%"
    assert RU.phone("+79160000001") == "+7\N{NO-BREAK SPACE}916\N{NO-BREAK SPACE}000-00-01"
    assert RU.phone(None) == ""


def test_the_pseudo_locale_is_two_fifths_longer() -> None:
    assert len(XX("frame.settings")) >= len(RU("frame.settings")) * 1.4 - 1
    assert XX.clock(NOW) == "14:05"


@pytest.mark.parametrize(
    ("asked", "header", "found"), [(None, "", "ru"), (None, "de, en;q=0.8", "en"), ("en", "ru", "en"), ("de", "ru", "ru"), ("xx", "", "xx")]
)
def test_the_language_is_the_chosen_one_else_the_browsers(asked: str | None, header: str, found: str) -> None:
    assert choose_locale(asked, header) == found
