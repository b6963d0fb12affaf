"""Wish: the starts that a client would accept, and what is asked back when his words leave it open."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, time


class Question(enum.StrEnum):
    """What must be asked back; the keys of phrases."""

    WHICH_DAY = "which_day"
    WHICH_TIME = "which_time"
    DAY_PASSED = "day_passed"
    TIME_PASSED = "time_passed"
    NO_SUCH_DAY = "no_such_day"
    TOO_FAR = "too_far"


class Edge(enum.StrEnum):
    """An end of the shop's day: «к открытию», «перед закрытием»."""

    OPENING = "opening"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Wish:
    """Acceptable start times: [start, end), aware, in the shop's zone.

    `exact`: one clock time was named and it is `start`; `about` softens it («часиков в десять»). A wish over several days may bind the
    hours of each: `hours` is (earliest, latest) start on every one of them; `besides` are days between that are not wanted. `soonest`: the
    earliest free time is wanted. `edge`: the first or the last start of a day, whenever the shop opens and closes.
    """

    start: datetime
    end: datetime
    exact: bool
    about: bool = False
    soonest: bool = False
    hours: tuple[time, time] | None = None
    besides: frozenset[date] = frozenset()
    edge: Edge | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """A time was named, but not one that can be offered; `options` are ready to be shown."""

    question_key: str
    options: tuple[str, ...] = ()
