"""The days that a text names: «завтра», «в следующий вторник», «28-го», «28.11», «на выходных», «с понедельника по среду»."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, date

from valera.russian.quantities import Scanned
from valera.russian.time.calendar_dates import DAY, WEEK, Days, How, day_of_month, day_range, digits_date, month_date, one
from valera.russian.time.time_words import day_offset_of, month_of, weekday_of
from valera.russian.vocabulary import words_of


def read_days(scanned: Scanned, at: int, today: date) -> Days | None:  # noqa: PLR0911 - one answer for each preposition
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
    if bound == "до" and core.how is How.RELATIVE:
        return None
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
    readers = (digits_date, month_date, day_of_month, day_range, _relative, _weekday, _stretch)
    return next((found for reader in readers if (found := reader(scanned, at, today))), None)


def _relative(scanned: Scanned, at: int, today: date) -> Days | None:
    word = scanned.word(at)
    if word == "после" and day_offset_of(scanned.word(at + 1)) in {1, 2}:
        ahead = (day_offset_of(scanned.word(at + 1)) or 0) + 1
        return one(today + DAY * ahead, How.RELATIVE, at, at + 2)
    offset = day_offset_of(word)
    if offset is None:
        return None
    after = at + 1 + (scanned.word(at + 1) in {"день", "дня", "дню"})
    return one(today + DAY * offset, How.RELATIVE, at, after)


def _weekday(scanned: Scanned, at: int, today: date) -> Days | None:
    which, start = "", at
    if scanned.word(at) in _WHICH:
        which, start = _WHICH[scanned.word(at)], at + 1
        start += scanned.word(start) == "."
    weekday = weekday_of(scanned.word(start))
    if weekday is None:
        return None
    after = start + 1
    if len(scanned.word(start)) <= 3 and scanned.word(after) == "." and not scanned.word(after + 1).isdigit():
        after += 1
    monday = today - DAY * today.weekday()
    if which == "next":
        day = monday + WEEK + DAY * weekday
    elif which == "last":
        day = monday - WEEK + DAY * weekday
    else:
        ahead = (weekday - today.weekday()) % 7
        day = today + DAY * (ahead if which == "this" else ahead or 7)
    return one(day, How.WEEKDAY, at, after)


def _stretch(scanned: Scanned, at: int, today: date) -> Days | None:  # noqa: PLR0911 - one answer for each kind of stretch
    """Weeks, weekends and months: «на следующей неделе», «на выходных», «в конце месяца», «в декабре», «на днях»."""
    word = scanned.word(at)
    monday = today - DAY * today.weekday()
    if word in _EDGES:
        whole = _this_week(scanned, at + 1, today) or _stretch(scanned, at + 1, today)
        if whole is None or whole.is_one:
            return None
        return _edge(whole, _EDGES[word], today)
    which, start = (_WHICH[word], at + 1) if word in _WHICH else ("", at)
    noun = scanned.word(start)
    ahead = {"next": 1, "last": -1}.get(which, 0)
    if noun in _WEEK_WORDS:
        first = today if which in {"", "near"} else monday + WEEK * ahead
        last = today + WEEK - DAY if which in {"", "near"} else monday + WEEK * ahead + DAY * 6
        return Days(first, last, How.STRETCH, at, start + 1)
    if noun in _WEEKEND_WORDS and (which or scanned.word(at - 1) in {"на", "в", "к", "до", "после", "по"} or noun != "выходной"):
        saturday = monday + DAY * 5 + WEEK * (ahead or (today.weekday() == 6 and which != "this"))
        return Days(saturday, saturday + DAY, How.STRETCH, at, start + 1)
    if noun in _WORKDAY_WORDS:
        skipped = 1 if today.weekday() >= 5 or which == "next" else 0
        first = monday + WEEK * skipped
        return Days(max(first, today), first + DAY * 4, How.STRETCH, at, start + 1)
    if noun in {"дни", "днях", "дней"} and (which in {"this", "near"} or scanned.word(at - 1) == "на"):
        return Days(today, today + DAY * 3, How.STRETCH, at, start + 1)
    if noun in {"месяц", "месяце", "месяца"} and (which or scanned.word(at - 1) in _EDGES):
        return _month(today.year * 12 + today.month - 1 + ahead, at, start + 1)
    return _named_month(scanned, at, today)


def _this_week(scanned: Scanned, at: int, today: date) -> Days | None:
    """The week behind «в конце»: the current one, from Saturday on the next."""
    if scanned.word(at) not in _WEEK_WORDS:
        return None
    monday = today - DAY * today.weekday() + (WEEK if today.weekday() >= 5 else DAY * 0)
    return Days(monday, monday + DAY * 6, How.STRETCH, at, at + 1)


def _named_month(scanned: Scanned, at: int, today: date) -> Days | None:
    month = month_of(scanned.word(at))
    if month is None or (scanned.word(at) in {"мае", "мая"} and scanned.word(at - 1) not in {"в", *_EDGES}):
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


_BOUNDS = frozenset({"с", "со", "до", "после", "от", "между"})
_WHICH_FORMS = {
    "next": "следующий следующая следующее следующую следующей следующие следующих следующем следующего "
    "след будущий будущую будущей будущем другой",
    "this": "этот эта это эту этой этих эти этом этого текущей",
    "near": "ближайший ближайшая ближайшее ближайшую ближайшей ближайшие ближайших ближайшем ближайшего",
    "last": "прошлый прошлая прошлое прошлую прошлой прошлые прошлых прошлом прошлого минувшую минувший",
}
_WHICH = {form: which for which, forms in _WHICH_FORMS.items() for form in forms.split()}
_EDGES = {
    **dict.fromkeys(["начало", "начале", "началу", "начала"], "begin"),
    **dict.fromkeys(["середина", "середине", "середину", "середины"], "middle"),
    **dict.fromkeys(["конец", "конце", "концу", "конца"], "end"),
}
_WEEK_WORDS = frozenset(["неделя", "недели", "неделе", "неделю", "неделей", "недельке"])
_WEEKEND_WORDS = words_of("calendar_days.weekend_words")
_WORKDAY_WORDS = frozenset(["будни", "будням", "буднях", "будних", "будний", "будничный"])
