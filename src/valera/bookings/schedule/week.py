"""A week as seven lines, one a day: how a form asks for it. Work past midnight is one line there and two stretches in the rows."""

from __future__ import annotations

import re
from datetime import time
from itertools import pairwise
from typing import TYPE_CHECKING

from valera.bookings.schedule.floor import read_day_hours
from valera.bookings.schedule.hours_grammar import DAY, HoursUnreadable
from valera.bookings.schedule.opening_hours import WEEK, OpeningHours, P

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST_LINE = 200
MIDNIGHT = time(0)

_NIGHT = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—−]\s*(\d{1,2})(?:[:.](\d{2}))?\s*$")
_CLOSED = re.compile(r"\s*(?:[-–—−]|вых(?:одной)?\.?|закрыто|не работаем|closed|day off)?\s*", re.IGNORECASE)


class WeekUnreadable(HoursUnreadable):
    """``fields`` maps the number of a day (Monday is 1) to its sentence."""


def read_week(lines: Sequence[str], locale: str) -> tuple[OpeningHours, ...]:
    """«9–13, 14–18», «22–6» (until the next morning), «круглосуточно»; an empty line is a closed day. Raises WeekUnreadable."""
    found: dict[int, list[OpeningHours]] = {day: [] for day in WEEK}
    wrong: dict[str, str] = {}
    for day, line in zip(WEEK, lines, strict=True):
        try:
            for opened_on, opens, closes in _read_line(day, line[:LONGEST_LINE], locale):
                found[opened_on].append(OpeningHours(opened_on, opens, closes))
        except HoursUnreadable as error:
            wrong[str(day)] = error.detail
    for day, stretches in found.items():
        spans = sorted(stretch.span for stretch in stretches)
        if any(after.start < before.end for before, after in pairwise(spans)):
            wrong.setdefault(str(day), P.say(locale, "hours.overlap", piece=lines[day - 1].strip()))
    if wrong:
        raise WeekUnreadable(next(iter(wrong.values())), fields=wrong)
    return tuple(sorted(stretch for stretches in found.values() for stretch in stretches))


def write_week(hours: Iterable[OpeningHours], closed: str = "") -> list[str]:
    """What `read_week` reads back."""
    days: dict[int, list[tuple[int, int]]] = {day: [] for day in WEEK}
    for stretch in sorted(hours):
        days[stretch.weekday].append((stretch.span.start, stretch.span.end))
    mornings = {day: _night_ends(days, day) for day in WEEK}
    lines: list[str] = []
    for day in WEEK:
        spans = days[day][1:] if mornings[day - 1 or 7] else list(days[day])
        if mornings[day]:
            spans[-1] = (spans[-1][0], mornings[day])
        lines.append(", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in spans) or closed)
    return lines


def _read_line(day: int, line: str, locale: str) -> list[tuple[int, time, time]]:
    if _CLOSED.fullmatch(line):
        return []
    night = _NIGHT.search(line)
    if night is None or not _is_night(night):
        return [(day, opens, closes) for opens, closes in read_day_hours(line, locale)]
    begin = f"{line[: night.start()]}{night[1]}:{night[2] or '00'}-24:00"
    morning = read_day_hours(f"0:00-{night[3]}:{night[4] or '00'}", locale)
    return [
        *[(day, opens, closes) for opens, closes in read_day_hours(begin, locale)],
        *[(day % 7 + 1, opens, closes) for opens, closes in morning],
    ]


def _is_night(found: re.Match[str]) -> bool:
    opens, closes = int(found[1]) * 60 + int(found[2] or 0), int(found[3]) * 60 + int(found[4] or 0)
    return 0 < closes < opens < DAY


def _night_ends(days: dict[int, list[tuple[int, int]]], day: int) -> int:
    """When the night that begins on this day is over, in minutes of the next; 0: none, or two days that just touch around the clock."""
    tonight, morning = days[day], days[day % 7 + 1]
    if not tonight or not morning or tonight[-1][1] != DAY or morning[0][0] != 0:
        return 0
    return morning[0][1] if morning[0][1] < tonight[-1][0] else 0


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
