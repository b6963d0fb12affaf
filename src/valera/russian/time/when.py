"""Everyday Russian time: what «в субботу после обеда» means at a given moment in a given zone.

No clock inside: `now` and `zone` are arguments. What is written back to people stands in `moments.py` and is offered here too.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from valera.russian.quantities import Scanned
from valera.russian.time.days.calendar_dates import DAY, Days, How
from valera.russian.time.exclusions import leave_out
from valera.russian.time.hours.clock_hours import Hour
from valera.russian.time.hours.clock_times import Clock, Relation
from valera.russian.time.hours.day_parts import Part
from valera.russian.time.moments import (
    Mention,
    find_clock_times,
    find_dates,
    find_moments,
    format_day,
    format_moment,
    format_moment_short,
    format_range,
)
from valera.russian.time.said import Said
from valera.russian.time.shifts import Shift, read_shift
from valera.russian.time.time_clues import Distance, read_clues
from valera.russian.time.wish import Edge, Question, Unclear, Wish

__all__ = [
    "Edge",
    "Mention",
    "Question",
    "Shift",
    "Unclear",
    "Wish",
    "find_clock_times",
    "find_dates",
    "find_moments",
    "find_shift",
    "format_day",
    "format_moment",
    "format_moment_short",
    "format_range",
    "read_wish",
]

LONGEST_TEXT = 2000
FARTHEST = timedelta(days=400)
SOON = timedelta(days=7)
MINUTE = timedelta(minutes=1)
HALF_DAY = 12 * 60
LATEST_SHOP_HOUR = 21 * 60
WHOLE_DAY = (0, 24 * 60)
_LIGHT = frozenset({",", "в", "во", "на"})


def read_wish(text: str, *, now: datetime, zone: ZoneInfo, base: datetime | None = None) -> Wish | Unclear | None:
    """The wished time, the last one when the client corrects himself; None when the text names no time.

    `base` is the time being talked about, such as that of a booking: with it «на час позже» and «в то же время» are times too.
    """
    local = now.astimezone(zone)
    scanned = Scanned.of(text[:LONGEST_TEXT])
    said = Said(light=frozenset(at for at in range(len(scanned.pieces)) if scanned.word(at) in _LIGHT))
    for clue in read_clues(scanned, local.date(), is_relative=base is not None):
        said = said.with_clue(clue)
    if said.options:
        return Unclear(Question.WHICH_DAY, tuple(map(format_day, said.options)))
    if said.other_times:
        return Unclear(Question.WHICH_TIME, _name_times(said))
    frame = _Frame(local, zone)
    if said.shift and base and said.clock is None:
        return _shifted(said, said.shift, base.astimezone(zone), frame)
    answer = _answer(said, frame)
    return leave_out(answer, said.refused, zone) if isinstance(answer, Wish) else answer


def find_shift(text: str) -> Shift | None:
    """The last «на час позже» or «в то же время» of the text, for whoever knows what it refers to."""
    scanned = Scanned.of(text[:LONGEST_TEXT])
    found = [shift for at in range(len(scanned.pieces)) if (shift := read_shift(scanned, at, is_bare_allowed=True))]
    measured = [shift for shift in found if shift.time or shift.days or shift.is_same_hour]
    return (measured or found or [None])[-1]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Now, in the shop's zone."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def minutes(self) -> int:
        return self.now.hour * 60 + self.now.minute

    def moment(self, day: date, minutes: int) -> datetime:
        """A wall-clock moment; one that the change to summer time leaves out moves on by that hour."""
        days, rest = divmod(minutes, 24 * 60)
        wall = datetime.combine(day + DAY * days, time(rest // 60, rest % 60), self.zone)
        return wall.astimezone(UTC).astimezone(self.zone)


def _answer(said: Said, frame: _Frame) -> Wish | Unclear | None:  # noqa: PLR0911 - one answer for each thing that was named
    if said.distance and said.days is None:
        return _at_distance(said, said.distance, frame)
    days = said.days
    if said.distance and days:
        days = _weekday_at_distance(days, said.distance, frame)
    if days is None:
        if said.clock or said.part:
            return _on_any_day(said, frame) if said.soonest and said.soonest.is_any_day else _next_such(said, frame)
        is_open = said.soonest or said.edge or any(refused.is_asked for refused in said.refused)
        return replace(_soonest(frame), edge=said.edge.edge if said.edge else None) if is_open else None
    if days.how is How.NOWHERE:
        return Unclear(Question.NO_SUCH_DAY)
    if days.last < frame.today:
        return Unclear(Question.DAY_PASSED, (format_day(days.first),)) if days.how is not How.RELATIVE else None
    if days.first > frame.today + FARTHEST:
        return Unclear(Question.TOO_FAR)
    return _on_days(replace(days, first=max(days.first, frame.today)), said, frame)


def _shifted(said: Said, shift: Shift, base: datetime, frame: _Frame) -> Wish | Unclear | None:
    """Told by the time spoken of. A day that is named beside it replaces that time's own."""
    if said.days and shift.direction and not shift.time and not shift.days:
        return _answer(said, frame)  # «в пятницу попозже»
    day = said.days.first if said.days and said.days.is_one else base.date() + DAY * shift.days
    start = frame.moment(day, base.hour * 60 + base.minute)
    if shift.time or shift.days or shift.is_same_hour:
        start = (start.astimezone(UTC) + shift.time).astimezone(frame.zone)
        if start <= frame.now:
            return _passed(start.date(), start.hour * 60 + start.minute, frame, is_exact=True)
        return replace(_wish(start, start + MINUTE), exact=True)
    later, earlier = _wish(start + MINUTE, frame.moment(day, 24 * 60)), _wish(max(frame.moment(day, 0), frame.now), start)
    return later if shift.direction > 0 else earlier


