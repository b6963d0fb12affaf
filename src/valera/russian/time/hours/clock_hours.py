"""Hours as they are said: «15:30», «10 утра», «одиннадцать», «полодиннадцатого», «без четверти десять»."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from valera.russian.morphology import parses
from valera.russian.numbers import ordinal_value, read_number, read_ordinal
from valera.russian.quantities import Scanned
from valera.russian.tokens import Kind
from valera.russian.vocabulary import words_of


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour as it was said. `part` is «утра», «вечера»; `is_literal` for 0, 13 and later, and «09»."""

    hour: int
    minute: int
    part: str | None
    is_literal: bool
    has_colon: bool
    at: int
    after: int

    @property
    def is_ambiguous(self) -> bool:
        """Whether morning and evening are both possible."""
        return self.part is None and not self.is_literal and 1 <= self.hour <= 11

    def minutes(self, part: str | None = None) -> int:
        """Minutes since midnight. A shop's «в 3» is 15:00; `part` is the part of the day said elsewhere."""
        part = self.part or part
        hour = self.hour
        if self.is_literal:
            return hour * 60 + self.minute
        if part in {"evening", "day", "noon"} and hour < 12 and not (part != "evening" and hour >= 8):
            hour += 12
        elif part == "night" and hour >= 8:
            hour = hour + 12 if hour < 12 else 0
        elif part == "evening" and hour == 12:
            hour = 0
        elif part is None and 1 <= hour <= 7:
            hour += 12
        return hour * 60 + self.minute


def read_hour(scanned: Scanned, at: int, *, is_asked: bool) -> Hour | None:
    """The hour that begins at this token; `is_asked` lets a bare number be one."""
    for reader in (_noon_or_midnight, _half, _to_the_hour, _past_the_hour, _with_minutes):
        if found := reader(scanned, at):
            return _with_part(scanned, found)
    dotted = (_dotted(scanned, at) or _written_together(scanned, at)) if is_asked else None
    return _with_part(scanned, dotted) if dotted else _bare_hour(scanned, at, is_asked=is_asked)


def _noon_or_midnight(scanned: Scanned, at: int) -> Hour | None:
    word = scanned.word(at)
    if word in {"полдень", "полдню", "полудню", "полудня", "полуднем"}:
        return _hour(12, 0, at, at + 1, is_literal=True)
    if word in {"полночь", "полночи", "полуночи", "полуночь"}:
        return _hour(0, 0, at, at + 1, is_literal=True)
    return None


def _half(scanned: Scanned, at: int) -> Hour | None:
    """«полодиннадцатого», «пол одиннадцатого», «пол-11», «в половине одиннадцатого»."""
    word = scanned.word(at)
    if word.startswith("пол") and len(word) > 5 and (value := ordinal_value(word[3:])):
        return _before_hour(value, 30, at, at + 1)
    if word not in {"пол", "половина", "половине", "половину", "половины"}:
        return None
    start = at + 1 + (scanned.word(at + 1) == "-")
    ordinal = read_ordinal(scanned.pieces, start)
    if ordinal:
        return _before_hour(ordinal.value, 30, at, ordinal.after)
    digits = scanned.word(start)
    if digits.isdecimal() and len(digits) <= 2:
        tail = 2 if scanned.word(start + 1) == "-" and scanned.word(start + 2) in {"го", "ого"} else 0
        return _before_hour(int(digits), 30, at, start + 1 + tail)
    return None


def _to_the_hour(scanned: Scanned, at: int) -> Hour | None:
    """«без четверти десять», «без 15 11», «без пяти час»."""
    if scanned.word(at) != "без":
        return None
    minutes, after = (15, at + 2) if scanned.word(at + 1) == "четверти" else _number(scanned, at + 1)
    after += scanned.word(after) in {"минут", "минуты", "мин"}
    hour, end = (1, after + 1) if scanned.word(after) == "час" else _number(scanned, after)
    if hour is None and after > at + 2:  # «без двадцати три» reads as twenty-three at first
        minutes, _ = _number(replace(scanned, pieces=scanned.pieces[: after - 1]), at + 1)
        hour, end = _number(scanned, after - 1)
    if minutes is None or hour is None or not 0 < minutes < 60:
        return None
    return _before_hour(hour, 60 - minutes, at, end)


def _past_the_hour(scanned: Scanned, at: int) -> Hour | None:
    """«двадцать минут одиннадцатого», «четверть десятого»."""
    minutes, after = (15, at + 1) if scanned.word(at) == "четверть" else _number(scanned, at)
    if minutes is None or not 0 < minutes < 60:
        return None
    if scanned.word(at) != "четверть":
        if scanned.word(after) not in {"минут", "минуты", "мин"}:
            return None
        after += 1
    ordinal = read_ordinal(scanned.pieces, after)
    return _before_hour(ordinal.value, minutes, at, ordinal.after) if ordinal else None


