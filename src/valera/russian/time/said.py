"""What of a wish stands after its clues and corrections: the last word on the day, the hours, the part of the day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from valera.russian.time.calendar_dates import DAY, Days, How
from valera.russian.time.clock_times import Clock, Relation
from valera.russian.time.shifts import Shift
from valera.russian.time.time_clues import Clue, Distance, Mark, Part, Sign, Soonest


@dataclass(frozen=True, slots=True)
class Said:
    """What stands after the clues so far. `since` tells after how many corrections each was said."""

    days: Days | None = None
    clock: Clock | None = None
    part: Part | None = None
    distance: Distance | None = None
    shift: Shift | None = None
    soonest: bool = False
    options: tuple[date, ...] = ()
    corrections: int = 0
    is_or: bool = False
    since: dict[str, int] = field(default_factory=dict)

    def with_clue(self, clue: Clue) -> Said:  # noqa: PLR0911 - one answer for each kind of clue
        match clue:
            case Mark():
                return self._with_mark(clue)
            case Days():
                return self._with_days(clue)
            case Clock():
                part = None if self._is_older("part") else self.part
                clock = _either(self.clock, clue) if self.is_or and self.clock else clue
                return self._noted("clock", clock=clock, part=part, distance=self.distance if self._has_day_distance() else None)
            case Part():
                clock = None if self._is_older("clock") else self.clock
                return self._noted("part", part=clue, clock=clock)
            case Distance():
                return self._noted("distance", distance=clue, days=self.days if _is_weekday(self.days) else None)
            case Shift():
                return self._with_shift(clue)
            case Soonest():
                return replace(self, soonest=True, is_or=False)

    def _with_shift(self, shift: Shift) -> Said:
        """«на следующий день в то же время»: the second adds nothing to the first."""
        return self if self.shift and shift.is_same_hour else self._noted("shift", shift=shift)

    def _with_mark(self, mark: Mark) -> Said:
        match mark.sign:
            case Sign.CORRECTION:
                return replace(self, corrections=self.corrections + 1, is_or=False)
            case Sign.OR:
                return replace(self, is_or=True)
            case Sign.NOT:
                return self

    def _with_days(self, days: Days) -> Said:
        before = None if self._is_older("days") else self.days
        if before is None or How.NOWHERE in {days.how, before.how}:
            is_later_week = _is_weekday(days) and self._has_day_distance() and not self._is_older("distance")
            return self._noted("days", days=days, distance=self.distance if is_later_week else None, options=())
        if self.is_or:
            return self._with_choice(before, days)
        merged = _merged(before, days)
        if merged is None:
            options = (before.first, days.first) if days.at - before.after <= 1 else ()
            return self._noted("days", days=days, distance=None, options=options)
        return self._noted("days", days=merged, distance=None, options=())

    def _with_choice(self, one: Days, other: Days) -> Said:
        """«в субботу или воскресенье» is a stretch, «в среду или пятницу» a question."""
        first, second = sorted((one, other), key=lambda days: days.first)
        if second.first <= first.last + DAY:
            both = Days(first.first, max(first.last, second.last), How.STRETCH, one.at, other.after)
            return self._noted("days", days=both, distance=None)
        return self._noted("days", days=other, options=(*(self.options or (one.first,)), other.first))

    def _noted(self, name: str, **changes: object) -> Said:
        return replace(self, since={**self.since, name: self.corrections}, is_or=False, **changes)

    def _is_older(self, name: str) -> bool:
        """Whether it was said before the last correction."""
        return self.since.get(name, 0) < self.corrections

    def _has_day_distance(self) -> bool:
        return self.distance is not None and not self.distance.time


def _is_weekday(days: Days | None) -> bool:
    return days is not None and days.how is How.WEEKDAY


def _either(one: Clock, other: Clock) -> Clock:
    """«в 10 или в 11»."""
    return replace(one, relation=Relation.BETWEEN, end=other.start, after=other.after)


def _merged(before: Days, days: Days) -> Days | None:
    """Two clues to the same day: «на следующей неделе во вторник», «завтра, 23 ноября»; None when they contradict each other."""
    weekday, other = (before, days) if _is_weekday(before) else (days, before)
    if _is_weekday(weekday) and other.how is How.STRETCH:
        ahead = (weekday.first.weekday() - other.first.weekday()) % 7
        day = other.first + DAY * ahead
        return Days(day, day, How.DATE, before.at, days.after) if day <= other.last else days
    if before.how is How.STRETCH or days.how is How.STRETCH:
        inner, outer = (before, days) if before.is_one else (days, before)
        return inner if outer.first <= inner.first and inner.last <= outer.last else days
    if before.first == days.first:
        return days
    if _is_weekday(weekday) and other.how is How.DATE and weekday.first.weekday() == other.first.weekday():
        return other
    if days.at - before.after > 1 or before.how is days.how:
        return days
    return None
