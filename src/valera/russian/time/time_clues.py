"""The clues to a wished time, in the order of the text: days, hours, parts of the day, distances, corrections."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from valera.russian.quantities import Quantity, Scanned, read_quantity
from valera.russian.time.clauses import Verdict, read_clauses
from valera.russian.time.days.calendar_dates import Days
from valera.russian.time.days.calendar_days import read_days
from valera.russian.time.hours.clock_times import Clock, read_clock
from valera.russian.time.hours.day_parts import Part, ShopEdge, read_part, read_shop_edge
from valera.russian.time.shifts import Shift, read_shift
from valera.russian.time.time_words import day_offset_of
from valera.russian.vocabulary import phrases_of, words_of


@dataclass(frozen=True, slots=True)
class Distance:
    """«через 2 часа», «через неделю», «через месяц»; `is_vague` is «через день»."""

    time: timedelta
    days: int
    months: int
    is_vague: bool
    at: int
    after: int


@dataclass(frozen=True, slots=True)
class Soonest:
    """«как можно скорее», «сейчас», «в ближайшее время»; `is_any_day` is «в любой день»."""

    is_any_day: bool
    at: int
    after: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Days that are not wanted; `is_asked` when that is all that was said of them: «только не завтра», «кроме субботы»."""

    days: Days
    is_asked: bool
    at: int
    after: int


class Sign(enum.Enum):
    """What stands between clues."""

    CORRECTION = "correction"
    OR = "or"
    NOT = "not"
    EXCEPT = "except"


@dataclass(frozen=True, slots=True)
class Mark:
    sign: Sign
    at: int
    after: int


Wished = Days | Clock | Part | ShopEdge | Distance | Shift | Soonest
Clue = Wished | Refused | Mark


def read_clues(scanned: Scanned, today: date, *, is_relative: bool) -> tuple[Clue, ...]:
    """Clues to a future wish; what the client tells of the past («стукнули в субботу») or refuses («завтра не могу») is left out.

    `is_relative`: a time is being talked about, so «попозже» is later than that.
    """
    found: tuple[Wished | Mark, ...] = tuple(_all_clues(scanned, today, is_relative=is_relative))
    clauses = read_clauses(scanned)
    with_hours = {clauses[clue.at].first for clue in found if isinstance(clue, Clock)}
    clues: list[Clue] = []
    sign: Sign | None = None
    for clue in found:
        if isinstance(clue, Mark):
            sign = clue.sign if clue.sign in {Sign.NOT, Sign.EXCEPT} else None
            clues.append(clue)
            continue
        clause = clauses[clue.at]
        is_kept_day = isinstance(clue, Days) and clause.first in with_hours  # «завтра в 11 не могу, в 15» refuses the hour only
        if sign is not None:
            clues += _left_out(clue, is_asked=sign is Sign.EXCEPT)
            sign = sign if _goes_on(scanned, clue.after, today) else None
        elif clause.verdict is Verdict.OPEN or (clause.verdict is Verdict.REFUSED and is_kept_day):
            clues.append(clue)
        elif clause.verdict is Verdict.REFUSED and isinstance(clue, Days):
            clues.append(Refused(clue, is_asked=False, at=clue.at, after=clue.after))
    return tuple(clues)


def _left_out(clue: Wished, *, is_asked: bool) -> list[Clue]:
    """What a refusal leaves: days are taken out, of a day its other part remains."""
    if isinstance(clue, Days):
        return [Refused(clue, is_asked=is_asked, at=clue.at, after=clue.after)]
    rest = clue.rest if isinstance(clue, Part) and is_asked else None
    return [rest] if rest else []


def _goes_on(scanned: Scanned, at: int, today: date) -> bool:
    """«кроме среды и пятницы», «кроме среды, четверга»: the refusal holds for the next one too."""
    return scanned.word(at) in {"и", "или", "либо"} or (scanned.word(at) == "," and read_days(scanned, at + 1, today) is not None)


def _all_clues(scanned: Scanned, today: date, *, is_relative: bool) -> Iterator[Wished | Mark]:
    at, behind_a_day = 0, False
    while at < len(scanned.pieces):
        clue = read_shift(scanned, at, is_bare_allowed=is_relative) or _clue_at(scanned, at, today, behind_a_day=behind_a_day)
        if clue:
            yield clue
        behind_a_day = isinstance(clue, Days) or (behind_a_day and scanned.word(at) == ",")
        at = max(clue.after, at + 1) if clue else at + 1


