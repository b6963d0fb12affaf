"""OpeningHours: when a shop is open, read from the words that owners use and written back in the same form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from valera.bookings.schedule.hours_grammar import DAY, HoursUnreadable, Span, read_spans
from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import Iterable

P = Phrases.load("valera.bookings")
WEEK = range(1, 8)


@dataclass(frozen=True, slots=True, order=True)
class OpeningHours:
    """One stretch of one weekday (ISO: Monday is 1), local wall time. ``closes`` 00:00 is midnight at the end of the day."""

    weekday: int
    opens: time
    closes: time

    @property
    def span(self) -> Span:
        """Minutes from midnight; the end of the day is 1440."""
        return Span(_minutes(self.opens), _minutes(self.closes) or DAY)


def parse_hours(text: str, locale: str = "ru") -> tuple[OpeningHours, ...]:
    """«пн-пт 9-20, сб 9-18; вс выходной» → a week, sorted. Raises HoursUnreadable, which names the piece that makes no sense.

    Days that are not named are closed. What is said of named days is an exception to what was said of every day; two statements
    about the same named day may not contradict each other. Work past midnight is two stretches: «пт 18-24, сб 0-2».
    """
    week = tuple(
        OpeningHours(weekday, _time(span.start), _time(span.end))
        for weekday, spans in sorted(read_spans(text, locale).items())
        for span in spans
    )
    if not week:
        raise HoursUnreadable(P.say(locale, "hours.never_open", piece=text.strip()))
    return week


def format_hours(hours: Iterable[OpeningHours], locale: str) -> str:
    """The shortest form that `parse_hours` reads back: «пн–пт 9:00–20:00, сб 9:00–18:00, вс выходной»."""
    spans = {day: tuple(sorted(stretch.span for stretch in hours_of)) for day, hours_of in _by_weekday(hours).items()}
    if len(spans) == len(WEEK) and len(set(spans.values())) == 1:
        only = spans[1]
        return P.say(locale, "hours.around") if _is_whole_day(only) else f"{P.say(locale, 'hours.every_day')} {_format_spans(only, locale)}"
    runs = [[day for day, _ in run] for _, run in groupby(((day, spans.get(day, ())) for day in WEEK), key=lambda pair: pair[1])]
    return ", ".join(f"{_format_days(run, locale)} {_format_spans(spans.get(run[0], ()), locale)}" for run in runs)


def _by_weekday(hours: Iterable[OpeningHours]) -> dict[int, list[OpeningHours]]:
    week: dict[int, list[OpeningHours]] = {}
    for stretch in hours:
        week.setdefault(stretch.weekday, []).append(stretch)
    return week


def _format_days(days: list[int], locale: str) -> str:
    names = [P.say(locale, f"hours.day.{day}") for day in days]
    return names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}"


def _format_spans(spans: tuple[Span, ...], locale: str) -> str:
    if not spans:
        return P.say(locale, "hours.closed")
    if _is_whole_day(spans):
        return P.say(locale, "hours.around")
    return ", ".join(f"{_clock(span.start)}–{_clock(span.end)}" for span in spans)


def _is_whole_day(spans: tuple[Span, ...]) -> bool:
    touching = all(before.end == after.start for before, after in pairwise(spans))
    return touching and spans[0].start == 0 and spans[-1].end == DAY


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
