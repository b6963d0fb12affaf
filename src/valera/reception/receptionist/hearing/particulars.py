"""Particulars in what a client says: his name, the number of a class, of a booking, of one thing among several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.receptionist.hearing.vocabulary import word_set
from valera.russian.morphology import is_known, parses, part_of_speech
from valera.russian.numbers import ordinal_value, parse_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.reception.receptionist.hearing.vocabulary import Cue
    from valera.russian.words import Token

LONGEST_NAME = 2
LONGEST_NUMBER = 6  # digits
TEN = 10
SHORT_ANSWER = 4  # words: «второй вариант, пожалуйста»


def read_class_number(words: Sequence[Token], said: Sequence[str]) -> int | None:
    """The number beside «класс», before it or behind."""
    for at, word in enumerate(said):
        if word in word_set("reply", "car_class"):
            numbers = [_as_number(other) for other in (*words[max(0, at - 1) : at], *words[at + 1 : at + 2])]
            return next((number for number in numbers if number), None)
    return None


def read_ordinal(words: Sequence[Token], said: Sequence[str]) -> int | None:
    """1 for the first, -1 for the last, 0 for any; only of a short answer."""
    if len(words) > SHORT_ANSWER:
        return None
    compared = {
        meaning
        for before, word, meaning in zip(["", *said], words, said, strict=False)
        if part_of_speech(word.text) != "COMP" or before in word_set("reply", "utmost")
    }
    if compared & word_set("reply", "last"):
        return -1
    if set(said) & word_set("reply", "any"):
        return 0
    if compared & word_set("reply", "first"):
        return 1
    numbers = [number for word in words if (number := _as_number(word)) and number < TEN]
    return numbers[-1] if numbers else None


def _as_number(word: Token) -> int | None:
    if word.text.isdecimal():
        return int(word.text) if len(word.text) <= LONGEST_NUMBER else None
    return ordinal_value(word.folded) or parse_number(word.text)


def read_booking_number(words: Sequence[Token], said: Sequence[str]) -> int | None:
    """Digits behind «запись», «номер», «№»."""
    for at, word in enumerate(words):
        is_short = word.text.isdecimal() and len(word.text) <= LONGEST_NUMBER
        if is_short and at and said[at - 1] in word_set("reply", "booking_number"):
            return int(word.text)
    return None


def read_name(words: Sequence[Token], cues: Sequence[Cue], *, has_phone: bool, has_car: bool) -> str:
    cue = next((cue for cue in cues if cue.name == "name"), None)
    if cue is not None:
        told = cue.words[0] + 1 if cue.words[-1] - cue.words[0] >= len(cue.words) else cue.words[-1] + 1
        return words[told].text.capitalize() if told < len(words) and words[told].text.isalpha() else ""
    if has_car:
        return ""
    letters = [word.text for word in words if word.text.isalpha()]
    written = [letter for letter in letters if letter[0].isupper() and _is_name(letter)]
    if has_phone and len(written) == 1:
        return written[0]
    alone = 0 < len(letters) <= LONGEST_NAME and (has_phone or len(letters) == len(words)) and all(map(_is_name, letters))
    return " ".join(letter.capitalize() for letter in letters) if alone else ""


def _is_name(word: str) -> bool:
    readings = parses(word) if is_known(word) else ()
    return bool(readings) and any(mark in readings[0].tag for mark in ("Name", "Surn"))
