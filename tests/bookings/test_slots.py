"""The search for slots, without a database: against a model that tries every minute, and by example."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bookings.model import MINUTE, Busy, MinuteModel, merged, minutes
from valera.bookings.schedule.calendar import lay_out
from valera.bookings.schedule.diary import Diary, TakenTime
from valera.bookings.schedule.opening_hours import parse_hours
from valera.bookings.schedule.refusal import Reason, Refusal
from valera.bookings.schedule.rules import BookingRules, BookingRulesInvalid, read_rules
from valera.bookings.schedule.slots import Found, choose
from valera.bookings.schedule.workshop import Workshop
from valera.russian.time.when import Wish

MOSCOW = ZoneInfo("Europe/Moscow")
HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 22, 14, 5, tzinfo=MOSCOW).astimezone(UTC)  # a Sunday
DAY = 24 * HOUR


def at(day: int, hour: int, minute: int = 0, *, month: int = 11, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=zone)


def wish(start: datetime, end: datetime | None = None) -> Wish:
    return Wish(start, end or start + MINUTE, exact=end is None)


def diary(
    hours: str = "9-20", *, busy: list[Busy] | None = None, bays: int = 1, duration: timedelta = HOUR, now: datetime = NOW, **rules: int
) -> Diary:
    laid_out = lay_out(parse_hours(hours), {date(2026, 12, 1)}, zone=MOSCOW, first=now.astimezone(MOSCOW).date() - DAY, days=75)
    return Diary(Workshop(laid_out, BookingRules(**rules), now), taken_of(busy or [], bays), duration)


def taken_of(busy: list[Busy], bays: int) -> tuple[TakenTime, ...]:
    return tuple(TakenTime(*merged(stay for stay in busy if stay.bay == bay)) for bay in range(bays))


def taken(start: datetime, hours: float = 1, bay: int = 0) -> Busy:
    return Busy(bay, start.astimezone(UTC), start.astimezone(UTC) + hours * HOUR)


def told(found: Found) -> list[str]:
    return [f"{start:%d %H:%M}" for start in found.starts]


def test_a_named_time_that_is_free_is_the_only_slot() -> None:
    found = choose(diary(), wish(at(23, 11)), 3)
    assert (told(found), found.exact_match, found.obstacle) == (["23 11:00"], True, None)


def test_a_client_may_name_a_time_between_ours() -> None:
    assert told(choose(diary(), wish(at(23, 11, 10)), 3)) == ["23 11:10"]


def test_a_taken_time_brings_its_neighbours_of_the_same_day() -> None:
    found = choose(diary(busy=[taken(at(23, 11))]), wish(at(23, 11)), 3)
    assert told(found) == ["23 09:30", "23 10:00", "23 12:00"]
    assert found.obstacle is not None
    assert found.obstacle.refusal.reason is Reason.TAKEN


def test_another_bay_is_as_good() -> None:
    assert choose(diary(busy=[taken(at(23, 11))], bays=2), wish(at(23, 11)), 3).exact_match


def test_a_full_day_brings_the_same_hour_of_the_next_days() -> None:
    found = choose(diary(busy=[taken(at(23, 9), 11)]), wish(at(23, 11)), 3)
    assert told(found) == ["24 11:00", "25 11:00", "26 11:00"]


def test_a_stretch_brings_slots_that_are_a_choice() -> None:
    found = choose(diary(), wish(at(23, 9), at(23, 18)), 3)
    assert (told(found), found.exact_match, found.obstacle) == (["23 09:00", "23 12:00", "23 15:00"], False, None)


def test_no_wish_brings_the_soonest() -> None:
    found = choose(diary(), None, 3)
    assert (told(found), found.exact_match, found.obstacle) == (["22 15:00", "22 16:30", "22 18:00"], False, None)


def test_as_soon_as_possible_begins_with_the_first_free_slot() -> None:
    asked = Wish(NOW, NOW + 7 * DAY, exact=False, soonest=True)
    assert told(choose(diary(busy=[taken(at(22, 14), 4.5)]), asked, 3)) == ["22 18:30", "22 19:00", "23 09:00"]


def test_hours_bind_every_day_of_a_wish() -> None:
    weekend_mornings = Wish(at(28, 9), at(29, 12), exact=False, hours=(time(9), time(12)))
    assert told(choose(diary(), weekend_mornings, 3)) == ["28 09:00", "28 11:00", "29 10:00"]
    full = [taken(at(28, 9), 4), taken(at(29, 9), 4)]
    assert told(choose(diary(busy=full), weekend_mornings, 3)) == ["28 13:00", "28 13:30", "28 14:00"]


def test_soonest_within_hours_stays_within_them() -> None:
    asked = Wish(at(23, 9), at(27, 12), exact=False, soonest=True, hours=(time(9), time(12)))
    assert told(choose(diary(busy=[taken(at(23, 9), 2)]), asked, 3)) == ["23 11:00", "23 11:30", "24 09:00"]


def test_hours_before_opening_are_closed_on_each_day() -> None:
    found = choose(diary(), Wish(at(28, 6), at(29, 8), exact=False, hours=(time(6), time(8))), 3)
    assert found.obstacle is not None
    assert found.obstacle.refusal is Refusal.CLOSED_HOURS
    assert told(found)[0] == "28 09:00"


def test_a_closed_weekend_brings_monday_at_the_wished_hours() -> None:
    weekend_evenings = Wish(at(28, 17), at(29, 20), exact=False, hours=(time(17), time(20)))
    found = choose(diary("пн-пт 9-20"), weekend_evenings, 2)
    assert told(found) == ["30 17:00", "02 17:00"]
    assert found.obstacle is not None
    assert found.obstacle.refusal is Refusal.CLOSED_DAY


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (wish(at(22, 11)), Refusal.PAST),
        (wish(at(21, 11)), Refusal.PAST),
        (wish(at(22, 9), at(22, 12)), Refusal.PAST),
        (wish(at(22, 14, 15)), Refusal.TOO_SOON),
        (wish(at(23, 8)), Refusal.CLOSED_HOURS),
        (wish(at(22, 20), at(23, 0)), Refusal.CLOSED_HOURS),
        (wish(at(23, 19, 30)), Refusal.NO_TIME_LEFT),
        (wish(at(1, 11, month=12)), Refusal.CLOSED_DAY),
        (wish(at(22, 11) + 61 * DAY), Refusal.TOO_FAR),
        (wish(at(23, 11)), Refusal.TAKEN),
        (wish(at(23, 10), at(23, 12)), Refusal.TAKEN),
    ],
)
def test_a_refusal_is_the_true_one(asked: Wish, refusal: Refusal) -> None:
    found = choose(diary(busy=[taken(at(23, 9), 4)]), asked, 3)
    assert found.obstacle is not None
    assert found.obstacle.refusal is refusal
    assert not found.exact_match
    assert len(found.starts) == 3


def test_a_wish_that_is_too_far_brings_the_last_days_that_can_be_booked() -> None:
    assert told(choose(diary(), wish(at(22, 11) + 100 * DAY), 3)) == ["19 11:00", "20 11:00", "21 11:00"]


def test_a_shop_without_bays_offers_nothing_and_says_so() -> None:
    found = choose(diary(bays=0), wish(at(23, 11)), 3)
    assert found.starts == ()
    assert found.obstacle is not None
    assert found.obstacle.refusal is Refusal.NEVER


def test_a_bay_rests_between_works() -> None:
    found = choose(diary(busy=[taken(at(23, 12))], buffer_minutes=30), wish(at(23, 11)), 3)
    assert not found.exact_match
    assert choose(diary(busy=[taken(at(23, 12))], buffer_minutes=30), wish(at(23, 10, 30)), 3).exact_match


def test_the_rest_may_reach_past_closing() -> None:
    assert choose(diary(buffer_minutes=45), wish(at(23, 19)), 3).exact_match


def test_settings_that_make_no_sense_are_named() -> None:
    with pytest.raises(BookingRulesInvalid, match="step_minutes"):
        read_rules({"booking": {"step_minutes": 0}})


# ---- against the model --------------------------------------------------------------------------

ZONES = [ZoneInfo(name) for name in ("Europe/Moscow", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")]
WEEKS = ["9-20", "пн-пт 9-18, сб 10-15", "24/7", "пн-пт 9-13, 14-18", "вт-сб 18-24, ср-вс 0-3", "0:30-4:15"]
CHANGES = [datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 8), (3, 29), (4, 4), (10, 3), (10, 25), (11, 1), (11, 23))]


@st.composite
def shops(draw: st.DrawFn) -> tuple[Diary, MinuteModel, datetime]:
    """A shop near a change of the clock, with two bays and some works in them."""
    zone, hours = draw(st.sampled_from(ZONES)), parse_hours(draw(st.sampled_from(WEEKS)))
    now = draw(st.sampled_from(CHANGES)) - DAY + draw(st.integers(0, 2 * 24 * 60)) * MINUTE
    holidays = draw(st.sets(st.integers(0, 4), max_size=1).map(lambda days: {now.date() + day * DAY for day in days}))
    rules = BookingRules(
        step_minutes=draw(st.sampled_from([15, 30, 45, 60])),
        lead_minutes=draw(st.sampled_from([0, 30, 120])),
        buffer_minutes=draw(st.sampled_from([0, 10])),
        horizon_days=4,
    )
    duration = draw(st.sampled_from([30, 60, 90, 150])) * MINUTE
    stays = draw(st.lists(st.tuples(st.integers(0, 1), st.integers(-300, 5000), st.sampled_from([30, 60, 240])), max_size=12))
    busy = [Busy(bay, now + start * MINUTE, now + (start + length) * MINUTE) for bay, start, length in stays]
    laid_out = lay_out(hours, holidays, zone=zone, first=now.astimezone(zone).date() - DAY, days=14)
    blocked = tuple(
        frozenset(minute for stay in busy if stay.bay == bay for minute in minutes(stay.starts_at, stay.ends_at)) for bay in (0, 1)
    )
    return Diary(Workshop(laid_out, rules, now), taken_of(busy, 2), duration), MinuteModel(hours, holidays, zone, blocked), now


@given(shops())
@settings(max_examples=60, deadline=None)
def test_a_start_is_bookable_exactly_when_every_minute_is(shop: tuple[Diary, MinuteModel, datetime]) -> None:
    real, model, now = shop
    rules = real.workshop.rules
    for quarter in range(0, 3 * 24 * 60, 15):
        start = now + quarter * MINUTE
        wanted = start >= now + rules.lead and model.is_free(start, real.duration, rules.buffer)
        assert real.is_bookable(start) == wanted, start.astimezone(model.zone)


@given(shops())
@settings(max_examples=60, deadline=None)
def test_whatever_is_found_can_be_booked_and_whatever_was_refused_cannot(shop: tuple[Diary, MinuteModel, datetime]) -> None:
    real, model, now = shop
    asked = Wish(now.astimezone(model.zone) + 3 * HOUR, now.astimezone(model.zone) + 9 * HOUR, exact=False)
    found = choose(real, asked, 3)
    starts = [start.astimezone(UTC) for start in found.starts]  # of one zone, the two two o'clocks of a night would be the same
    assert starts == sorted(set(starts))
    assert all(model.is_free(start, real.duration, real.workshop.rules.buffer) for start in starts)
    free = [start for start in real.starts(asked.start, asked.end) if model.is_free(start, real.duration, real.workshop.rules.buffer)]
    assert (found.obstacle is None) == bool(free)
    assert not found.exact_match
