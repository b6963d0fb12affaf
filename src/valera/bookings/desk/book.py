"""The book as a member reads it: lines of bookings, and what happened to one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.bookings.desk import queries
from valera.bookings.life.booking import BookingUnknown
from valera.bookings.life.change import Actor
from valera.bookings.life.status import Status

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Line:
    """One booking. Times are None while it waits for one; what is not known is empty. ``description``: the client's wish or comment."""

    number: int
    status: Status
    starts_at: datetime | None
    ends_at: datetime | None
    bay: str
    service: str
    description: str
    client: str
    client_id: int | None
    phone: str
    car: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a booking's life. ``starts_at``: its time afterwards; ``member``: who, if it was a member."""

    event: str
    actor: Actor
    member: str
    starts_at: datetime | None
    reason: str
    created_at: datetime


async def list_book(
    tx: AccountTx, *, since: datetime | None = None, until: datetime | None = None, status: Status | None = None
) -> list[Line]:
    """Requests first, then by time. Without a status what was never real is left out."""
    return await queries.select_book(tx, Line, since=since, until=until, status=status, number=None)


async def show(tx: AccountTx, number: int) -> tuple[Line, list[Happened]]:
    """Raises BookingUnknown."""
    lines = await queries.select_book(tx, Line, since=None, until=None, status=None, number=number)
    if not lines:
        raise BookingUnknown(number)
    return lines[0], await queries.select_events(tx, Happened, number)
