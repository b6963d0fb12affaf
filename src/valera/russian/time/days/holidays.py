"""Holidays as marks of time: «после праздников», «до нового года», «на майских»."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import MAXYEAR, date
from typing import TYPE_CHECKING

from valera.russian.time.days.calendar_dates import Days, How
from valera.russian.vocabulary import phrases_of

if TYPE_CHECKING:
    from valera.russian.quantities import Scanned


@dataclass(frozen=True, slots=True)
class Holiday:
    """The same days of every year, (month, day) both included, and how they are called."""

    first: tuple[int, int]
    last: tuple[int, int]
    names: tuple[tuple[str, ...], ...]

    def on_or_after(self, today: date) -> tuple[date, date] | None:
        """The next ones that are not over."""
        years = range(today.year, min(today.year + 2, MAXYEAR + 1))
        found = ((date(year, *self.first), date(year, *self.last)) for year in years)
        return next(((first, last) for first, last in found if last >= today), None)


def read_holiday(scanned: Scanned, at: int, today: date) -> Days | None:
    """The holidays that are named here; «праздники» alone are the next ones that the whole country has off."""
    if scanned.word(at - 1) in {"с", "со"}:  # «с праздником», «с новым годом» wishes nothing
        return None
    for name, holidays in _by_first_word().get(scanned.word(at), ()):
        if all(scanned.word(at + step) == word for step, word in enumerate(name)):
            spans = [span for holiday in holidays if (span := holiday.on_or_after(today))]
            first, last = min(spans, default=(today, today))
            how = How.DATE if first == last else How.STRETCH
            return Days(first, last, how, at, at + len(name)) if spans else None
    return None


@functools.cache
def _by_first_word() -> dict[str, list[tuple[tuple[str, ...], tuple[Holiday, ...]]]]:
    """The longest names first."""
    named = [(name, (holiday,)) for holiday in _holidays() for name in holiday.names] + [(name, _days_off()) for name in _names("any")]
    by_word: dict[str, list[tuple[tuple[str, ...], tuple[Holiday, ...]]]] = {}
    for name, holidays in sorted(named, key=lambda pair: -len(pair[0])):
        by_word.setdefault(name[0], []).append((name, holidays))
    return by_word


@functools.cache
def _holidays() -> tuple[Holiday, ...]:
    return (
        Holiday((1, 1), (1, 8), _names("new_year_days")),
        Holiday((1, 1), (1, 1), _names("new_year")),
        Holiday((1, 7), (1, 7), _names("christmas")),
        Holiday((5, 1), (5, 9), _names("may")),
        Holiday((5, 9), (5, 9), _names("victory")),
    )


@functools.cache
def _days_off() -> tuple[Holiday, ...]:
    spans = (((1, 1), (1, 8)), ((2, 23), (2, 23)), ((3, 8), (3, 8)), ((5, 1), (5, 9)), ((6, 12), (6, 12)), ((11, 4), (11, 4)))
    return tuple(Holiday(first, last, ()) for first, last in spans)


def _names(key: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(phrase.split()) for phrase in phrases_of(f"holidays.{key}"))
