"""The days that a text names: «завтра», «в следующий вторник», «28-го», «28.11», «на выходных», «с понедельника по среду»."""

from __future__ import annotations

import calendar
import enum
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date, timedelta

from valera.russian.numbers import read_number, read_ordinal
from valera.russian.quantities import Scanned
from valera.russian.time_words import day_offset_of, month_of, weekday_of
from valera.russian.tokens import Kind

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
LONG_PASSED = timedelta(days=60)


class How(enum.Enum):
    """How days were named."""

    DATE = "date"
    WEEKDAY = "weekday"
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


def read_days(scanned: Scanned, at: int, today: date) -> Days | None:
    """The days that are named from this token on, prepositions included."""
    bound = scanned.word(at) if scanned.word(at) in _BOUNDS and not _relative(scanned, at, today) else ""
    core = _read_core(scanned, at + bool(bound), today)
    if core is None:
        return None
    core = replace(core, at=at)
    if core.how is How.NOWHERE:
        return core
    if bound in {"с", "со", "от", "между"}:
        return _from(scanned, core, today)
    if bound == "после":
        return replace(core, first=core.last + DAY, last=core.last + WEEK, how=How.STRETCH)
    if bound == "до":
        last = max(today, core.last if core.how is How.STRETCH else core.first - DAY)
        return replace(core, first=today, last=last, how=How.STRETCH)
    return core


def _from(scanned: Scanned, core: Days, today: date) -> Days:
    """«с понедельника по среду», «с завтра на пятницу», «с понедельника»."""
    link = scanned.word(core.after)
    if not core.is_one:
        return core
    other = _read_core(scanned, core.after + 1, today) if link in {"по", "до", "на", "и", "-", "–", "—"} else None
    if other is None:
        return replace(core, last=core.first + WEEK - DAY, how=How.STRETCH)
    if link == "на":
        return replace(other, at=core.at)
    first, last = core.first, other.last
    while last < first and last + WEEK <= first + WEEK and other.how is How.WEEKDAY:
        last += WEEK
    return Days(min(first, last), last, How.STRETCH, core.at, other.after)


def _read_core(scanned: Scanned, at: int, today: date) -> Days | None:
    readers = (_digits_date, _month_date, _day_of_month, _day_range, _relative, _weekday, _stretch)
    return next((found for reader in readers if (found := reader(scanned, at, today))), None)


def _relative(scanned: Scanned, at: int, today: date) -> Days | None:
    word = scanned.word(at)
    if word == "после" and day_offset_of(scanned.word(at + 1)) in {1, 2}:
        ahead = (day_offset_of(scanned.word(at + 1)) or 0) + 1
        return _one(today + DAY * ahead, How.RELATIVE, at, at + 2)
    offset = day_offset_of(word)
    if offset is None:
        return None
    after = at + 1 + (scanned.word(at + 1) in {"день", "дня", "дню"})
    return _one(today + DAY * offset, How.RELATIVE, at, after)


def _weekday(scanned: Scanned, at: int, today: date) -> Days | None:
    which, start = "", at
    if scanned.word(at) in _WHICH:
        which, start = _WHICH[scanned.word(at)], at + 1
        start += scanned.word(start) == "."
    weekday = weekday_of(scanned.word(start))
    if weekday is None:
        return None
    after = start + 1
    if len(scanned.word(start)) <= 3 and scanned.word(after) == "." and not scanned.word(after + 1).isdigit():  # noqa: PLR2004
        after += 1
    monday = today - DAY * today.weekday()
    if which == "next":
        day = monday + WEEK + DAY * weekday
    elif which == "last":
        day = monday - WEEK + DAY * weekday
    else:
        ahead = (weekday - today.weekday()) % 7
        day = today + DAY * (ahead if which == "this" else ahead or 7)
    return _one(day, How.WEEKDAY, at, after)


def _digits_date(scanned: Scanned, at: int, today: date) -> Days | None:
    """«28.11», «28.11.2026», «28/11», «2026-11-28»."""
    pieces = [scanned.piece(at + step) for step in range(5)]
    if not pieces[0] or pieces[0].kind is not Kind.NUMBER or not pieces[1] or pieces[1].text not in {".", "/", "-"} or not pieces[2]:
        return None
    sign = pieces[1].text
    if pieces[2].kind is not Kind.NUMBER or not (scanned.is_joined(at + 1) and scanned.is_joined(at + 2)) or _is_clock(scanned, at):
        return None
    has_third = bool(pieces[3] and pieces[3].text == sign and pieces[4] and pieces[4].kind is Kind.NUMBER and scanned.is_joined(at + 4))
    numbers = [piece.text for piece in (pieces[0], pieces[2], pieces[4] if has_third else None) if piece]
    if any(len(number) > 4 for number in numbers) or (sign == "-" and not has_third):  # noqa: PLR2004
        return None
    if has_third and len(numbers[0]) == 4:  # noqa: PLR2004
        return _date(int(numbers[2]), int(numbers[1]), int(numbers[0]), at, at + 5, today)
    if len(numbers[0]) > 2 or len(numbers[1]) > 2 or not 1 <= int(numbers[1]) <= 12 or not 1 <= int(numbers[0]) <= 31:  # noqa: PLR2004
        return None
    year = _year(numbers[2]) if has_third else None
    return _date(int(numbers[0]), int(numbers[1]), year, at, at + (5 if has_third else 3), today)