def _at_distance(said: Said, distance: Distance, frame: _Frame) -> Wish | Unclear | None:
    if distance.time > FARTHEST or distance.days > FARTHEST.days or distance.months > FARTHEST.days // 30:
        return Unclear(Question.TOO_FAR)
    if distance.is_vague:
        return Unclear(Question.WHICH_DAY, (format_day(frame.today + DAY), format_day(frame.today + DAY * 2)))
    if distance.time:
        start = (frame.now.astimezone(UTC) + distance.time).astimezone(frame.zone).replace(second=0, microsecond=0)
        return _wish(start, start + timedelta(hours=1))
    day = _months_later(frame.today, distance.months) + DAY * distance.days
    return _on_days(Days(day, day, How.RELATIVE, distance.at, distance.after), said, frame)


def _weekday_at_distance(weekday: Days, distance: Distance, frame: _Frame) -> Days:
    """«в понедельник через неделю»: the named weekday of that later week."""
    target = _months_later(frame.today, min(distance.months, 120)) + DAY * min(distance.days, 4000)
    ahead = (weekday.first.weekday() - target.weekday()) % 7
    day = target + DAY * ahead
    return replace(weekday, first=day, last=day)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _soonest(frame: _Frame) -> Wish:
    return replace(_wish(frame.now, frame.now + SOON), soonest=True)


def _on_any_day(said: Said, frame: _Frame) -> Wish | Unclear:
    """«в любой день после шести»."""
    return _on_days(Days(frame.today, frame.today + SOON - DAY, How.STRETCH, 0, 0), said, frame)


def _next_such(said: Said, frame: _Frame) -> Wish | Unclear:
    """Hours without a day: today while they lie ahead, else tomorrow."""
    first, last = _bounds(said, frame, is_today=False)
    is_ahead = first >= frame.minutes if _is_exact(said) else last > frame.minutes
    day = frame.today if is_ahead else frame.today + DAY
    return _on_days(Days(day, day, How.RELATIVE, 0, 0), said, frame)


def _on_days(days: Days, said: Said, frame: _Frame) -> Wish | Unclear:
    is_today = days.first == frame.today
    first, last = _bounds(said, frame, is_today=is_today and days.is_one)
    if not days.is_one:
        return _over_days(days, said, (first, last), frame)
    if is_today and (first < frame.minutes if _is_exact(said) else last <= frame.minutes):
        return _passed(days.first, first, frame, is_exact=_is_exact(said))
    start = frame.moment(days.first, first)
    if _is_exact(said):
        about = said.clock is not None and said.clock.is_about
        return replace(_wish(start, start + MINUTE), exact=True, about=about)
    return _as_said(_wish(max(start, frame.now), frame.moment(days.first, last)), said)


