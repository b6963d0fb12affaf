"""Booking, Proposal, Accepted: what a shop has promised, and what waits for a client's yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from valera.bookings.status import Status
from valera.kit.errors import Conflict, NotFound


class SlotTaken(Conflict):
    """No bay is free at that time."""


class SlotUnknown(NotFound):
    """No such slot was offered to this chat, or it can no longer be booked."""


class ProposalExpired(Conflict):
    """The proposal waits no longer: its time is over, another took its place, or it was declined."""


class ProposalUnknown(NotFound):
    """No such proposal was made to this chat."""


class BookingUnknown(NotFound):
    """The client has no upcoming booking of that number."""

    def __init__(self, number: int | None) -> None:
        super().__init__("No upcoming booking." if number is None else f"No upcoming booking {number}.")
        self.number = number


class BookingUnclear(Conflict):
    """The client has several upcoming bookings and named none of them."""

    def __init__(self, bookings: tuple[Booking, ...]) -> None:
        super().__init__("Several upcoming bookings: a number is needed.")
        self.bookings = bookings


class ProposalKind(StrEnum):
    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"


class ProposalState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


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

    def is_movable(self, now: datetime) -> bool:
        """Upcoming and nobody has come yet: its client may move or cancel it."""
        return self.status in (Status.REQUESTED, Status.CONFIRMED) and self.starts_at > now


@dataclass(frozen=True, slots=True)
class Proposal:
    """``starts_at`` is what would be true after a yes; a move knows where it came from (``previous_start``) and keeps ``bay_id`` free."""

    id: int
    key: str
    kind: ProposalKind
    state: ProposalState
    chat_id: int
    booking_id: int
    number: int | None
    service: str
    starts_at: datetime
    ends_at: datetime
    previous_start: datetime | None
    bay_id: int | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the client's yes made real."""

    kind: ProposalKind
    booking: Booking
    previous_start: datetime | None = None
