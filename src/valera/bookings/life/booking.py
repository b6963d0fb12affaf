"""Booking: a work that has a bay for a time. Request: one that waits for the shop to name a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from valera.bookings.life import queries
from valera.bookings.life.status import Status
from valera.kit.errors import Conflict, NotFound

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


class BookingUnknown(NotFound):
    """There is no such booking for whoever asks."""

    def __init__(self, number: int | None) -> None:
        super().__init__("No upcoming booking." if number is None else f"No booking {number}.")
        self.number = number


class BookingUnclear(Conflict):
    """The client has several upcoming bookings and named none of them."""

    def __init__(self, bookings: tuple[Entry, ...]) -> None:
        super().__init__("Several upcoming bookings: a number is needed.")
        self.bookings = bookings


@dataclass(frozen=True, slots=True)
class Booking:
    """``number`` is what people say; a hold has none. Between ``starts_at`` and ``ends_at`` the bay is taken, rest included."""

    id: int
    number: int | None
    status: Status
    chat_id: int | None
    client_id: int | None
    service: str
    description: str
    starts_at: datetime
    ends_at: datetime
    bay_id: int
    bay: str
    revision: int = 1

    def is_movable(self, now: datetime) -> bool:
        """Upcoming and nobody has come yet: its client may move or cancel it."""
        return self.status is Status.CONFIRMED and self.starts_at > now


@dataclass(frozen=True, slots=True)
class Request:
    """A booking without a time: ``description`` is the client's wish in words."""

    id: int
    number: int | None
    status: Status
    chat_id: int | None
    client_id: int | None
    service: str
    description: str
    revision: int = 1


Entry: TypeAlias = Booking | Request
"""A line of the shop's book."""


async def get_entry(tx: AccountTx, booking_id: int) -> Entry:
    """Raises LookupError: for ids that come from rows."""
    booking = await queries.find_booking(tx, Booking, booking_id)
    return booking if booking is not None else await queries.get_request(tx, Request, booking_id)


async def get_booking(tx: AccountTx, booking_id: int) -> Booking:
    """One that has a time. Raises LookupError: for ids that come from rows."""
    booking = await queries.find_booking(tx, Booking, booking_id)
    if booking is None:
        raise LookupError("no Booking")
    return booking


async def get_by_number(tx: AccountTx, number: int) -> Entry:
    """Any that is real, over or not. Raises BookingUnknown."""
    booking_id = await queries.find_id(tx, number)
    if booking_id is None:
        raise BookingUnknown(number)
    return await get_entry(tx, booking_id)


async def list_client_bookings(tx: AccountTx, client_id: int, now: datetime) -> list[Booking]:
    """Real and not over yet, the next one first."""
    return await queries.select_client_bookings(tx, Booking, client_id, now)


async def list_client_requests(tx: AccountTx, client_id: int) -> list[Request]:
    """Those that wait for a time, the oldest first."""
    return await queries.select_client_requests(tx, Request, client_id)


async def list_movable(tx: AccountTx, client_id: int, now: datetime) -> list[Booking]:
    """Those of the client's bookings that he may move or cancel himself."""
    return [booking for booking in await list_client_bookings(tx, client_id, now) if booking.is_movable(now)]


async def find_client_booking(tx: AccountTx, *, client_id: int, number: int | None, now: datetime) -> Booking:
    """The client's own upcoming booking; without a number the only one. Raises BookingUnknown (another client's, too), BookingUnclear."""
    named = [booking for booking in await list_movable(tx, client_id, now) if number in (None, booking.number)]
    if not named:
        raise BookingUnknown(number)
    if len(named) > 1:
        raise BookingUnclear(tuple(named))
    return named[0]


async def find_client_entry(tx: AccountTx, *, client_id: int, number: int | None, now: datetime) -> Entry:
    """As `find_client_booking`, requests included: what the client may cancel."""
    mine: list[Entry] = [*await list_movable(tx, client_id, now), *await list_client_requests(tx, client_id)]
    named = [entry for entry in mine if number in (None, entry.number)]
    if not named:
        raise BookingUnknown(number)
    if len(named) > 1:
        raise BookingUnclear(tuple(named))
    return named[0]
