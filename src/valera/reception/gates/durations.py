"""Lengths of time in a text: «90 минут», «три дня»."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.claims import minutes_by_unit
from valera.russian.numbers import read_number
from valera.russian.words import tokens

if TYPE_CHECKING:
    from valera.russian.words import Token

CALENDAR_YEAR = 1900  # «2018 года» is no length of time
NEXT_WORD = 2  # characters between a number and its unit


def durations_in(text: str) -> list[tuple[int, int, int]]:
    """Minutes, start, end."""
    words = tokens(text)
    found: list[tuple[int, int, int]] = []
    for at, word in enumerate(words):
        number = _number(words, at)
        if number is None or number[0] >= CALENDAR_YEAR or number[1] >= len(words):
            continue
        value, after = number
        unit = words[after]
        if unit.lemma in minutes_by_unit() and unit.start - words[after - 1].end <= NEXT_WORD:
            found.append((value * minutes_by_unit()[unit.lemma], word.start, unit.end))
    return found


def _number(words: tuple[Token, ...], at: int) -> tuple[int, int] | None:
    """A number at this place and the index behind it."""
    if words[at].text.isdecimal():
        return int(words[at].text), at + 1
    spelled = read_number(words, at)
    return (spelled.value, spelled.after) if spelled else None
