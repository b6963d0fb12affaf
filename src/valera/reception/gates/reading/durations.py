"""Lengths of time in a text: «90 минут», «три дня», «за час», «полдня», «часа два», «двухчасовая»."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from valera.reception.gates.reading.patterns import minutes_by_unit, pattern
from valera.russian.morphology import fold, lemma
from valera.russian.numbers import read_number
from valera.russian.words import tokens

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from valera.russian.words import Token

CALENDAR_YEAR = 1900  # «2018 года» is no length of time
NEXT_WORD = 2  # characters between a number and its unit
HALF_DAY = 720


@functools.lru_cache(maxsize=2048)
def durations_in(text: str) -> tuple[tuple[int, int, int], ...]:
    """Minutes, start, end."""
    counted = tuple(_counted(text))
    worded = [one for one in _worded(text) if not any(start < one[2] and one[1] < end for _, start, end in counted)]
    return tuple(sorted((*counted, *worded), key=lambda one: one[1]))


def _counted(text: str) -> Iterator[tuple[int, int, int]]:
    words = tokens(text)
    for at, word in enumerate(words):
        number = _number(words, at)
        if number is None or number[0] >= CALENDAR_YEAR or number[1] >= len(words):
            continue
        value, after = number
        unit = words[after]
        if unit.lemma in minutes_by_unit() and unit.start - words[after - 1].end <= NEXT_WORD:
            yield round(value * minutes_by_unit()[unit.lemma]), word.start, unit.end


def _number(words: tuple[Token, ...], at: int) -> tuple[float, int] | None:
    """A number at this place and the index behind it."""
    word = words[at]
    if word.text.isdecimal():
        return int(word.text), at + 1
    if word.folded in _SMALL:
        return _SMALL[word.folded], at + 1
    spelled = read_number(words, at)
    return (spelled.value, spelled.after) if spelled else None


def _worded(text: str) -> Iterator[tuple[int, int, int]]:
    lower = fold(text)
    if len(lower) != len(text):
        return
    for key in ("bare", "halves", "inverted", "compound"):
        for match in pattern("time", key).finditer(lower):
            minutes = _minutes(match)
            if minutes:
                yield minutes, match.start(), match.end()


def _minutes(match: re.Match[str]) -> int:
    groups = match.groupdict()
    if half := groups.get("half"):
        return next((minutes for word, minutes in _HALVES.items() if half.startswith(word)), 0)
    if unit := groups.get("unit"):
        return next((minutes for word, minutes in _HALVES.items() if unit.startswith(word)), 0) or minutes_by_unit().get(lemma(unit), 0)
    if unit := groups.get("unit2"):
        count = _SMALL.get(groups["few"]) or next(number.value for number in [read_number(tokens(groups["few"]), 0)] if number)
        return round(count * minutes_by_unit().get(lemma(unit), 0))
    return _TIMES[groups["times"]] * _UNITS[groups["unit3"]]


_SMALL: dict[str, float] = {
    "пара": 2, "пару": 2, "парой": 2, "полтора": 1.5, "полторы": 1.5, "несколько": 3, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_HALVES = {
    "полчас": 30, "полдня": HALF_DAY, "пол дня": HALF_DAY, "полсуток": HALF_DAY, "полтора часа": 90, "полтора дня": 2160,
    "полтора месяца": 64800, "полторы недели": 15120, "полторы минуты": 2, "half an hour": 30,
    "an hour": 60, "a day": 1440, "a week": 10080,
}  # fmt: skip
_TIMES = {"одно": 1, "двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "шести": 6, "семи": 7, "десяти": 10}
_UNITS = {"минутн": 1, "часов": 60, "дневн": 1440, "суточн": 1440, "недельн": 10080, "месячн": 43200}
