"""Days named by their number: «28 ноября», «28-го», «28.11», «двадцать восьмого», «24-28 ноября»."""

from __future__ import annotations

import calendar
import enum
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date, timedelta

from valera.russian.numbers import read_number, read_ordinal
from valera.russian.quantities import Scanned
from valera.russian.time.hours.clock_hours import may_follow
from valera.russian.time.time_words import month_of
from valera.russian.tokens import Kind
from valera.russian.vocabulary import words_of

WEEK = timedelta(days=7)


DAY = timedelta(days=1)


LONG_PASSED = timedelta(days=60)


class How(enum.Enum):
    """How days were named. WEEKDAYS is «пн–ср»: a stretch that a named week may hold."""

    DATE = "date"
    WEEKDAY = "weekday"
    WEEKDAYS = "weekdays"
    RELATIVE = "relative"
    STRETCH = "stretch"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Days:
    """The days from first to last, both included, named by the tokens from `at` to `after`. NOWHERE is «31 ноября»."""

    first: date
    last: date
    how: How
    at: int
    after: int

    @property
    def is_one(self) -> bool:
        return self.first == self.last


def digits_date(scanned: Scanned, at: int, today: date) -> Days | None:  # noqa: PLR0911 - one refusal for each other meaning
    """«28.11», «28.11.2026», «28/11», «2026-11-28»."""
    pieces = [scanned.piece(at + step) for step in range(5)]
    if not pieces[0] or pieces[0].kind is not Kind.NUMBER or not pieces[1] or pieces[1].text not in {".", "/", "-"} or not pieces[2]:
        return None
    sign = pieces[1].text
    if pieces[2].kind is not Kind.NUMBER or not (scanned.is_joined(at + 1) and scanned.is_joined(at + 2)) or _is_clock(scanned, at):
        return None
    has_third = bool(pieces[3] and pieces[3].text == sign and pieces[4] and pieces[4].kind is Kind.NUMBER and scanned.is_joined(at + 4))
    numbers = [piece.text for piece in (pieces[0], pieces[2], pieces[4] if has_third else None) if piece]
    if any(len(number) > 4 for number in numbers) or (sign == "-" and not has_third):
        return None
    if has_third and len(numbers[0]) == 4:
        return _date(int(numbers[2]), int(numbers[1]), int(numbers[0]), (at, at + 5), today)
    if len(numbers[0]) > 2 or len(numbers[1]) > 2 or not 1 <= int(numbers[1]) <= 12 or not 1 <= int(numbers[0]) <= 31:
        return None
    if not has_third and _is_a_share(scanned, at):
        return None
    year = _year(numbers[2]) if has_third else None
    return _date(int(numbers[0]), int(numbers[1]), year, (at, at + (5 if has_third else 3)), today)


def _is_a_share(scanned: Scanned, at: int) -> bool:
    """«1.6», «12.5 литров», «1/2 бампера» are no days; «на 1.6» may be one."""
    day, sign, month = (scanned.word(at + step) for step in range(3))
    if len(month) == 2:
        return False
    is_asked = len(day) == 2 or scanned.word(at - 1) in {"на", "до", "с", "со", "к", "по", "после"}
    return sign == "/" or not is_asked or not may_follow(scanned, at + 3, int(month))


def _is_clock(scanned: Scanned, at: int) -> bool:
    """«в 10.30», «с 9.00», «12.10 утра»: a full stop between hours and minutes."""
    sign, minutes = scanned.word(at + 1), scanned.word(at + 2)
    if sign != "." or len(minutes) != 2 or (scanned.word(at + 3) == "." and scanned.word(at + 4).isdigit() and scanned.is_joined(at + 4)):
        return False
    hour = scanned.word(at)
    return scanned.word(at - 1) in {"в", "во", "к", "ко"} and int(hour) < 24 and int(minutes) % 5 == 0 and int(minutes) < 60


def month_date(scanned: Scanned, at: int, today: date) -> Days | None:
    """«28 ноября», «двадцать восьмого ноября 2026 года», «28-го ноября»."""
    day, after = _day_number(scanned, at)
    if day is None:
        return None
    month = month_of(scanned.word(after))
    if month is None:
        return None
    after += 1
    after += scanned.word(after) == "." and scanned.word(after - 1) in {
        "янв",
        "фев",
        "мар",
        "апр",
        "авг",
        "сен",
        "сент",
        "окт",
        "ноя",
        "нояб",
        "дек",
    }
    year = None
    if len(scanned.word(after)) == 4 and scanned.word(after).isdecimal():
        year, after = int(scanned.word(after)), after + 1
        after += scanned.word(after) in {"г", "года", "год"}
    return _date(day, month, year, (at, after), today)


