"""Classes of cars named in a text."""

from __future__ import annotations

import functools
import re

from valera.reception.gates.reading.draft import fold
from valera.reception.gates.reading.patterns import pattern
from valera.russian.numbers import ordinal_value
from valera.russian.words import lemmas, tokens

UNKNOWN = "?"
DIGITS = re.compile(r"\d+")


@functools.lru_cache(maxsize=8192)
def classes_in(text: str, names: tuple[str, ...]) -> frozenset[str]:
    """Which of ``names`` the text speaks of; a numbered class that the list does not have is ``UNKNOWN``."""
    by_number = {match.group(): name for name in names if (match := DIGITS.search(name))}
    numbered = {by_number.get(number, UNKNOWN) for number in _class_numbers(text)} if by_number else set[str]()
    worded = [name for name in names if not DIGITS.search(name)]
    return frozenset(numbered | _named(text, worded)) if worded else frozenset(numbered)


def _class_numbers(text: str) -> list[str]:
    """Numbers that stand at the word «класс», before it or behind it."""
    found: list[str] = []
    words = tokens(text)
    for at, word in enumerate(words):
        if pattern("words", "class_").fullmatch(fold(word.text)):
            beside = [*words[max(0, at - 2) : at], *words[at + 1 : at + 2]]
            found += [number for other in beside if (number := _number(other.text))]
    return found


def _number(word: str) -> str | None:
    if word.isdecimal():
        return word
    value = ordinal_value(fold(word))
    return str(value) if value else None


def _named(text: str, names: list[str]) -> set[str]:
    spoken = set(lemmas(text))
    return {name for name in names if (wanted := set(lemmas(name))) and wanted <= spoken}