def _with_minutes(scanned: Scanned, at: int) -> Hour | None:
    """«15:30», «10ч30», «10 часов 30 минут»."""
    hours, sign, minutes = scanned.word(at), scanned.word(at + 1), scanned.word(at + 2)
    if not hours.isdecimal() or len(hours) > 2:
        return None
    is_colon = sign == ":" and scanned.is_joined(at + 1) and scanned.is_joined(at + 2)
    if is_colon and len(minutes) == 2 and minutes.isdecimal():
        after = at + 3
        if scanned.word(after) == ":" and scanned.word(after + 1).isdecimal() and scanned.is_joined(after + 1):
            after += 2
        return _hour(int(hours), int(minutes), at, after, is_literal=hours.startswith("0"), has_colon=True)
    if sign in _HOUR_UNITS and minutes.isdecimal() and len(minutes) == 2 and _is_clock_minute(scanned, at + 2):
        after = at + 3 + (scanned.word(at + 3) in {"минут", "мин", "минуты", "м"})
        return _hour(int(hours), int(minutes), at, after, is_literal=hours.startswith("0"))
    return None


def _dotted(scanned: Scanned, at: int) -> Hour | None:
    """«10.30», «10-30», «10 30» behind a preposition."""
    hours, minutes_at = scanned.word(at), at + 2
    sign = scanned.word(at + 1)
    if sign not in {".", "-", "–"}:
        sign, minutes_at = " ", at + 1
    minutes = scanned.word(minutes_at)
    if not (hours.isdecimal() and len(hours) <= 2 and re.fullmatch(r"[0-5][05]", minutes)):
        return None
    is_tight = scanned.is_joined(at + 1) and scanned.is_joined(minutes_at)
    is_range = sign in "-–" and 0 < int(minutes) - int(hours) <= 12 and int(minutes) not in {0, 15, 30, 45}
    if (sign != " " and not is_tight) or is_range or (sign in "-–" and int(minutes) - int(hours) in {1, 2}):
        return None
    after = minutes_at + 1 + (scanned.word(minutes_at + 1) == "ч")
    behind = scanned.piece(after)
    if behind and (behind.text in {"%", "₽", "$"} or not may_follow(scanned, after, 0)):
        return None
    return _hour(int(hours), int(minutes), at, after, is_literal=hours.startswith("0"))


def _written_together(scanned: Scanned, at: int) -> Hour | None:
    """«в 1500» behind a preposition; «в 2015» is a year."""
    digits = scanned.word(at)
    if not re.fullmatch(r"[0-2]\d[0-5][05]", digits) or int(digits) >= _YEARS_FROM or not may_follow(scanned, at + 1, 0):
        return None
    return None if scanned.is_joined(at) else _hour(int(digits[:2]), int(digits[2:]), at, at + 1, is_literal=True)


def _bare_hour(scanned: Scanned, at: int, *, is_asked: bool) -> Hour | None:
    """«11», «одиннадцать», «11 часов», «час», «десять тридцать», «10 утра»."""
    if scanned.word(at) in {"час", "часу", "часа"} and is_asked:
        one = _with_part(scanned, _hour(1, 0, at, at + 1))
        return one if (one and one.part) or may_follow(scanned, at + 1, 1) else None
    value, after = _number(scanned, at)
    if value is None:
        return None
    has_unit = scanned.word(after) in _HOUR_UNITS and not (scanned.word(after) == "ч" and scanned.word(after + 1) == "/")
    after += has_unit
    minute, after = _spoken_minutes(scanned, after, has_unit=has_unit) if not scanned.word(at).isdecimal() or has_unit else (0, after)
    found = _hour(value, minute, at, after, is_literal=len(scanned.word(at)) == 2 and scanned.word(at).startswith("0"))
    if found is None:
        return None
    with_part = _with_part(scanned, found)
    if with_part and with_part.part:
        return with_part
    return found if is_asked and may_follow(scanned, after, 0 if has_unit else value) else None


def _spoken_minutes(scanned: Scanned, at: int, *, has_unit: bool) -> tuple[int, int]:
    """«десять тридцать», «десять часов пятнадцать минут»; (0, at) when no minutes follow."""
    minutes, after = _number(scanned, at)
    if minutes is None or minutes >= 60 or scanned.word(at).isdecimal():
        return (0, at)
    if scanned.word(after) in {"минут", "минуты", "мин"}:
        return minutes, after + 1
    is_round = minutes % 5 == 0 and minutes >= 10 and may_follow(scanned, after, minutes)
    return (minutes, after) if (is_round and not has_unit) or is_round else (0, at)