def _over_days(days: Days, said: Said, bounds: tuple[int, int], frame: _Frame) -> Wish:
    first, last = bounds
    is_today = days.first == frame.today
    if is_today and last <= frame.minutes:
        days, is_today = replace(days, first=days.first + DAY), False
    if _is_exact(said):
        last = first + 60
    start = frame.moment(days.first, first)
    hours = (_wall(first), _wall(last)) if bounds != WHOLE_DAY and last <= 24 * 60 else None
    wish = _wish(max(start, frame.now) if is_today else start, frame.moment(days.last, last))
    return replace(_as_said(wish, said), hours=hours)


def _as_said(wish: Wish, said: Said) -> Wish:
    return replace(wish, soonest=said.soonest is not None, edge=said.edge.edge if said.edge else None)


def _passed(day: date, minutes: int, frame: _Frame, *, is_exact: bool) -> Unclear:
    """Today, but too late: the same hour in the evening and tomorrow are what may have been meant."""
    options = [frame.moment(day + DAY, minutes)]
    if is_exact and minutes + HALF_DAY > frame.minutes and minutes + HALF_DAY <= LATEST_SHOP_HOUR:
        options.insert(0, frame.moment(day, minutes + HALF_DAY))
    write = format_moment if is_exact else _format_day_of
    return Unclear(Question.TIME_PASSED, tuple(write(option, frame.zone) for option in options))


def _name_times(said: Said) -> tuple[str, ...]:
    """The times between which the client leaves the choice."""
    first = said.clock or said.part
    return tuple(_name_time(time) for time in (first, *said.other_times) if time)


def _name_time(named: Clock | Part) -> str:
    if isinstance(named, Part):
        return f"{_wall(named.first):%H:%M}–{_wall(named.last):%H:%M}"
    start = f"{_wall(named.start.minutes()):%H:%M}"
    end = f"{_wall(named.end.minutes()):%H:%M}" if named.end else ""
    prefix = {Relation.AFTER: "после ", Relation.BEFORE: "до "}.get(named.relation, "")
    return f"{start}–{end}" if end else f"{prefix}{start}"


def _format_day_of(moment: datetime, zone: ZoneInfo) -> str:
    return format_day(moment.astimezone(zone).date())


def _is_exact(said: Said) -> bool:
    return said.clock is not None and said.clock.relation is Relation.AT


def _bounds(said: Said, frame: _Frame, *, is_today: bool) -> tuple[int, int]:
    """First and last acceptable minute of the day."""
    clock, part = said.clock, said.part
    if clock is None:
        return (part.first, part.last) if part else WHOLE_DAY
    name = part.name if part else None
    at = clock.start.minutes(name)
    match clock.relation:
        case Relation.AT:
            return at, at + 1
        case Relation.AFTER:
            at = _later_reading(clock.start, at, frame) if is_today else at
            return at, max(part.last if part else 0, 24 * 60)
        case Relation.BEFORE:
            at = _later_reading(clock.start, at, frame) if is_today else at
            first = part.first if part and part.first < at else 0
            return first, at or 24 * 60
        case Relation.BETWEEN:
            return _between(clock, name, at)


def _later_reading(hour: Hour, minutes: int, frame: _Frame) -> int:
    """«сегодня до 8», said at two in the afternoon, is eight in the evening."""
    is_evening = hour.is_ambiguous and minutes <= frame.minutes < minutes + HALF_DAY <= LATEST_SHOP_HOUR
    return minutes + HALF_DAY if is_evening else minutes


def _between(clock: Clock, part: str | None, first: int) -> tuple[int, int]:
    end = clock.end or clock.start
    if clock.start.part is None and end.part and clock.start.is_ambiguous:
        first = clock.start.minutes(end.part)
    last = end.minutes(part)
    if last <= first and end.is_ambiguous:
        last += HALF_DAY
    if last <= first and first >= HALF_DAY and clock.start.is_ambiguous:
        first -= HALF_DAY
    return (first, last) if last > first else (first, max(first + 1, 24 * 60))


def _wall(minutes: int) -> time:
    return time.max if minutes >= 24 * 60 else time(minutes // 60, minutes % 60)


def _wish(start: datetime, end: datetime) -> Wish:
    """Compared in UTC: two wall clocks of one zone would hide a change to winter time."""
    if end.astimezone(UTC) <= start.astimezone(UTC):
        end = (start.astimezone(UTC) + MINUTE).astimezone(start.tzinfo)
    return Wish(start, end, exact=False)
