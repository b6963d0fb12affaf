"""Stretches of days: «на следующей неделе», «на выходных», «в конце месяца», «в декабре», «в ближайшие два дня»."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, date

from valera.russian.quantities import Scanned, read_quantity
from valera.russian.time.days.calendar_dates import DAY, WEEK, Days, How
from valera.russian.time.time_words import month_of
from valera.russian.vocabulary import words_of


def read_stretch(scanned: Scanned, at: int, today: date) -> Days | None:  # noqa: PLR0911 - one answer for each kind of stretch
    """Weeks, weekends and months: «на следующей неделе», «на выходных», «в конце месяца», «в декабре», «на днях»."""
    word = scanned.word(at)
    monday = today - DAY * today.weekday()
    if word in EDGES:
        return _edge_of(scanned, at, today)
    if counted := _counted(scanned, at, today):
        return counted
    which, start = (WHICH[word], at + 1) if word in WHICH else ("", at)
    if word in _THAT and scanned.word(at + 1) in _WEEK_WORDS:
        which, start = "next", at + 1
    noun = scanned.word(start)
    ahead = {"next": 1, "last": -1}.get(which, 0)
    if noun in _WEEK_WORDS:
        first = today if which in {"", "near"} else monday + WEEK * ahead
        last = today + WEEK - DAY if which in {"", "near"} else monday + WEEK * ahead + DAY * 6
        return Days(first, last, How.STRETCH, at, start + 1)
    if noun in _WEEKEND_WORDS and (which or scanned.word(at - 1) in _BEFORE_WEEKEND or noun != "выходной"):
        saturday = monday + DAY * 5 + WEEK * (ahead or (today.weekday() == 6 and which != "this"))
        return None if scanned.word(at - 1) in _OWN else Days(saturday, saturday + DAY, How.WEEKDAYS, at, start + 1)
    if noun in _WORKDAY_WORDS:
        first = monday + WEEK * (1 if today.weekday() >= 5 or which == "next" else 0)
        return Days(first, first + DAY * 4, How.WEEKDAYS, at, start + 1 + (scanned.word(start + 1) in _DAY_WORDS))
    if noun in _DAY_WORDS and (which in {"this", "near"} or scanned.word(at - 1) == "на"):
        return Days(today, today + DAY * 3, How.STRETCH, at, start + 1)
    if noun in _MONTH_WORDS and (which or scanned.word(at - 1) in EDGES):
        return _month(today.year * 12 + today.month - 1 + ahead, at, start + 1)
    if noun in _YEAR_WORDS and which == "next":
        return _month((today.year + 1) * 12, at, start + 1)
    return _named_month(scanned, at, today)


def _edge_of(scanned: Scanned, at: int, today: date) -> Days | None:
    """«в начале недели», said on a Wednesday, is of the next one."""
    whole = _this_week(scanned, at + 1, today) or read_stretch(scanned, at + 1, today)
    if whole is None or whole.is_one:
        return None
    found = _edge(whole, EDGES[scanned.word(at)], today)
    if found.last >= today or scanned.word(at + 1) not in _WEEK_WORDS | _MONTH_WORDS:
        return found
    later = _this_week(scanned, at + 1, whole.last + DAY) or read_stretch(scanned, at + 1, whole.last + DAY)
    return _edge(later, EDGES[scanned.word(at)], today) if later else found


def _counted(scanned: Scanned, at: int, today: date) -> Days | None:
    """«в ближайшие два дня», «в течение трёх дней», «в следующие две недели»."""
    if WHICH.get(scanned.word(at)) not in {"near", "next"} and scanned.word(at) not in _WITHIN:
        return None
    quantity = read_quantity(scanned, at + 1)
    if quantity is None:
        return None
    unit = scanned.word(quantity.after)
    days = int(min(quantity.value, 1000)) * (7 if unit in _WEEK_WORDS | {"недель"} else 1 if unit in _DAY_WORDS | {"дня"} else 0)
    return Days(today, today + DAY * (days - 1), How.STRETCH, at, quantity.after + 1) if days > 0 else None


def _this_week(scanned: Scanned, at: int, today: date) -> Days | None:
    """The week behind «в конце»: the current one, from Saturday on the next."""
    if scanned.word(at) not in _WEEK_WORDS:
        return None
    monday = today - DAY * today.weekday() + (WEEK if today.weekday() >= 5 else DAY * 0)
    return Days(monday, monday + DAY * 6, How.STRETCH, at, at + 1)


def _named_month(scanned: Scanned, at: int, today: date) -> Days | None:
    month = month_of(scanned.word(at))
    if month is None or (scanned.word(at) in {"мае", "мая"} and scanned.word(at - 1) not in {"в", *EDGES}):
        return None
    if scanned.word(at - 1) not in {"в", "на", "до", "после", *EDGES}:
        return None
    return _month((today.year + (month < today.month)) * 12 + month - 1, at, at + 1)


def _month(months: int, at: int, after: int) -> Days | None:
    year, month = divmod(months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return None
    return Days(date(year, month + 1, 1), date(year, month + 1, calendar.monthrange(year, month + 1)[1]), How.STRETCH, at, after)


def _edge(whole: Days, edge: str, today: date) -> Days:
    """The beginning, the middle or the end: a third of it, two days at least; the middle of a week is Tuesday to Thursday."""
    third = max(2, ((whole.last - whole.first).days + 1) // 3)
    if edge == "middle" and whole.last - whole.first < WEEK:
        return replace(whole, first=max(whole.first + DAY, today), last=whole.first + DAY * 3, at=whole.at - 1)
    if edge == "begin":
        first, last = whole.first, whole.first + DAY * (third - 1)
    elif edge == "end":
        first, last = whole.last - DAY * third, whole.last
    else:
        first, last = whole.first + DAY * third, whole.last - DAY * third
    return Days(first if last < today else max(first, today), last, How.STRETCH, whole.at - 1, whole.after)


_WHICH_FORMS = {
    "next": "следующий следующая следующее следующую следующей следующие следующих следующем следующего "
    "след будущий будущую будущей будущем другой",
    "this": "этот эта это эту этой этих эти этом этого текущей",
    "near": "ближайший ближайшая ближайшее ближайшую ближайшей ближайшие ближайших ближайшем ближайшего",
    "last": "прошлый прошлая прошлое прошлую прошлой прошлые прошлых прошлом прошлого минувшую минувший",
}
WHICH = {form: which for which, forms in _WHICH_FORMS.items() for form in forms.split()}
EDGES = {
    **dict.fromkeys(["начало", "начале", "началу", "начала"], "begin"),
    **dict.fromkeys(["середина", "середине", "середину", "середины"], "middle"),
    **dict.fromkeys(["конец", "конце", "концу", "конца"], "end"),
}
_WEEK_WORDS = frozenset(["неделя", "недели", "неделе", "неделю", "неделей", "недельке"])
_WEEKEND_WORDS = words_of("calendar_days.weekend_words")
_WORKDAY_WORDS = frozenset(["будни", "будням", "буднях", "будних", "будний", "будничный"])
_DAY_WORDS = frozenset(["день", "дни", "днях", "дней", "дням"])
_MONTH_WORDS = frozenset(["месяц", "месяце", "месяца"])
_YEAR_WORDS = frozenset(["год", "году", "года"])
_THAT = frozenset(["той", "ту", "та"])
_WITHIN = frozenset(["течение", "течении"])
_OWN = frozenset(["меня", "нас", "вас", "мой", "мои", "ваши"])
_BEFORE_WEEKEND = frozenset(["на", "в", "к", "до", "после", "по"])
