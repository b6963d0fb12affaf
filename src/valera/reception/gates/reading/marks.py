"""Sums, times, phones and cars of one sentence. Remembered: a draft is read again with each sentence that a model adds, and much of what
is said (hours, addresses, the sentence that prices are preliminary) has been said before.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from valera.reception.gates.reading.patterns import pattern
from valera.russian.cars import find_cars
from valera.russian.money.sums import find_percents, find_sums
from valera.russian.phones import find_phones
from valera.russian.time.when import find_clock_times, find_dates

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from valera.russian.cars import Car
    from valera.russian.money.sums import Percent, Sum
    from valera.russian.phones import Phone
    from valera.russian.time.when import Mention

KEPT = 8192


@dataclass(frozen=True, slots=True)
class Marks:
    sums: tuple[Sum, ...]
    percents: tuple[Percent, ...]
    dates: tuple[Mention, ...]
    times: tuple[Mention, ...]
    phones: tuple[Phone, ...]

    def moved(self, by: int) -> Marks:
        """The same in a text in which the sentence stands ``by`` characters from the beginning."""
        if not by:
            return self
        return Marks(
            tuple(replace(one, start=one.start + by, end=one.end + by) for one in self.sums),
            tuple(replace(one, start=one.start + by, end=one.end + by) for one in self.percents),
            tuple(replace(one, start=one.start + by, end=one.end + by) for one in self.dates),
            tuple(replace(one, start=one.start + by, end=one.end + by) for one in self.times),
            tuple(replace(one, start=one.start + by, end=one.end + by) for one in self.phones),
        )


@functools.lru_cache(KEPT)
def marks_of(sentence: str, lower: str, today: datetime, zone: ZoneInfo) -> Marks:
    """``today`` is the midnight that begins the shop's day; ``lower`` the sentence in lower case, of the same length."""
    times = tuple(mark for mark in find_clock_times(sentence) if not pattern("words", "counted").match(lower[mark.end :]))
    return Marks(find_sums(sentence), find_percents(sentence), find_dates(sentence, today, zone), times, find_phones(sentence))


@functools.lru_cache(KEPT)
def cars_in(text: str) -> tuple[Car, ...]:
    return tuple(find_cars(text))
