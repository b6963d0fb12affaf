"""When something is said unasked: leads, quiet hours, the shop's own clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from valera.followup.quiet import after, is_quiet, last_before
from valera.followup.reminders.plan import plan
from valera.followup.settings import Quiet

MOSCOW = ZoneInfo("Europe/Moscow")
NIGHT = Quiet(time(21), time(9), MOSCOW)
LEADS = (timedelta(hours=24), timedelta(hours=2))


def moscow(text: str) -> datetime:
    """«1 12:00» is the first of December."""
    day, clock = text.split()
    return datetime.combine(date(2026, 12, int(day)), time.fromisoformat(clock), MOSCOW)


@pytest.mark.parametrize(
    ("starts", "since", "said"),
    [
        ("10 12:00", "1 12:00", ["9 12:00", "10 10:00"]),
        ("10 10:30", "1 12:00", ["9 10:30", "10 09:00"]),  # 08:30 is quiet: at its end an hour and a half is left
        ("10 09:00", "1 12:00", ["9 09:00"]),  # the evening before would be soon after the first
        ("10 08:00", "1 12:00", ["9 09:00"]),  # a day before it was quiet, too
        ("10 09:00", "9 12:00", ["9 20:30"]),  # booked since: the first is over, so the second comes the evening before
        ("10 09:00", "9 20:45", []),
        ("10 23:30", "1 12:00", ["10 09:00"]),  # both would be in the night: the next morning is soon enough
        ("10 12:00", "9 12:00", ["10 10:00"]),  # booked exactly a day before
        ("10 12:00", "10 10:00", []),
        ("10 12:00", "10 12:30", []),
    ],
)
def test_reminders_of_a_visit(starts: str, since: str, said: list[str]) -> None:
    planned = plan(moscow(starts), LEADS, NIGHT, since=moscow(since))

    assert [each.at for each in planned] == [moscow(moment) for moment in said]


def test_never_in_quiet_hours_never_after_the_start_never_before_the_time_was_settled() -> None:
    since = moscow("1 12:00")
    for minutes in range(0, 4 * 24 * 60, 15):
        starts_at = since + timedelta(minutes=minutes)
        for quiet in (NIGHT, Quiet(time(1), time(6), MOSCOW), Quiet(time(13), time(15), MOSCOW), Quiet(time(9), time(9), MOSCOW)):
            for each in plan(starts_at, (timedelta(hours=48), *LEADS, timedelta(hours=1)), quiet, since=since):
                assert since < each.at < starts_at
                assert not is_quiet(each.at, quiet)


def test_the_same_beginning_and_end_means_no_quiet_hours() -> None:
    assert not is_quiet(moscow("1 03:00"), Quiet(time(9), time(9), MOSCOW))


def test_a_night_in_which_clocks_are_set_back_is_longer() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    quiet = Quiet(time(21), time(9), berlin)
    midnight = datetime(2026, 10, 25, 0, 30, tzinfo=berlin)

    assert after(midnight, quiet) == datetime(2026, 10, 25, 8, tzinfo=UTC)
    assert last_before(midnight, quiet) == datetime(2026, 10, 24, 18, 30, tzinfo=UTC)
