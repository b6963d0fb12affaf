"""The days that a text names: «завтра», «в следующий вторник», «28-го», «28.11», «на выходных», «с понедельника по среду»."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from valera.russian.quantities import Scanned
from valera.russian.time.days.calendar_dates import DAY, WEEK, Days, How, day_of_month, day_range, digits_date, month_date, one
from valera.russian.time.days.holidays import read_holiday
from valera.russian.time.days.stretches import EDGES, WHICH, read_stretch
from valera.russian.time.time_words import day_offset_of, weekday_of


def read_days(scanned: Scanned, at: int, today: date) -> Days | None:  # noqa: PLR0911 - one answer for each preposition
    """The days that are named from this token on, prepositions included."""
    bound, start = _read_bound(scanned, at, today)
    core = _read_core(scanned, start, today)
    if core is None:
        return None
    is_edge = scanned.word(start) in EDGES
    core = replace(core, at=at)
    if core.how is How.NOWHERE:
        return core
    if bound in {"с", "со", "от", "между"}:
        return _from(scanned, core, today)
    if bound == "не раньше":
        return replace(core, last=core.first + WEEK - DAY, how=How.STRETCH)
    if bound == "не позже":
        return replace(core, first=min(today, core.first), how=How.STRETCH)
    if bound == "после":
        return replace(core, first=core.last + DAY, last=core.last + WEEK, how=How.STRETCH)
    if bound == "до" and core.how is How.RELATIVE:
        return None
    if bound == "до":
        last = max(today, core.last if is_edge else core.first - DAY)
        return replace(core, first=today, last=last, how=How.STRETCH)
    if bound == "перед":
        return replace(core, first=core.first - WEEK, last=core.first - DAY, how=How.STRETCH)
    return core


def _read_bound(scanned: Scanned, at: int, today: date) -> tuple[str, int]:
    """The preposition, and where the day behind it begins."""
    word, following = scanned.word(at), scanned.word(at + 1)
    if word == "не" and following in _NOT_BOUNDS:
        return _NOT_BOUNDS[following], at + 2
    if word == "перед" and read_holiday(scanned, at + 1, today):
        return word, at + 1
    if word in _BOUNDS and not _relative(scanned, at, today):
        return word, at + 1
    return "", at


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
    readers = (digits_date, month_date, day_range, day_of_month, _relative, _weekdays, _weekday, read_holiday, read_stretch)
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


def _weekdays(scanned: Scanned, at: int, today: date) -> Days | None:
    """«пн-ср», «пн – пт», «сб/вс»: the next such stretch."""
    first = _weekday(scanned, at, today)
    if first is None or scanned.word(first.after) not in {"-", "–", "—", "/"}:
        return None
    last = _weekday(scanned, first.after + 1, first.first)
    return Days(first.first, last.first, How.WEEKDAYS, at, last.after) if last else None


def _weekday(scanned: Scanned, at: int, today: date) -> Days | None:
    which, start = "", at
    if scanned.word(at) in WHICH:
        which, start = WHICH[scanned.word(at)], at + 1
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


_BOUNDS = frozenset({"с", "со", "до", "после", "от", "между"})
_NOT_BOUNDS = {**dict.fromkeys(["раньше", "ранее"], "не раньше"), **dict.fromkeys(["позже", "позднее"], "не позже")}
