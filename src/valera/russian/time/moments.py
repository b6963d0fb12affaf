"""How Valera writes moments, days and ranges, and every claim of a date or an hour in a text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from valera.russian.quantities import Scanned
from valera.russian.time.days.calendar_dates import Days, How
from valera.russian.time.days.calendar_days import read_days
from valera.russian.time.hours.clock_hours import Hour
from valera.russian.time.hours.clock_times import read_clock

FARTHEST_HOUR = 3  # tokens between a day and its hour: a comma, a preposition, one word
WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
WEEKDAYS_SHORT = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря")


@dataclass(frozen=True, slots=True)
class Mention:
    """A date, an hour, or both, claimed at text[start:end]."""

    start: int
    end: int
    date: dt.date | None
    time: dt.time | None


def format_moment(moment: dt.datetime, zone: ZoneInfo) -> str:
    """«понедельник, 23 ноября, 11:00»."""
    local = moment.astimezone(zone)
    return f"{format_day(local.date())}, {local:%H:%M}"


def format_moment_short(moment: dt.datetime, zone: ZoneInfo) -> str:
    """«пн 23.11, 11:00»."""
    local = moment.astimezone(zone)
    return f"{WEEKDAYS_SHORT[local.weekday()]} {local:%d.%m, %H:%M}"


def format_day(day: dt.date) -> str:
    """«понедельник, 23 ноября»."""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]}"


def format_range(start: dt.datetime, end: dt.datetime, zone: ZoneInfo) -> str:
    """«понедельник, 23 ноября, 11:00–13:00», or both moments in full when they lie on two days."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    if first.date() == last.date():
        return f"{format_moment(start, zone)}–{last:%H:%M}"
    return f"{format_moment(start, zone)} – {format_moment(end, zone)}"


def find_clock_times(text: str) -> tuple[Mention, ...]:
    """Every hour of the text; «в 3» is 15:00 as everywhere in a shop, «3:00» is what it says."""
    scanned = Scanned.of(text)
    return tuple(
        Mention(scanned.pieces[hour.at].start, scanned.pieces[hour.after - 1].end, None, _time(hour)) for hour in _hours(scanned, {})
    )


def find_dates(text: str, now: dt.datetime, zone: ZoneInfo) -> tuple[Mention, ...]:
    """Every single day of the text, «завтра» and «в среду» included. A weekday beside its own date is one mention with it."""
    scanned = Scanned.of(text)
    return tuple(
        Mention(scanned.pieces[days.at].start, scanned.pieces[days.after - 1].end, days.first, None)
        for days in _single_days(scanned, now.astimezone(zone).date())
    )


def find_moments(text: str, now: dt.datetime, zone: ZoneInfo) -> tuple[Mention, ...]:
    """Dates and hours in order, an hour joined to the date that stands before it in the same sentence."""
    scanned = Scanned.of(text)
    days = _single_days(scanned, now.astimezone(zone).date())
    found: list[Mention] = []
    covered = {one.at: one.after for one in days}
    hours = list(_hours(scanned, covered))
    pieces = scanned.pieces
    for one in days:
        hour = _hour_beside(scanned, one, hours)
        if hour:
            hours.remove(hour)
        first, last = min(one.at, hour.at if hour else one.at), max(one.after, hour.after if hour else one.after)
        found.append(Mention(pieces[first].start, pieces[last - 1].end, one.first, _time(hour) if hour else None))
    found += [Mention(pieces[hour.at].start, pieces[hour.after - 1].end, None, _time(hour)) for hour in hours]
    return tuple(sorted(found, key=lambda mention: mention.start))


def _hour_beside(scanned: Scanned, day: Days, hours: list[Hour]) -> Hour | None:
    """The hour right behind the day, else right before it, in the same sentence."""
    behind = (hour for hour in hours if 0 <= hour.at - day.after <= FARTHEST_HOUR and not _ends_sentence(scanned, day.after, hour.at))
    before = (hour for hour in hours if 0 <= day.at - hour.after < FARTHEST_HOUR and not _ends_sentence(scanned, hour.after, day.at))
    return next(behind, None) or next(before, None)


def _hours(scanned: Scanned, covered: dict[int, int]) -> Iterator[Hour]:
    at, behind_a_day = 0, False
    while at < len(scanned.pieces):
        if at in covered:
            at, behind_a_day = covered[at], True
            continue
        days = None if covered else read_days(scanned, at, _ANY_DAY)
        if days:
            at, behind_a_day = days.after, True
            continue
        clock = read_clock(scanned, at, behind_a_day=behind_a_day)
        if clock:
            yield clock.start
            if clock.end:
                yield clock.end
        at = clock.after if clock else at + 1
        behind_a_day = behind_a_day and clock is None and scanned.word(at - 1) == ","


def _single_days(scanned: Scanned, today: dt.date) -> list[Days]:
    found: list[Days] = []
    at = 0
    while at < len(scanned.pieces):
        days = read_days(scanned, at, today)
        if days is None:
            at += 1
            continue
        at = max(days.after, at + 1)
        if not days.is_one or days.how is How.NOWHERE:
            continue
        if found and _is_same_day(scanned, found[-1], days):
            weekday = found.pop()
            dated = days if days.how is How.DATE else weekday
            days = Days(dated.first, dated.last, How.DATE, weekday.at, days.after)
        found.append(days)
    return found


def _is_same_day(scanned: Scanned, one: Days, other: Days) -> bool:
    """«во вторник, 1 декабря», «24 ноября (вторник)»: a weekday and a date that agree."""
    gap = "".join(scanned.word(at) for at in range(one.after, other.at))
    if gap not in {"", ",", "(", "-", "–", "—", "в", "во", "на", ",в", ",во"} or {one.how, other.how} == {How.DATE}:
        return False
    return one.first == other.first or ({one.how, other.how} == {How.DATE, How.WEEKDAY} and one.first.weekday() == other.first.weekday())


def _ends_sentence(scanned: Scanned, start: int, end: int) -> bool:
    return any(scanned.word(at) in {".", "!", "?", ";", "\n"} for at in range(start, end))


def _time(hour: Hour) -> dt.time:
    minutes = hour.hour * 60 + hour.minute if hour.has_colon and hour.part is None else hour.minutes()
    return dt.time(minutes // 60, minutes % 60)


_ANY_DAY = dt.date(2024, 1, 1)