def _is_clock(scanned: Scanned, at: int) -> bool:
    """«в 10.30», «с 9.00», «12.10 утра»: a full stop between hours and minutes."""
    sign, minutes = scanned.word(at + 1), scanned.word(at + 2)
    if sign != "." or len(minutes) != 2 or scanned.word(at + 3) == "." and scanned.word(at + 4).isdigit() and scanned.is_joined(at + 4):  # noqa: PLR2004
        return False
    hour = scanned.word(at)
    return scanned.word(at - 1) in {"в", "во", "к", "ко"} and int(hour) < 24 and int(minutes) % 5 == 0 and int(minutes) < 60  # noqa: PLR2004


def _month_date(scanned: Scanned, at: int, today: date) -> Days | None:
    """«28 ноября», «двадцать восьмого ноября 2026 года», «28-го ноября»."""
    day, after = _day_number(scanned, at)
    if day is None:
        return None
    month = month_of(scanned.word(after))
    if month is None:
        return None
    after += 1
    after += scanned.word(after) == "." and scanned.word(after - 1) in {"янв", "фев", "мар", "апр", "авг", "сен", "сент", "окт", "ноя", "нояб", "дек"}
    year = None
    if len(scanned.word(after)) == 4 and scanned.word(after).isdecimal():  # noqa: PLR2004
        year, after = int(scanned.word(after)), after + 1
        after += scanned.word(after) in {"г", "года", "год"}
    return _date(day, month, year, at, after, today)


def _day_of_month(scanned: Scanned, at: int, today: date) -> Days | None:
    """«28-го», «28 числа», «двадцать восьмого», «число 28»."""
    day, after = _day_number(scanned, at)
    if day is None or not 1 <= day <= 31:  # noqa: PLR2004
        return None
    is_number_of_month = scanned.word(after) in {"числа", "число", "числу"}
    is_ordinal = scanned.word(at).isdigit() and after > at + 1
    is_spoken = not scanned.word(at).isdigit() and _is_genitive_ordinal(scanned.word(after - 1)) and _ends_here(scanned, after)
    if not (is_number_of_month or is_ordinal or is_spoken):
        return None
    after += is_number_of_month
    for ahead in range(13):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        if year <= MAXYEAR and day <= calendar.monthrange(year, month + 1)[1] and (found := date(year, month + 1, day)) >= today:
            return _one(found, How.DATE, at, after)
    return None


def _day_range(scanned: Scanned, at: int, today: date) -> Days | None:
    """«24-28 ноября», «24 по 28 ноября»."""
    link = scanned.word(at + 1)
    if not scanned.word(at).isdecimal() or link not in {"-", "–", "—", "по", "до"} or len(scanned.word(at)) > 2:  # noqa: PLR2004
        return None
    last = _month_date(scanned, at + 2, today) or _day_of_month(scanned, at + 2, today)
    if last is None or last.how is How.NOWHERE or not 1 <= int(scanned.word(at)) <= last.first.day:
        return None
    return Days(last.first.replace(day=int(scanned.word(at))), last.last, How.STRETCH, at, last.after)


def _day_number(scanned: Scanned, at: int) -> tuple[int | None, int]:
    """A day of the month and the index behind it: «28», «28-го», «28го», «двадцать восьмого»."""
    piece = scanned.piece(at)
    if piece is None or piece.kind is Kind.SIGN:
        return None, at
    if piece.kind is Kind.NUMBER:
        if len(piece.text) > 2:  # noqa: PLR2004
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


def _stretch(scanned: Scanned, at: int, today: date) -> Days | None:
    """Weeks, weekends and months: «на следующей неделе», «на выходных», «в конце месяца», «в декабре», «на днях»."""
    word = scanned.word(at)
    monday = today - DAY * today.weekday()
    if word in _EDGES:
        whole = _stretch(scanned, at + 1, today)
        if whole is None or whole.is_one:
            return None
        return _edge(whole, _EDGES[word], today)
    which, start = (_WHICH[word], at + 1) if word in _WHICH else ("", at)
    noun = scanned.word(start)
    ahead = {"next": 1, "last": -1}.get(which, 0)
    if noun in _WEEK_WORDS:
        first = today if not which else monday + WEEK * ahead
        last = today + WEEK - DAY if not which and word not in _WHICH else monday + WEEK * ahead + DAY * 6
        return Days(first, last, How.STRETCH, at, start + 1)
    if noun in _WEEKEND_WORDS and (which or scanned.word(at - 1) in {"на", "в", "к", "до", "после", "по"} or noun != "выходной"):
        saturday = monday + DAY * 5 + WEEK * (ahead or (today.weekday() == 6 and which != "this"))  # noqa: PLR2004 - on Sunday the next one is meant
        return Days(saturday, saturday + DAY, How.STRETCH, at, start + 1)
    if noun in _WORKDAY_WORDS:
        skipped = 1 if today.weekday() >= 5 or which == "next" else 0  # noqa: PLR2004
        first = monday + WEEK * skipped
        return Days(max(first, today), first + DAY * 4, How.STRETCH, at, start + 1)
    if noun in {"дни", "днях", "дней"} and (which == "this" or scanned.word(at - 1) == "на"):
        return Days(today, today + DAY * 3, How.STRETCH, at, start + 1)
    if noun in {"месяц", "месяце", "месяца"} and (which or scanned.word(at - 1) in _EDGES):
        return _month(today.year * 12 + today.month - 1 + ahead, at, start + 1)
    return _named_month(scanned, at, today)


