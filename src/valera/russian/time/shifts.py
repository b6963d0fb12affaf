"""A time told by another one: «на час позже», «пораньше на полчаса», «днём раньше», «в то же время», «на следующий день», «попозже»."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from valera.russian.quantities import read_quantity
from valera.russian.vocabulary import phrases_of, words_of

if TYPE_CHECKING:
    from valera.russian.quantities import Scanned

LONGEST_GAP = 2  # words between the measure and its direction: «на часик бы попозже»


@dataclass(frozen=True, slots=True)
class Shift:
    """How far from the time spoken of, said by the tokens from `at` to `after`. `days` keep the hour.

    All zero with `direction` 0 is the same hour; with a direction some time that is later (1) or earlier (-1).
    """

    time: timedelta
    days: int
    direction: int
    at: int
    after: int

    @property
    def is_same_hour(self) -> bool:
        return not (self.time or self.days or self.direction)


@dataclass(frozen=True, slots=True)
class _Measure:
    time: timedelta
    days: int
    after: int


def read_shift(scanned: Scanned, at: int, *, is_bare_allowed: bool) -> Shift | None:
    """`is_bare_allowed`: «попозже» without a measure counts too, as it does when a time is being talked about."""
    return _measured_first(scanned, at) or _direction_first(scanned, at, is_bare_allowed=is_bare_allowed) or _set_phrase(scanned, at)


def _measured_first(scanned: Scanned, at: int) -> Shift | None:
    """«на час позже», «часом раньше»."""
    starts_with_on = scanned.word(at) == "на"
    measure = _measure(scanned, at + 1) if starts_with_on else _in_instrumental(scanned, at)
    if measure is None:
        return None
    for place in range(measure.after, measure.after + LONGEST_GAP + 1):
        if direction := _direction(scanned, place):
            return Shift(measure.time * direction, measure.days * direction, direction, at, place + 1)
        if scanned.word(place) not in _BETWEEN:
            break
    return None


def _direction_first(scanned: Scanned, at: int, *, is_bare_allowed: bool) -> Shift | None:
    """«пораньше на полчаса»; alone it says only which way. «позже 15» names an hour, «не позже» bounds one."""
    direction = _direction(scanned, at)
    if not direction or scanned.word(at - 1) in _NO_SHIFT_BEHIND:
        return None
    measure = _measure(scanned, at + 2) if scanned.word(at + 1) == "на" else None
    if measure:
        return Shift(measure.time * direction, measure.days * direction, direction, at, measure.after)
    names_hour = read_quantity(scanned, at + 1) is not None
    return Shift(timedelta(), 0, direction, at, at + 1) if is_bare_allowed and not names_hour else None


def _set_phrase(scanned: Scanned, at: int) -> Shift | None:
    for phrases, days in ((_SAME_HOUR, 0), (_NEXT_DAY, 1)):
        for phrase in phrases:
            if all(scanned.word(at + step) == word for step, word in enumerate(phrase)):
                return Shift(timedelta(), days, days, at, at + len(phrase))
    return None


def _direction(scanned: Scanned, at: int) -> int:
    return 1 if scanned.word(at) in _LATER else -1 if scanned.word(at) in _EARLIER else 0


def _measure(scanned: Scanned, at: int) -> _Measure | None:
    """«час», «полтора часа», «2 дня», «полчасика»."""
    if scanned.word(at) in _HALF_HOUR:
        return _Measure(timedelta(minutes=30), 0, at + 1)
    quantity = read_quantity(scanned, at)
    unit_at = quantity.after if quantity else at
    return _of(scanned.word(unit_at), quantity.value if quantity else Decimal(1), unit_at + 1)


def _in_instrumental(scanned: Scanned, at: int) -> _Measure | None:
    unit = {"часом": "час", "часиком": "час", "днем": "день", "деньком": "день", "неделей": "неделя"}.get(scanned.word(at), "")
    return _of(unit, Decimal(1), at + 1)


def _of(unit: str, amount: Decimal, after: int) -> _Measure | None:
    count = float(min(amount, Decimal(10_000)))
    if unit in _MINUTES:
        return _Measure(timedelta(minutes=round(count)), 0, after)
    if unit in _HOURS:
        return _Measure(timedelta(minutes=round(60 * count)), 0, after)
    if unit in _DAYS:
        return _Measure(timedelta(), int(count), after)
    return _Measure(timedelta(), int(7 * count), after) if unit in _WEEKS else None


_LATER, _EARLIER = words_of("shifts.later"), words_of("shifts.earlier")
_NO_SHIFT_BEHIND = frozenset({"не", "самое", "самый", "самую"})
_BETWEEN = words_of("shifts.between")
_MINUTES, _HOURS = words_of("shifts.minutes"), words_of("shifts.hours")
_DAYS, _WEEKS = words_of("shifts.days"), words_of("shifts.weeks")
_HALF_HOUR = words_of("shifts.half_hour")
_SAME_HOUR = [phrase.split() for phrase in phrases_of("shifts.same_hour")]
_NEXT_DAY = [phrase.split() for phrase in phrases_of("shifts.next_day")]