def day_of_month(scanned: Scanned, at: int, today: date, *, is_said: bool = False) -> Days | None:
    """«28-го», «28 числа», «двадцать восьмого», «числа 28». `is_said`: nothing but a day can stand here."""
    if scanned.word(at) in _DAY_OF_MONTH and scanned.word(at + 1):
        found = day_of_month(scanned, at + 1, today, is_said=True)
        return replace(found, at=at) if found else None
    day, after = _day_number(scanned, at)
    if day is None or not 1 <= day <= 31:
        return None
    is_number_of_month = scanned.word(after) in _DAY_OF_MONTH
    is_ordinal = scanned.word(at).isdigit() and after > at + 1
    is_dated = scanned.word(after - 1).endswith(("ого", "его") if scanned.word(at - 1) != "на" else ("ого", "его", "ое", "ье"))
    is_spoken = not scanned.word(at).isdigit() and is_dated and _ends_here(scanned, after)
    if not (is_said or is_number_of_month or is_ordinal or is_spoken):
        return None
    after += is_number_of_month
    for ahead in range(13):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        if year <= MAXYEAR and day <= calendar.monthrange(year, month + 1)[1] and (found := date(year, month + 1, day)) >= today:
            return one(found, How.DATE, at, after)
    return None


def day_range(scanned: Scanned, at: int, today: date) -> Days | None:
    """«24-28 ноября», «24 по 28 ноября», «числа 24-28»."""
    is_of_month = scanned.word(at) in _DAY_OF_MONTH
    first_at = at + is_of_month
    link = scanned.word(first_at + 1)
    if not scanned.word(first_at).isdecimal() or link not in {"-", "–", "—", "по", "до"} or len(scanned.word(first_at)) > 2:
        return None
    last = month_date(scanned, first_at + 2, today) or day_of_month(scanned, first_at + 2, today, is_said=is_of_month)
    if last is None or last.how is How.NOWHERE or not 1 <= int(scanned.word(first_at)) <= last.first.day:
        return None
    return Days(last.first.replace(day=int(scanned.word(first_at))), last.last, How.STRETCH, at, last.after)


def _day_number(scanned: Scanned, at: int) -> tuple[int | None, int]:
    """A day of the month and the index behind it: «28», «28-го», «28го», «двадцать восьмого»."""
    piece = scanned.piece(at)
    if piece is None or piece.kind is Kind.SIGN:
        return None, at
    if piece.kind is Kind.NUMBER:
        if len(piece.text) > 2:
            return None, at
        after = at + 1
        if scanned.word(after) in {"-", "–"} and scanned.word(after + 1) in _ORDINAL_TAILS and scanned.is_joined(after + 1):
            after += 2
        elif scanned.word(after) in _ORDINAL_TAILS and scanned.is_joined(after):
            after += 1
        return int(piece.text), after
    ordinal = read_ordinal(scanned.pieces, at)
    if ordinal:
        return ordinal.value, ordinal.after
    number = read_number(scanned.pieces, at)
    return (number.value, number.after) if number and month_of(scanned.word(number.after)) else (None, at)


def _date(day: int, month: int, year: int | None, span: tuple[int, int], today: date) -> Days:
    """Without a year the next such day, unless it has just passed: then that one, for the reader to say so."""
    if not (1 <= month <= 12 and MINYEAR <= (year or today.year) <= MAXYEAR):
        return Days(today, today, How.NOWHERE, *span)
    years = (year,) if year else range(today.year, min(today.year + 5, MAXYEAR + 1))
    possible = [date(one, month, day) for one in years if 1 <= day <= calendar.monthrange(one, month)[1]]
    if not possible:
        return Days(today, today, How.NOWHERE, *span)
    found = possible[0]
    if year is None and found < today - LONG_PASSED:
        found = next((one for one in possible if one >= today), found)
    return one(found, How.DATE, *span)


def _year(digits: str) -> int:
    return int(digits) + 2000 if len(digits) <= 2 else int(digits)


def one(day: date, how: How, at: int, after: int) -> Days:
    return Days(day, day, how, at, after)


def _ends_here(scanned: Scanned, at: int) -> bool:
    """Nothing follows that the ordinal could belong to: «пятого в десять», but not «второго класса»."""
    piece = scanned.piece(at)
    return piece is None or piece.kind is Kind.SIGN or piece.folded in _AFTER_A_DAY


_DAY_OF_MONTH = frozenset({"числа", "число", "числу"})


_ORDINAL_TAILS = frozenset({"го", "ого", "е", "ое", "му", "ому"})


_AFTER_A_DAY = words_of("calendar_dates.after_a_day")
