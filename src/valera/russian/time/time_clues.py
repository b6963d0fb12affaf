"""The clues to a wished time, in the order of the text: days, hours, parts of the day, distances, corrections."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from valera.russian.quantities import Quantity, Scanned, read_quantity
from valera.russian.time.calendar_dates import Days
from valera.russian.time.calendar_days import read_days
from valera.russian.time.clauses import Verdict, read_clauses
from valera.russian.time.clock_times import Clock, read_clock
from valera.russian.time.shifts import Shift, read_shift
from valera.russian.time.time_words import day_offset_of, part_of, weekday_of
from valera.russian.vocabulary import phrases_of, words_of


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day, in minutes since midnight; a night ends on the next day."""

    name: str
    first: int
    last: int
    at: int
    after: int


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
    """«как можно скорее», «сейчас», «в ближайшее время»."""

    at: int
    after: int


class Sign(enum.Enum):
    """What stands between clues."""

    CORRECTION = "correction"
    OR = "or"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Mark:
    sign: Sign
    at: int
    after: int


Clue = Days | Clock | Part | Distance | Shift | Soonest | Mark
Wished = Days | Clock | Part | Distance | Shift | Soonest


def read_clues(scanned: Scanned, today: date, *, is_relative: bool) -> tuple[Clue, ...]:
    """Clues to a future wish; what the client tells of the past («стукнули в субботу») or refuses («завтра не могу») is left out.

    `is_relative`: a time is being talked about, so «попозже» is later than that.
    """
    found = tuple(_all_clues(scanned, today, is_relative=is_relative))
    clauses = read_clauses(scanned)
    with_hours = {clauses[clue.at].first for clue in found if isinstance(clue, Clock)}
    clues: list[Clue] = []
    is_refused = False
    for clue in found:
        clause = clauses[clue.at]
        if isinstance(clue, Mark):
            is_refused = clue.sign is Sign.NOT
            clues.append(clue)
        elif is_refused:
            is_refused = scanned.word(clue.after) in {"и", "или", "либо"}
        elif clause.verdict is Verdict.OPEN or (
            clause.verdict is Verdict.REFUSED and isinstance(clue, Days) and clause.first in with_hours
        ):
            clues.append(clue)  # «завтра в 11 не могу, в 15» refuses the hour and keeps the day
    return tuple(clues)


def _all_clues(scanned: Scanned, today: date, *, is_relative: bool) -> Iterator[Clue]:
    at, behind_a_day = 0, False
    while at < len(scanned.pieces):
        clue = read_shift(scanned, at, is_bare_allowed=is_relative) or _clue_at(scanned, at, today, behind_a_day=behind_a_day)
        if clue:
            yield clue
        behind_a_day = isinstance(clue, Days) or (behind_a_day and scanned.word(at) == ",")
        at = max(clue.after, at + 1) if clue else at + 1


def _clue_at(scanned: Scanned, at: int, today: date, *, behind_a_day: bool) -> Clue | None:
    return (
        _distance(scanned, at)
        or _mark(scanned, at)
        or _part(scanned, at)
        or _soonest(scanned, at)
        or read_days(scanned, at, today)
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
    if word in {"кроме", "вместо"} or (
        word == "не" and following in {"в", "во", "на", "завтра", "сегодня", "утром", "вечером", "днем", "с", "к"}
    ):
        return Mark(Sign.NOT, at, at + 1)
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
            return Soonest(at, at + len(phrase))
    return None


def _part(scanned: Scanned, at: int) -> Part | None:
    """«утром», «после обеда», «в первой половине дня», «ближе к вечеру», «до работы»."""
    for words, (name, first, last) in _PHRASES:
        if all(scanned.word(at + step) == word for step, word in enumerate(words)):
            return Part(name, first, last, at, at + len(words))
    before, word = scanned.word(at), scanned.word(at + 1)
    name = part_of(word)
    if before in {"до", "после"} and name == "noon":
        first, last = (6 * 60, 13 * 60) if before == "до" else (13 * 60, 18 * 60)
        return Part("morning" if before == "до" else "day", first, last, at, at + 2)
    if before in {"к", "под", "ближе"} and name in _TOWARDS:
        return Part(name, *_TOWARDS[name], at, at + 2)
    if before in {"до", "после"} and name == "evening":
        first, last = (6 * 60, 17 * 60) if before == "до" else (17 * 60, 22 * 60)
        return Part("evening" if before == "после" else "day", first, last, at, at + 2)
    name = part_of(before)
    beside = scanned.word(at - 1)
    is_of_day = before in _COMPANY and weekday_of(beside) is not None  # «четверг утро»
    if name and (before not in _NEEDS_COMPANY or is_of_day or beside in _COMPANY.get(before, frozenset())):
        return Part(name, *_PARTS[name], at, at + 1)
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
_PARTS = {
    "morning": (6 * 60, 12 * 60),
    "day": (12 * 60, 17 * 60),
    "noon": (12 * 60, 14 * 60),
    "evening": (17 * 60, 22 * 60),
    "night": (22 * 60, 30 * 60),
}
_TOWARDS = {"evening": (16 * 60, 20 * 60), "noon": (11 * 60, 13 * 60), "morning": (6 * 60, 10 * 60), "night": (20 * 60, 24 * 60)}
# These forms are parts of the day only behind such words: «день» alone is no wish, «в день приезда» neither.
_NEEDS_COMPANY = words_of("time_clues.needs_company")
_COMPANY = {
    **dict.fromkeys(["утра"], frozenset({"с", "самого", "от"})),
    **dict.fromkeys(["утро", "вечер", "обед", "ночь"], frozenset({"в", "на", "под", "завтра", "сегодня", "послезавтра"})),
    "обеденный": frozenset({"в"}),
    "обеденное": frozenset({"в"}),
}
_EARLY, _LATE = ("morning", 6 * 60, 9 * 60 + 30), ("evening", 20 * 60, 23 * 60)
_HALF_ONE, _HALF_TWO = ("morning", 6 * 60, 13 * 60), ("day", 13 * 60, 22 * 60)
_PHRASES: tuple[tuple[list[str], tuple[str, int, int]], ...] = tuple(
    (phrase.split(), meaning)
    for phrases, meaning in (
        ("рано утром|ранним утром|утром пораньше|с утра пораньше|пораньше с утра|пораньше утром|до работы|пораньше", _EARLY),
        ("поздно вечером|вечером попозже|попозже вечером", _LATE),
        ("после работы", ("evening", 18 * 60, 22 * 60)),
        ("в первой половине дня|в первой половине|первая половина дня|первую половину дня|первой половине дня|до полудня", _HALF_ONE),
        ("во второй половине дня|во второй половине|вторая половина дня|вторую половину дня|второй половине дня|после полудня", _HALF_TWO),
        ("ближе к вечеру|поближе к вечеру|ближе вечеру", ("evening", *_TOWARDS["evening"])),
        ("ближе к обеду|поближе к обеду", ("noon", *_TOWARDS["noon"])),
        ("в течение дня|в течении дня|целый день|весь день|в любое время|любое время|в любой час", ("any", 0, 24 * 60)),
        ("в середине дня|среди дня|в рабочее время", ("day", 10 * 60, 17 * 60)),
    )
    for phrase in phrases.split("|")
)
_SOONEST = [phrase.split() for phrase in sorted(phrases_of("time_clues.soonest"), key=len, reverse=True)]
