"""What a change of hours, days or bays would leave out: bookings that fitted before it and do not any more. Nobody else tells them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from valera.bookings.schedule import queries
from valera.bookings.schedule.workshop import load_workshop
from valera.kit.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from valera.bookings.schedule.calendar import Calendar
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class ComingBooking:
    """``minutes`` None: its work takes from its beginning to its end. ``bay_works``: what its bay does; empty: everything."""

    id: int
    number: int | None
    starts_at: datetime
    ends_at: datetime
    minutes: int | None
    sections: list[str]
    bay: str
    is_bay_open: bool
    bay_works: list[str]
    service: str
    client: str

    def fits(self, calendar: Calendar) -> bool:
        length = timedelta(minutes=self.minutes) if self.minutes else self.ends_at - self.starts_at
        does = not self.bay_works or not self.sections or set(self.sections) <= set(self.bay_works)
        return self.is_bay_open and does and calendar.fits(self.starts_at, length)


class LeavesOut(Conflict):
    """The change would leave these bookings outside of hours, or in a bay that is closed or does other works."""

    def __init__(self, bookings: tuple[ComingBooking, ...]) -> None:
        super().__init__(f"{len(bookings)} bookings would be left outside of hours or without their bay.")
        self.bookings = bookings


@asynccontextmanager
async def leaving_nobody_out(tx: AccountTx, now: datetime, *, is_agreed: bool) -> AsyncIterator[None]:
    """Around a change. What did not fit before is not asked about again. Raises LeavesOut, inside the transaction, which ends it."""
    if is_agreed:
        yield
        return
    before = {booking.id for booking in await _misplaced(tx, now)}
    yield
    left_out = tuple(booking for booking in await _misplaced(tx, now) if booking.id not in before)
    if left_out:
        raise LeavesOut(left_out)


async def _misplaced(tx: AccountTx, now: datetime) -> list[ComingBooking]:
    workshop = await load_workshop(tx, now)
    coming = await queries.select_coming(tx, ComingBooking, now, workshop.horizon)
    return [booking for booking in coming if not booking.fits(workshop.calendar)]
