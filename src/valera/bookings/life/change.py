"""Change: the one way in which a booking that exists is changed. Row and event are written by one statement, and the database refuses a
change without its event, or one that the table of steps does not allow.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import asyncpg

from valera.bookings.life import queries
from valera.bookings.life.booking import get_booking, get_entry
from valera.bookings.life.status import Status, require_movable, require_step
from valera.kit.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from valera.bookings.life.booking import Booking, Entry
    from valera.kit.db import AccountTx

MOVED = "moved"


class SlotTaken(Conflict):
    """No bay is free at that time."""


class Actor(StrEnum):
    CLIENT = "client"
    ASSISTANT = "assistant"
    MEMBER = "member"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class By:
    """Who changes it: a client by a ``message_id`` (his press or word), a member, the assistant in a turn, or the system by itself.
    ``details`` say why, and which proposal was meant.
    """

    actor: Actor
    member_id: int | None = None
    message_id: int | None = None
    turn_id: int | None = None
    details: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Stay:
    """A bay for a time, rest included."""

    bay_id: int
    starts_at: datetime
    ends_at: datetime


def by_client(message_id: int, **details: Any) -> By:
    return By(Actor.CLIENT, message_id=message_id, details=details)


def by_member(member_id: int, *, reason: str = "") -> By:
    return By(Actor.MEMBER, member_id=member_id, details={"reason": reason} if reason else {})


def by_system(**details: Any) -> By:
    return By(Actor.SYSTEM, details=details)


async def step(tx: AccountTx, booking: Entry, status: Status, by: By, *, stay: Stay | None = None) -> Entry:
    """The next step of its life, with a number where it becomes real, with another ``stay`` where it gets one. The caller holds the
    shop's lock. Raises StatusConflict, SlotTaken.
    """
    require_step(booking.status, status)
    is_new = booking.number is None and status is not Status.EXPIRED
    number = await queries.next_number(tx) if is_new else booking.number
    await _write(tx, booking.id, status.value, status, by, number=number, stay=stay)
    return await get_entry(tx, booking.id)


async def move(tx: AccountTx, booking: Booking, stay: Stay, by: By) -> Booking:
    """To where it stands already: nothing changes, and nothing is told. Raises StatusConflict, SlotTaken."""
    require_movable(booking.status)
    if stay == Stay(booking.bay_id, booking.starts_at, booking.ends_at):
        return booking
    await _write(tx, booking.id, MOVED, booking.status, by, number=booking.number, stay=stay)
    return await get_booking(tx, booking.id)


async def _write(tx: AccountTx, booking_id: int, event: str, status: Status, by: By, *, number: int | None, stay: Stay | None) -> None:
    async with undone_if_taken(tx):
        await queries.change(
            tx,
            booking_id,
            event=event,
            status=status,
            number=number,
            bay_id=stay.bay_id if stay else None,
            starts_at=stay.starts_at if stay else None,
            ends_at=stay.ends_at if stay else None,
            actor=by.actor,
            member_id=by.member_id,
            message_id=by.message_id,
            turn_id=by.turn_id,
            details=by.details,
        )


@asynccontextmanager
async def undone_if_taken(tx: AccountTx) -> AsyncIterator[None]:
    """Without a bay nothing inside has happened. Another writer, who does not know the lock, may come between search and write."""
    try:
        async with tx.savepoint():
            yield
    except asyncpg.ExclusionViolationError:
        raise SlotTaken("No bay is free at that time.") from None
