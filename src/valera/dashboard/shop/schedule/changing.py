"""A change of the schedule that is asked about first where it leaves bookings out: nothing of it is kept until somebody agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.bookings.schedule.outside import LeavesOut, leaving_nobody_out

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from valera.bookings.schedule.outside import ComingBooking
    from valera.kit.db import AccountTx, Database

AGREED = "on"


async def change(db: Database, now: datetime, agreed: str, make: Callable[[AccountTx], Awaitable[object]]) -> tuple[ComingBooking, ...]:
    """Bookings that the change would leave out; none: it is made."""
    try:
        async with db.account_tx() as tx, leaving_nobody_out(tx, now, is_agreed=agreed == AGREED):
            await make(tx)
    except LeavesOut as left_out:
        return left_out.bookings
    return ()
