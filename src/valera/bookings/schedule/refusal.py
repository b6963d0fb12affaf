"""Refusal: why a wish cannot be met, truthfully."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from valera.bookings.schedule.wished import days_between, last_day, means_its_start, stretches, wished

if TYPE_CHECKING:
    from datetime import date, timedelta

    from valera.bookings.schedule.calendar import Window
    from valera.bookings.schedule.diary import Diary
    from valera.bookings.schedule.workshop import Workshop
    from valera.russian.time.when import Wish


class Reason(StrEnum):
    """Why a wish cannot be met, in a word."""

    TAKEN = "taken"
    CLOSED = "closed"
    PAST = "past"
    TOO_FAR = "too_far"


class Refusal(StrEnum):
    """The same, as exactly as it can be said."""

    TAKEN = "taken"
    CLOSED_DAY = "closed_day"
    CLOSED_HOURS = "closed_hours"
    NO_TIME_LEFT = "no_time_left"
    NEVER = "never"
    PAST = "past"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"

    @property
    def reason(self) -> Reason:
        match self:
            case Refusal.TAKEN:
                return Reason.TAKEN
            case Refusal.CLOSED_DAY | Refusal.CLOSED_HOURS | Refusal.NO_TIME_LEFT | Refusal.NEVER:
                return Reason.CLOSED
            case Refusal.PAST | Refusal.TOO_SOON:
                return Reason.PAST
            case Refusal.TOO_FAR:
                return Reason.TOO_FAR
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A refusal with what is needed to say it: the wished days (both included), the openings of the first one, the work's length."""

    refusal: Refusal
    first_day: date
    last_day: date
    openings: tuple[Window, ...]
    duration: timedelta
    is_overnight: bool


def find_obstacle(diary: Diary, wish: Wish) -> Obstacle:
    calendar = diary.workshop.calendar
    first_day = wish.start.astimezone(diary.workshop.zone).date()
    return Obstacle(
        _refuse(diary, wish),
        first_day,
        last_day(diary.workshop, wish),
        calendar.openings_on(first_day),
        diary.duration,
        diary.duration > calendar.longest_day,
    )


def _refuse(diary: Diary, wish: Wish) -> Refusal:
    if not diary.bays or not diary.workshop.calendar.openings:
        return Refusal.NEVER
    return _refuse_date(diary.workshop, wish) or _refuse_hours(diary, wish)


def _refuse_date(workshop: Workshop, wish: Wish) -> Refusal | None:
    if wish.end <= workshop.now or (wish.exact and wish.start <= workshop.now):
        return Refusal.PAST
    if wish.start >= workshop.horizon:
        return Refusal.TOO_FAR
    if wish.end <= workshop.earliest or (wish.exact and wish.start < workshop.earliest):
        return Refusal.TOO_SOON
    return None


def _refuse_hours(diary: Diary, wish: Wish) -> Refusal:
    """Of a wish that is partly over, why the rest cannot be had."""
    workshop, calendar = diary.workshop, diary.workshop.calendar
    if any(wished(diary, wish)) or (means_its_start(diary, wish) and calendar.fits(wish.start, diary.duration)):
        return Refusal.TAKEN
    if not any(calendar.openings_on(day) for day in days_between(workshop, wish.start, wish.end)):
        return Refusal.CLOSED_DAY
    still_ahead = [(max(since, workshop.earliest), until) for since, until in stretches(workshop, wish)]
    if any(window.opens < until and since < window.closes for since, until in still_ahead for window in calendar.windows):
        return Refusal.NO_TIME_LEFT
    return Refusal.CLOSED_HOURS
