"""One booking as its card shows it: who, what, when, what happened, and what may be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from valera.bookings.desk.book import Happened
from valera.bookings.desk.queries import select_events
from valera.bookings.life.booking import BookingUnknown
from valera.bookings.life.status import Status, steps_after
from valera.bookings.schedule.workshop import load_rules
from valera.dashboard.board import queries
from valera.dashboard.board.rows import One

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from valera.kit.db import AccountTx

ORDER = (Status.ARRIVED, Status.IN_WORK, Status.DONE, Status.NO_SHOW)
"""The steps that a press of one button takes. A cancellation wants a reason, a request a time."""
LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Card:
    """``steps``: what a button does now. ``is_early``: it can be said to have come on its day only."""

    one: One
    ends_at: datetime | None
    events: tuple[Happened, ...]
    steps: tuple[Status, ...]
    is_early: bool

    @property
    def is_movable(self) -> bool:
        return self.one.status is Status.CONFIRMED

    @property
    def is_request(self) -> bool:
        return self.one.status is Status.REQUESTED

    @property
    def is_cancellable(self) -> bool:
        return Status.CANCELLED in steps_after(self.one.status)


async def get_one(tx: AccountTx, number: int) -> One:
    """Raises BookingUnknown."""
    one = await queries.select_one(tx, One, number) if 0 < number <= LARGEST else None
    if one is None:
        raise BookingUnknown(number)
    return one


async def view_card(tx: AccountTx, number: int, *, now: datetime, zone: ZoneInfo) -> Card:
    """Raises BookingUnknown."""
    one = await get_one(tx, number)
    rest = (await load_rules(tx)).buffer
    ends_at = one.ends_at - rest if one.ends_at else None
    steps = next_steps(one, now=now, zone=zone)
    is_early = one.status is Status.CONFIRMED and Status.ARRIVED not in steps
    return Card(one, ends_at, tuple(await select_events(tx, Happened, number)), steps, is_early)


def next_steps(one: One, *, now: datetime, zone: ZoneInfo) -> tuple[Status, ...]:
    """Those that follow and that this hour allows: who comes, comes on a day of the booking; who has not come, is late."""
    return tuple(status for status in ORDER if status in steps_after(one.status) and _is_time_for(status, one, now, zone))


def _is_time_for(status: Status, one: One, now: datetime, zone: ZoneInfo) -> bool:
    if one.starts_at is None or one.ends_at is None:
        return False
    if status is Status.ARRIVED:
        first, last = _days(one.starts_at, one.ends_at, zone)
        return first <= now.astimezone(zone).date() <= last
    return status is not Status.NO_SHOW or now >= one.starts_at


def _days(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> tuple[date, date]:
    return starts_at.astimezone(zone).date(), (ends_at - timedelta(microseconds=1)).astimezone(zone).date()