def _named_month(scanned: Scanned, at: int, today: date) -> Days | None:
    month = month_of(scanned.word(at))
    if month is None or scanned.word(at) in {"мае", "мая"} and scanned.word(at - 1) not in {"в", *_EDGES}:
        return None
    if scanned.word(at - 1) not in {"в", "на", "до", "после", *_EDGES}:
        return None
    return _month((today.year + (month < today.month)) * 12 + month - 1, at, at + 1)


def _month(months: int, at: int, after: int) -> Days | None:
    year, month = divmod(months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return None
    return Days(date(year, month + 1, 1), date(year, month + 1, calendar.monthrange(year, month + 1)[1]), How.STRETCH, at, after)


def _edge(whole: Days, edge: str, today: date) -> Days:
    """The beginning, the middle or the end: a third of it, two days at least."""
    third = max(2, ((whole.last - whole.first).days + 1) // 3)
    if edge == "begin":
        first, last = whole.first, whole.first + DAY * (third - 1)
    elif edge == "end":
        first, last = whole.last - DAY * third, whole.last
    else:
        first, last = whole.first + DAY * third, whole.last - DAY * third
    return Days(first if last < today else max(first, today), last, How.STRETCH, whole.at - 1, whole.after)


def _date(day: int, month: int, year: int | None, at: int, after: int, today: date) -> Days:
    """Without a year the next such day, unless it has just passed: then that one, for the reader to say so."""
    if not (1 <= month <= 12 and MINYEAR <= (year or today.year) <= MAXYEAR):  # noqa: PLR2004
        return Days(today, today, How.NOWHERE, at, after)
    years = (year,) if year else range(today.year, min(today.year + 5, MAXYEAR + 1))
    possible = [date(one, month, day) for one in years if 1 <= day <= calendar.monthrange(one, month)[1]]
    if not possible:
        return Days(today, today, How.NOWHERE, at, after)
    found = possible[0]
    if year is None and found < today - LONG_PASSED:
        found = next((one for one in possible if one >= today), found)
    return _one(found, How.DATE, at, after)


def _year(digits: str) -> int:
    return int(digits) + 2000 if len(digits) <= 2 else int(digits)  # noqa: PLR2004


def _one(day: date, how: How, at: int, after: int) -> Days:
    return Days(day, day, how, at, after)


def _is_genitive_ordinal(word: str) -> bool:
    return word.endswith(("ого", "его"))


def _ends_here(scanned: Scanned, at: int) -> bool:
    """Nothing follows that the ordinal could belong to: «пятого в десять», but not «второго класса»."""
    piece = scanned.piece(at)
    return piece is None or piece.kind is Kind.SIGN or piece.folded in _AFTER_A_DAY


_BOUNDS = frozenset({"с", "со", "до", "после", "от", "между"})
_ORDINAL_TAILS = frozenset({"го", "ого", "е", "ое", "му", "ому", "ого"})
_AFTER_A_DAY = frozenset(
    "в во к ко на с со до после около примерно часов часиков утром днем вечером можно если и или или-то а но не подойдет было удобно запишите".split()
)
_WHICH_FORMS = {
    "next": "следующий следующая следующее следующую следующей следующие следующих следующем следующего след будущий будущую будущей будущем другой",
    "this": "этот эта это эту этой этих эти этом этого ближайший ближайшая ближайшее ближайшую ближайшей ближайшие ближайших ближайшем ближайшего текущей",
    "last": "прошлый прошлая прошлое прошлую прошлой прошлые прошлых прошлом прошлого минувшую минувший",
}
_WHICH = {form: which for which, forms in _WHICH_FORMS.items() for form in forms.split()}
_EDGES = {
    **dict.fromkeys("начало начале началу начала".split(), "begin"),
    **dict.fromkeys("середина середине середину середины".split(), "middle"),
    **dict.fromkeys("конец конце концу конца".split(), "end"),
}
_WEEK_WORDS = frozenset("неделя недели неделе неделю неделей недельке".split())
_WEEKEND_WORDS = frozenset("выходные выходных выходным выходной выходными уикенд уикэнд викенд".split())
_WORKDAY_WORDS = frozenset("будни будням буднях будних будний будничный".split())
