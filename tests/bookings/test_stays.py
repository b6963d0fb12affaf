"""Works that stand overnight and for days, and days with hours of their own: against a clock that walks minute by minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bookings.model import MINUTE, Busy, merged, minutes
from valera.bookings.schedule.calendar import lay_out
from valera.bookings.schedule.diary import Diary, TakenTime
from valera.bookings.schedule.opening_hours import OpeningHours, parse_hours
from valera.bookings.schedule.refusal import Refusal
from valera.bookings.schedule.rules import BookingRules
from valera.bookings.schedule.slots import choose
from valera.bookings.schedule.workshop import Workshop
from valera.russian.time.when import Edge, Wish

MOSCOW = ZoneInfo("Europe/Moscow")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = date(2026, 11, 23)  # a Monday


@dataclass(frozen=True)
class Clock:
    """A shop as its open minutes, day by day."""

    hours: tuple[OpeningHours, ...]
    special: dict[date, tuple[OpeningHours, ...]]
    holidays: frozenset[date]
    zone: ZoneInfo
    first: date
    days: int

    @cached_property
    def open_days(self) -> dict[date, list[datetime]]:
        found = {day: self._minutes_of(day) for day in (self.first + n * DAY for n in range(self.days))}
        return {day: open_minutes for day, open_minutes in found.items() if open_minutes}

    @cached_property
    def every_minute(self) -> frozenset[datetime]:
        return frozenset(minute for open_minutes in self.open_days.values() for minute in open_minutes)

    def end_of(self, start: datetime, length: int) -> datetime | None:
        """When a work of ``length`` minutes that begins then is over; None if it cannot begin then."""
        day = start.astimezone(self.zone).date()
        today = self.open_days.get(day, [])
        if start not in self.every_minute:
            return None
        if all(start + n * MINUTE in self.every_minute for n in range(length)):
            return start + length * MINUTE
        if length <= max(len(of_day) for of_day in self.open_days.values()):
            worked = [minute for minute in today if minute >= start][:length]
            return worked[-1] + MINUTE if len(worked) == length > self._longest_run(today) else None
        return self._overnight(day, start, length) if start == today[0] else None

    def _overnight(self, day: date, start: datetime, length: int) -> datetime | None:
        following = [open_minutes[0] for later, open_minutes in self.open_days.items() if later > day]
        whole, rest = divmod(length, 24 * 60)
        if len(following) < max(whole, 1):
            return None
        since = start
        if whole:
            since = datetime.combine(following[whole - 1].astimezone(self.zone), start.astimezone(self.zone).time(), self.zone).astimezone(
                UTC
            )
        end, last = max(since + rest * MINUTE, following[0]), following[-1]
        every = {minute for open_minutes in self.open_days.values() for minute in open_minutes}
        while end not in every and end - MINUTE not in every:
            end += MINUTE
            if end > last + DAY:
                return None
        return end if end - start <= 30 * DAY else None

    def _minutes_of(self, day: date) -> list[datetime]:
        if day in self.holidays:
            return []
        stretches = self.special.get(day) or tuple(hours for hours in self.hours if hours.weekday == day.isoweekday())
        since = datetime.combine(day, time(0), self.zone).astimezone(UTC)
        until = datetime.combine(day + DAY, time(0), self.zone).astimezone(UTC)
        return [minute for minute in minutes(since, until) if any(self._is_in(minute, stretch) for stretch in stretches)]

    def _is_in(self, minute: datetime, stretch: OpeningHours) -> bool:
        return stretch.opens <= minute.astimezone(self.zone).time() < stretch.closes

    @staticmethod
    def _longest_run(open_minutes: list[datetime]) -> int:
        longest = run = 0
        for place, minute in enumerate(open_minutes):
            run = run + 1 if place and minute - open_minutes[place - 1] == MINUTE else 1
            longest = max(longest, run)
        return longest


ZONES = [ZoneInfo(name) for name in ("Europe/Moscow", "Europe/Berlin", "America/Havana", "Africa/Casablanca", "Australia/Lord_Howe")]
WEEKS = ["9-20", "пн-пт 9-13, 14-18, сб 10-15", "вт-сб 8-17", "пн, чт 10-18", "пн-сб 1-4"]
STARTS = [date(2026, month, day) for month, day in ((3, 6), (3, 27), (4, 3), (10, 2), (10, 23), (10, 30), (11, 23))]


@st.composite
def shops(draw: st.DrawFn) -> tuple[Diary, Clock, tuple[Busy, ...]]:
    """Near a change of the clock, with a holiday, a short day, two bays and works of several days in them."""
    zone, hours, first = draw(st.sampled_from(ZONES)), parse_hours(draw(st.sampled_from(WEEKS))), draw(st.sampled_from(STARTS))
    holidays = frozenset(draw(st.sets(st.integers(0, 8).map(lambda n: first + n * DAY), max_size=3)))
    short = first + draw(st.integers(0, 8)) * DAY
    special = {short: tuple(parse_hours("пн 12-14"))} if draw(st.booleans()) else {}
    now = datetime.combine(first, time(7), zone).astimezone(UTC)
    rules = BookingRules(step_minutes=60, lead_minutes=0, buffer_minutes=draw(st.sampled_from([0, 30])), horizon_days=7)
    stays = draw(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 7 * 24), st.sampled_from([2, 20, 50])), max_size=4))
    busy = tuple(Busy(bay, now + since * HOUR, now + (since + length) * HOUR) for bay, since, length in stays)
    laid_out = lay_out(hours, holidays, zone=zone, first=first, days=40, special=special)
    bays = tuple(TakenTime(*merged(stay for stay in busy if stay.bay == bay)) for bay in (0, 1))
    duration = draw(st.sampled_from([60, 270, 480, 600, 1200, 1440, 2880, 4000])) * MINUTE
    return Diary(Workshop(laid_out, rules, now), bays, duration), Clock(hours, special, holidays, zone, first, 40), busy


@given(shops())
@settings(max_examples=12, deadline=None)
def test_a_stay_is_bookable_exactly_when_a_bay_is_free_for_every_minute_of_it(shop: tuple[Diary, Clock, tuple[Busy, ...]]) -> None:
    real, clock, busy = shop
    rest = real.workshop.rules.buffer
    for halves in range(2 * 24 * 7):
        start = real.workshop.now + halves * 30 * MINUTE
        end = clock.end_of(start, round(real.duration / MINUTE))
        assert real.workshop.calendar.stay_end(start, real.duration) == end, start.astimezone(clock.zone)
        is_free = end is not None and any(
            all(stay.ends_at <= start or end + rest <= stay.starts_at for stay in busy if stay.bay == bay) for bay in (0, 1)
        )
        assert real.is_bookable(start) == (is_free and start < real.workshop.horizon), start.astimezone(clock.zone)


@given(shops(), st.sampled_from([*Edge, None]), st.sets(st.integers(0, 6), max_size=3))
@settings(max_examples=12, deadline=None)
def test_what_is_offered_meets_the_wish_or_is_refused(
    shop: tuple[Diary, Clock, tuple[Busy, ...]], edge: Edge | None, left_out: set[int]
) -> None:
    real, clock, _ = shop
    besides = frozenset(clock.first + n * DAY for n in left_out)
    since = real.workshop.now.astimezone(clock.zone)
    found = choose(real, Wish(since, since + 6 * DAY, exact=False, besides=besides, edge=edge), 3)
    assert list(found.starts) == sorted(set(found.starts))
    assert all(real.is_bookable(start.astimezone(UTC)) for start in found.starts)
    if found.obstacle is None:
        assert not besides.intersection(start.date() for start in found.starts)
        if edge is Edge.OPENING:
            assert all(start.astimezone(UTC) == clock.open_days[start.date()][0] for start in found.starts)


# ---- by example ---------------------------------------------------------------------------------


def stay(hours: str, start: datetime, length: timedelta, *, holidays: set[date] | None = None) -> str:
    laid_out = lay_out(parse_hours(hours), holidays or set(), zone=MOSCOW, first=FIRST, days=40)
    end = laid_out.stay_end(start.astimezone(UTC), length)
    return f"{end.astimezone(MOSCOW):%d %H:%M}" if end else ""


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        (datetime(2026, 11, 23, 9, tzinfo=MOSCOW), 4 * HOUR, "23 13:00"),
        (datetime(2026, 11, 23, 9, tzinfo=MOSCOW), 5 * HOUR, "23 15:00"),  # through the break
        (datetime(2026, 11, 23, 12, tzinfo=MOSCOW), 2 * HOUR, ""),  # a short one is not parted by it
        (datetime(2026, 11, 23, 9, tzinfo=MOSCOW), 12 * HOUR, "24 09:00"),  # over one night
        (datetime(2026, 11, 23, 10, tzinfo=MOSCOW), 12 * HOUR, ""),  # begins with the day
        (datetime(2026, 11, 23, 9, tzinfo=MOSCOW), 48 * HOUR, "25 09:00"),
        (datetime(2026, 11, 23, 9, tzinfo=MOSCOW), 30 * HOUR, "24 15:00"),
        (datetime(2026, 11, 27, 9, tzinfo=MOSCOW), 24 * HOUR, "30 09:00"),  # a closed weekend is no working day
        (datetime(2026, 11, 27, 9, tzinfo=MOSCOW), 48 * HOUR, "02 09:00"),  # nor is a holiday
    ],
)
def test_a_stay_ends_within_hours(start: datetime, length: timedelta, end: str) -> None:
    assert stay("пн-пт 9-13, 14-18", start, length, holidays={date(2026, 12, 1)}) == end


def test_a_short_day_has_its_own_hours() -> None:
    special = {date(2026, 12, 31): parse_hours("пн 10-15")}
    laid_out = lay_out(parse_hours("9-20"), set(), zone=MOSCOW, first=FIRST, days=60, special=special)
    (opening,) = laid_out.openings_on(date(2026, 12, 31))
    assert (opening.opens.astimezone(MOSCOW).hour, opening.closes.astimezone(MOSCOW).hour) == (10, 15)
    late = datetime(2026, 12, 31, 14, 30, tzinfo=MOSCOW).astimezone(UTC)
    assert not laid_out.fits(late, HOUR)


def diary(hours: str = "9-20", *, busy: list[Busy] | None = None, duration: timedelta = HOUR) -> Diary:
    now = datetime(2026, 11, 22, 14, 5, tzinfo=MOSCOW).astimezone(UTC)
    laid_out = lay_out(parse_hours(hours), set(), zone=MOSCOW, first=FIRST - 2 * DAY, days=90)
    return Diary(Workshop(laid_out, BookingRules(), now), (TakenTime(*merged(busy or [])),), duration)


def week_of(edge: Edge | None = None, besides: frozenset[date] = frozenset()) -> Wish:
    return Wish(datetime(2026, 11, 23, tzinfo=MOSCOW), datetime(2026, 11, 30, tzinfo=MOSCOW), exact=False, edge=edge, besides=besides)


def told(starts: tuple[datetime, ...]) -> list[str]:
    return [f"{start:%d %H:%M}" for start in starts]


def test_offers_of_a_week_are_of_several_days_and_hours() -> None:
    assert told(choose(diary(), week_of(), 3).starts) == ["23 09:00", "25 12:30", "28 16:00"]


def test_the_opening_is_the_shops_own() -> None:
    found = choose(diary("пн-пт 8-17, сб 10-15"), week_of(Edge.OPENING), 6)
    assert told(found.starts) == ["23 08:00", "24 08:00", "25 08:00", "26 08:00", "27 08:00", "28 10:00"]


def test_the_last_hour_before_closing_is_one_that_the_work_fits_into() -> None:
    assert told(choose(diary("пн-пт 8-17", duration=2 * HOUR), week_of(Edge.CLOSING), 5).starts)[0] == "23 15:00"


def test_a_taken_opening_brings_what_is_near_it() -> None:
    monday = Wish(datetime(2026, 11, 23, tzinfo=MOSCOW), datetime(2026, 11, 24, tzinfo=MOSCOW), exact=False, edge=Edge.OPENING)
    at_nine = datetime(2026, 11, 23, 9, tzinfo=MOSCOW).astimezone(UTC)
    found = choose(diary(busy=[Busy(0, at_nine, at_nine + HOUR)]), monday, 2)
    assert (told(found.starts), found.obstacle and found.obstacle.refusal) == (["23 10:00", "23 10:30"], Refusal.TAKEN)


def test_days_that_are_not_wanted_are_not_offered() -> None:
    besides = frozenset({date(2026, 11, 24), date(2026, 11, 25)})
    assert told(choose(diary("пн-ср 9-10, пт 9-10"), week_of(besides=besides), 3).starts) == ["23 09:00", "27 09:00"]