def _with_part(scanned: Scanned, hour: Hour | None) -> Hour | None:
    """«в 7 вечера», «в 10 утра»: the part of the day directly behind the hour."""
    if hour is None:
        return None
    after = hour.after + (scanned.word(hour.after) in _HOUR_UNITS and hour.minute == 0)
    part = _PARTS_BEHIND.get(scanned.word(after))
    if part is None or (scanned.word(after) == "дня" and hour.hour > 12):
        return hour
    return Hour(hour.hour, hour.minute, part, hour.is_literal, hour.has_colon, hour.at, after + 1)


def _hour(hour: int, minute: int, at: int, after: int, *, is_literal: bool = False, has_colon: bool = False) -> Hour | None:
    if not (0 <= hour < 24 and 0 <= minute < 60):
        return None
    return Hour(hour, minute, None, is_literal or hour > 12 or hour == 0, has_colon, at, after)


def _before_hour(hour: int, minute: int, at: int, after: int) -> Hour | None:
    """«половина одиннадцатого» is half past ten; the first hour comes after twelve."""
    if not 1 <= hour <= 24:
        return None
    return _hour(12 if hour == 1 else hour - 1, minute, at, after, is_literal=hour in {1, 24})


def _number(scanned: Scanned, at: int) -> tuple[int | None, int]:
    piece = scanned.piece(at)
    if piece is None or piece.kind is Kind.SIGN:
        return None, at
    if piece.kind is Kind.NUMBER:
        hangs = scanned.is_joined(at) and (scanned.pieces[at - 1].kind is Kind.WORD or scanned.word(at - 1) in {"/", "№", "+"})
        return (int(piece.text), _behind_the_tail(scanned, at + 1)) if len(piece.text) <= 2 and not hangs else (None, at)
    number = read_number(scanned.pieces, at)
    return (number.value, number.after) if number else (None, at)


def _behind_the_tail(scanned: Scanned, at: int) -> int:
    """«к 12-ти», «до 9ти»: the ending of the spoken number belongs to it."""
    tail = at + (scanned.word(at) in {"-", "–"})
    return tail + 1 if scanned.word(tail) in {"ти", "и", "ми", "х", "м", "мя"} and scanned.is_joined(at) and scanned.is_joined(tail) else at


def _is_clock_minute(scanned: Scanned, at: int) -> bool:
    return (int(scanned.word(at)) < 60 and may_follow(scanned, at + 1, 0)) or scanned.word(at + 1) in {"минут", "мин", "минуты"}


def may_follow(scanned: Scanned, at: int, counted: int) -> bool:  # noqa: PLR0911 - one answer for each kind of token
    """False when what stands here makes the number before it a count, a sum or a code: «в 2 раза», «до 5 тысяч», «на 17 дюймов»."""
    piece = scanned.piece(at)
    if piece is None:
        return True
    if piece.kind is Kind.NUMBER:
        return not scanned.is_joined(at) and len(piece.text) < 3
    if piece.kind is Kind.SIGN:
        return piece.text not in _UNIT_SIGNS and not _continues_a_code(scanned, at)
    if scanned.is_joined(at) or piece.folded in _UNITS:
        return False
    if piece.folded in _NEVER_COUNTED or counted == 0:
        return True
    readings = parses(piece.text)[:4]
    if readings and str(readings[0].tag).startswith(("PREP", "CONJ", "PRCL")):
        return True
    return not any(_is_counted(reading.tag, counted) for reading in readings)


def _continues_a_code(scanned: Scanned, at: int) -> bool:
    """«1.5», «4/100», «2-х»: the sign ties the number to what stands behind; «10-12» are two hours."""
    behind = scanned.piece(at + 1)
    if behind is None or not (scanned.is_joined(at) and scanned.is_joined(at + 1)) or behind.text == ".":
        return False
    is_two_hours = scanned.word(at) in {"-", "–", "—"} and behind.kind is Kind.NUMBER and len(behind.text) <= 2
    return scanned.word(at) in {".", "/", "-", "–", ",", "_", ":"} and not is_two_hours


def _is_counted(tag: object, counted: int) -> bool:
    """A noun in the case that a number asks for; for one in any case."""
    letters = str(tag)
    if not letters.startswith(("NOUN", "ADJF", "NUMR")):
        return False
    return counted == 1 or "gent" in letters or "loct" in letters


_HOUR_UNITS = words_of("clock_hours.hour_units")


_PARTS_BEHIND = {
    **dict.fromkeys(["утра", "утром", "утречком", "поутру"], "morning"),
    **dict.fromkeys(["дня", "днем", "пополудни"], "day"),
    **dict.fromkeys(["вечера", "вечером", "вечерком"], "evening"),
    **dict.fromkeys(["ночи", "ночью"], "night"),
}


_YEARS_FROM = 1900


_UNIT_SIGNS = frozenset("%₽$€№")


_UNITS = words_of("clock_hours.units")


_NEVER_COUNTED = words_of("clock_hours.never_counted")
