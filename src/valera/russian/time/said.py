"""What of a wish stands after its clues and corrections: the last word on the day, the hours, the part of the day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from valera.russian.time.days.calendar_dates import DAY, Days, How
from valera.russian.time.hours.clock_times import NEIGHBOURS, Clock, Relation
from valera.russian.time.hours.day_parts import Part, ShopEdge
from valera.russian.time.shifts import Shift
from valera.russian.time.time_clues import Clue, Distance, Mark, Refused, Sign, Soonest

if TYPE_CHECKING:
    from datetime import date

WEEKDAYS = frozenset({How.WEEKDAY, How.WEEKDAYS})


@dataclass(frozen=True, slots=True)
class Said:
    """What stands after the clues so far. `since` tells after how many corrections each was said.

    `choice` are the days between which «или» stands, `week` the stretch that holds them; `other_times` is what is as good as `clock` or
    `part` and no one stretch with it. `light` are tokens that part nothing: commas, prepositions.
    """

    days: Days | None = None
    clock: Clock | None = None
    part: Part | None = None
    edge: ShopEdge | None = None
    distance: Distance | None = None
    shift: Shift | None = None
    soonest: Soonest | None = None
    options: tuple[date, ...] = ()
    choice: tuple[Days, ...] = ()
    week: Days | None = None
    other_times: tuple[Clock | Part, ...] = ()
    refused: tuple[Refused, ...] = ()
    corrections: int = 0
    is_or: bool = False
    since: dict[str, int] = field(default_factory=dict)
    light: frozenset[int] = frozenset()

    def with_clue(self, clue: Clue) -> Said:  # noqa: C901, PLR0911 - one answer for each kind of clue
        match clue:
            case Mark():
                return self._with_mark(clue)
            case Days() if clue.how is How.STRETCH and self.week is not clue:
                return replace(self, week=clue).with_clue(clue)
            case Days():
                return self._with_days(clue)
            case Clock():
                return self._with_clock(clue)
            case Part():
                return self._with_part(clue)
            case ShopEdge():
                return self._noted("edge", edge=clue)
            case Distance():
                return self._noted("distance", distance=clue, days=self.days if _is_weekday(self.days) else None)
            case Shift():
                return self._with_shift(clue)
            case Soonest():
                return replace(self, soonest=clue, is_or=False)
            case Refused():
                return replace(self, refused=(*self.refused, clue), is_or=False)

    def _with_clock(self, clock: Clock) -> Said:
        part = None if self._is_older("part") else self.part
        distance = self.distance if self._has_day_distance() else None
        if not (self.is_or and self.clock):
            return self._noted("clock", clock=clock, part=part, distance=distance, other_times=())
        either = _either(self.clock, clock)
        others = self.other_times if either else (*self.other_times, clock)
        return self._noted("clock", clock=either or self.clock, part=part, distance=distance, other_times=others)

    def _with_part(self, part: Part) -> Said:
        clock = None if self._is_older("clock") else self.clock
        before = self.part if self.is_or else None
        if before is None:
            return self._noted("part", part=part, clock=clock, other_times=())
        if not before.touches(part):
            return self._noted("part", part=before, clock=clock, other_times=(*self.other_times, part))
        both = replace(before, name="any", first=min(before.first, part.first), last=max(before.last, part.last), after=part.after)
        return self._noted("part", part=both, clock=clock)

    def _with_shift(self, shift: Shift) -> Said:
        """«на следующий день в то же время»: the second adds nothing to the first."""
        return self if self.shift and shift.is_same_hour else self._noted("shift", shift=shift)

    def _with_mark(self, mark: Mark) -> Said:
        match mark.sign:
            case Sign.CORRECTION:
                return replace(self, corrections=self.corrections + 1, is_or=False)
            case Sign.OR:
                return replace(self, is_or=True)
            case Sign.NOT | Sign.EXCEPT:
                return self

    def _with_days(self, days: Days) -> Said:
        before = None if self._is_older("days") else self.days
        if before is None or How.NOWHERE in {days.how, before.how}:
            is_later_week = _is_weekday(days) and self._has_day_distance() and not self._is_older("distance")
            kept = self.distance if is_later_week else None
            return self._noted("days", days=days, distance=kept, options=(), choice=(days,), week=self.week if self.week is days else None)
        if self.is_or:
            placed = _placed(self.week, days) if self.week else None
            return self._chosen((*self.choice, placed or days))
        if len(self.choice) > 1 and days.how is How.STRETCH and all(one.how in WEEKDAYS for one in self.choice):
            return self._chosen(tuple(_placed(days, one) or one for one in self.choice))
        merged = _merged(before, days, self._gap(before, days))
        if merged is None:
            options = (before.first, days.first) if self._gap(before, days) <= 1 else ()
            return self._noted("days", days=days, distance=None, options=options, choice=(days,))
        return self._noted("days", days=merged, distance=None, options=(), choice=(merged,))

    def _chosen(self, choice: tuple[Days, ...]) -> Said:
        """«в субботу или воскресенье» is a stretch, «в среду или пятницу» a question."""
        ordered = sorted(choice, key=lambda days: days.first)
        ends = [max(days.last for days in ordered[: index + 1]) for index in range(len(ordered))]
        if all(after.first <= end + DAY for end, (_, after) in zip(ends, pairwise(ordered), strict=False)):
            both = Days(ordered[0].first, ends[-1], How.STRETCH, choice[0].at, choice[-1].after)
            return self._noted("days", days=both, distance=None, options=(), choice=choice)
        return self._noted("days", days=choice[-1], options=tuple(days.first for days in ordered), choice=choice)

    def _gap(self, one: Days, other: Days) -> int:
        """How many tokens that mean something stand between."""
        return sum(at not in self.light for at in range(one.after, other.at))

    def _noted(self, name: str, **changes: object) -> Said:
        return replace(self, since={**self.since, name: self.corrections}, is_or=False, **changes)

    def _is_older(self, name: str) -> bool:
        """Whether it was said before the last correction."""
        return self.since.get(name, 0) < self.corrections

    def _has_day_distance(self) -> bool:
        return self.distance is not None and not self.distance.time


def _is_weekday(days: Days | None) -> bool:
    return days is not None and days.how is How.WEEKDAY


def _either(one: Clock, other: Clock) -> Clock | None:
    """«в 10 или в 11» is a stretch; hours that lie apart are none."""
    if {one.relation, other.relation} != {Relation.AT} or not 0 < other.start.minutes() - one.start.minutes() <= NEIGHBOURS:
        return None
    return replace(one, relation=Relation.BETWEEN, end=other.start, after=other.after)


def _placed(week: Days, inner: Days) -> Days | None:
    """A weekday, or several, in the week that was named beside."""
    if inner.how not in WEEKDAYS or week.how is not How.STRETCH:
        return None
    first = week.first + DAY * ((inner.first.weekday() - week.first.weekday()) % 7)
    placed = Days(first, first + (inner.last - inner.first), How.DATE if inner.is_one else How.STRETCH, min(week.at, inner.at), inner.after)
    return placed if placed.last <= week.last else None


def _merged(before: Days, days: Days, gap: int) -> Days | None:
    """Two clues to the same day: «на следующей неделе во вторник», «завтра, 23 ноября»; None when they contradict each other."""
    if How.STRETCH in {before.how, days.how} and (placed := _placed(before, days) or _placed(days, before)):
        return placed
    if {before.how, days.how} & {How.STRETCH, How.WEEKDAYS}:
        inner, outer = (before, days) if before.is_one else (days, before)
        return inner if outer.first <= inner.first and inner.last <= outer.last else days
    if before.first == days.first:
        return days
    weekday, other = (before, days) if _is_weekday(before) else (days, before)
    if _is_weekday(weekday) and other.how is How.DATE and weekday.first.weekday() == other.first.weekday():
        return other
    return days if gap > 1 or before.how is days.how else None