def _clue_at(scanned: Scanned, at: int, today: date, *, behind_a_day: bool) -> Wished | Mark | None:
    return (
        _distance(scanned, at)
        or _mark(scanned, at)
        or read_part(scanned, at)
        or read_shop_edge(scanned, at)
        or read_days(scanned, at, today)
        or _soonest(scanned, at)
        or _clock(scanned, at, today, behind_a_day=behind_a_day)
    )


def _clock(scanned: Scanned, at: int, today: date, *, behind_a_day: bool) -> Clock | None:
    """A day behind the same preposition comes first: «на двадцать пятое» is no eight in the evening."""
    if scanned.word(at) in {"на", "в", "во", "к", "ко"} and read_days(scanned, at + 1, today):
        return None
    return read_clock(scanned, at, behind_a_day=behind_a_day)


def _mark(scanned: Scanned, at: int) -> Mark | None:
    word, following = scanned.word(at), scanned.word(at + 1)
    if word in {"или", "либо"}:
        return Mark(Sign.OR, at, at + 1)
    if word == "до" and (day_offset_of(following) or 0) > 0:
        return Mark(Sign.NOT, at, at + 1)
    if word == "вместо":
        return Mark(Sign.NOT, at, at + 1)
    if word == "кроме" or (word == "не" and following in {"в", "во", "на", "завтра", "сегодня", "утром", "вечером", "днем", "с", "к"}):
        return Mark(Sign.EXCEPT, at, at + 1)
    if word in _CORRECTIONS or (word == "не" and following in {",", "-", "–", "—"}):
        return Mark(Sign.CORRECTION, at, at + 1)
    return None


def _distance(scanned: Scanned, at: int) -> Distance | None:
    """«через 2 часа», «через полчаса», «часа через два», «через пару дней»."""
    if scanned.word(at) in {"через", "спустя"}:
        return _measured(scanned, at, at + 1)
    unit = _UNITS.get(scanned.word(at))
    if unit and scanned.word(at + 1) == "через":
        quantity = read_quantity(scanned, at + 2)
        return _of(unit, quantity.value, at, quantity.after) if quantity else None
    return None


def _measured(scanned: Scanned, at: int, start: int) -> Distance | None:
    if scanned.word(start) == "полчаса":
        return Distance(timedelta(minutes=30), 0, 0, is_vague=False, at=at, after=start + 1)
    if scanned.word(start) == "полгода":
        return Distance(timedelta(), 0, 6, is_vague=False, at=at, after=start + 1)
    quantity = read_quantity(scanned, start)
    unit_at = quantity.after if quantity else start
    if scanned.word(unit_at) in {"-", "–"} and quantity:
        upper = read_quantity(scanned, unit_at + 1)
        unit_at = upper.after if upper else unit_at
    unit = _UNITS.get(scanned.word(unit_at))
    if unit is None:
        return None
    value = quantity.value if quantity else Decimal(1)
    after = unit_at + 1
    if quantity is None and scanned.word(after) == "-":
        after = _second_measure(scanned, after + 1) or after
    found = _of(unit, value, at, after)
    return Distance(found.time, found.days, found.months, unit == "day" and quantity is None, at, after)


def _second_measure(scanned: Scanned, at: int) -> int | None:
    """«через час-полтора», «через день-два»: the first is the promise, the second is skipped."""
    quantity: Quantity | None = read_quantity(scanned, at)
    return quantity.after if quantity else None


def _of(unit: str, value: Decimal, at: int, after: int) -> Distance:
    amount = float(min(value, Decimal(100_000)))
    time = timedelta(minutes=amount * {"minute": 1, "hour": 60}.get(unit, 0))
    days = int(amount * {"day": 1, "week": 7}.get(unit, 0))
    return Distance(time, days, int(amount * {"month": 1, "year": 12}.get(unit, 0)), is_vague=False, at=at, after=after)


def _soonest(scanned: Scanned, at: int) -> Soonest | None:
    words = [scanned.word(at + step) for step in range(4)]
    for phrase in _SOONEST:
        if words[: len(phrase)] == phrase:
            return Soonest(bool(_ANY_DAY.intersection(phrase)), at, at + len(phrase))
    return None


_CORRECTIONS = words_of("time_clues.corrections")
_UNITS = {
    form: unit
    for unit, forms in {
        "minute": "минута минуту минуты минут мин минуток минутку",
        "hour": "часок час часа часов часик часика часиков ч",
        "day": "день дня дней денек денька деньков сутки суток",
        "week": "неделя неделю недели недель недельку нед",
        "month": "месяц месяца месяцев мес",
        "year": "год года лет",
    }.items()
    for form in forms.split()
}
_ANY_DAY = frozenset({"день", "угодно"})
_SOONEST = [phrase.split() for phrase in sorted(phrases_of("time_clues.soonest"), key=len, reverse=True)]
