"""Wishes in every zone, on days that lose or double an hour: what must hold of any wish, and phrases made for known moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.russian.time.test_phrases import phrases
from valera.russian.time.moments import MONTHS
from valera.russian.time.when import Unclear, Wish, format_day, format_moment, read_wish

ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "Europe/Moscow", "Europe/Berlin", "America/Havana", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Vladivostok",
            "Asia/Kathmandu", "America/New_York", "Pacific/Apia", "UTC",
        )
    ]
)  # fmt: skip
# Days on which some of these zones change their clocks, and any other.
CHANGES = [
    (2026, 3, 8),
    (2026, 3, 29),
    (2026, 4, 5),
    (2026, 10, 4),
    (2026, 10, 25),
    (2026, 11, 1),
    (2027, 2, 7),
    (2027, 3, 14),
    (2027, 3, 28),
]
EARLIEST, LATEST = datetime(2024, 1, 1), datetime(2032, 1, 1)  # noqa: DTZ001 - hypothesis wants them naive
MOMENTS = st.datetimes(EARLIEST, LATEST) | st.builds(
    lambda day, minute: datetime(*day) - timedelta(days=1) + timedelta(minutes=minute),  # noqa: DTZ001
    st.sampled_from(CHANGES),
    st.integers(0, 3 * 24 * 60),
)
SAID = sorted({told.say for told in phrases()})
DAY = timedelta(days=1)


@given(st.sampled_from(SAID) | st.lists(st.sampled_from(SAID), min_size=2, max_size=2).map(", ".join), MOMENTS, ZONES)
@settings(max_examples=250, deadline=None)
def test_any_wish_lies_ahead_and_has_a_length(said: str, moment: datetime, zone: ZoneInfo) -> None:
    now = moment.replace(tzinfo=UTC)
    wish = read_wish(said, now=now, zone=zone)
    if not isinstance(wish, Wish):
        return
    start, end = wish.start.astimezone(UTC), wish.end.astimezone(UTC)
    assert now.replace(second=0, microsecond=0) <= start < end
    assert (wish.start.tzinfo, wish.end.tzinfo) == (zone, zone)
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    assert all(wish.start.date() < day < last for day in wish.besides)
    if wish.hours:
        assert wish.hours[0] < wish.hours[1]
    if wish.exact:
        assert end - start <= timedelta(minutes=1)


@given(MOMENTS, ZONES, st.integers(1, 59), st.integers(8, 22), st.sampled_from([0, 15, 30, 45]))
@settings(max_examples=120, deadline=None)
def test_a_day_and_an_hour_mean_that_moment_however_they_are_said(
    moment: datetime, zone: ZoneInfo, ahead: int, hour: int, minute: int
) -> None:
    now = moment.replace(tzinfo=UTC)
    day = now.astimezone(zone).date() + ahead * DAY
    meant = datetime.combine(day, time(hour, minute), zone).astimezone(UTC)
    clock = f"{hour:02}:{minute:02}"
    ways = [
        f"{day:%d.%m.%Y} в {clock}",
        f"в {clock} {day.day} {MONTHS[day.month - 1]} {day.year}",
        f"{day.isoformat()} {clock}",
        f"{day:%d.%m.%y}, {clock}",
    ]
    ways += [f"завтра в {clock}"] if ahead == 1 else []
    ways += [f"послезавтра к {clock}"] if ahead == 2 else []
    ways += [format_moment(meant, zone)] if ahead < 50 else []
    for said in ways:
        wish = read_wish(said, now=now, zone=zone)
        assert isinstance(wish, Wish), (said, wish)
        assert (wish.exact, wish.start.astimezone(UTC)) == (True, meant), said


@given(MOMENTS, ZONES, st.integers(1, 50))
@settings(max_examples=80, deadline=None)
def test_a_day_is_the_whole_local_day(moment: datetime, zone: ZoneInfo, ahead: int) -> None:
    now = moment.replace(tzinfo=UTC)
    day = now.astimezone(zone).date() + ahead * DAY
    for said in (format_day(day), f"{day:%d.%m.%Y}", f"через {ahead} дней" if ahead > 4 else f"{day.day} {MONTHS[day.month - 1]}"):
        wish = read_wish(said, now=now, zone=zone)
        assert not isinstance(wish, Unclear), (said, wish)
        assert wish is not None
        assert (wish.start.astimezone(UTC), wish.end.astimezone(UTC)) == (_midnight(day, zone), _midnight(day + DAY, zone)), said
        assert not wish.exact


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of the day: where midnight is left out, the hour after it."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)
