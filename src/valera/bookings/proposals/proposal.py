"""Proposal: what waits for a client's yes. Accepted: what that yes made real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.bookings.proposals import queries
from valera.kit.errors import Conflict, NotFound

if TYPE_CHECKING:
    from valera.bookings.life.booking import Booking, Entry
    from valera.kit.db import AccountTx

KEY_LENGTH = 10


class SlotUnknown(NotFound):
    """No such slot was offered to this chat, or it can no longer be booked."""


class ProposalExpired(Conflict):
    """The proposal waits no longer: its time is over, another took its place, or it was declined."""


class ProposalUnknown(NotFound):
    """No such proposal was made to this chat."""


class SecondWish(Conflict):
    """The client has other bookings, and was not told of them when this one was proposed."""

    def __init__(self, proposal: Proposal, others: tuple[Booking, ...]) -> None:
        super().__init__("The client has other bookings: one more, or a move?")
        self.proposal, self.others = proposal, others


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
class Proposal:
    """``starts_at`` is what would be true after a yes, None for a request; a move knows where it came from (``previous_start``) and keeps
    ``bay_id`` free. ``beside``: numbers of the client's bookings that he was told of, beside which this one would stand; ``wish``: when
    the client would come, in his words.
    """

    id: int
    key: str
    kind: ProposalKind
    state: ProposalState
    chat_id: int
    booking_id: int
    number: int | None
    service: str
    starts_at: datetime | None
    ends_at: datetime | None
    previous_start: datetime | None
    bay_id: int | None
    expires_at: datetime
    beside: list[int]
    wish: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the client's yes made real."""

    kind: ProposalKind
    booking: Entry
    previous_start: datetime | None = None


async def open_proposal(tx: AccountTx, chat_id: int, now: datetime) -> Proposal | None:
    """What a plain «да» in this chat would mean."""
    proposal = await queries.select_proposal(tx, Proposal, chat_id=chat_id)
    return proposal if proposal and proposal.expires_at > now else None


async def get_proposal(tx: AccountTx, chat_id: int, key: str) -> Proposal:
    """Raises ProposalUnknown."""
    proposal = await queries.select_proposal(tx, Proposal, chat_id=chat_id, key=key) if key.isprintable() else None
    if proposal is None:
        raise ProposalUnknown("There is no such proposal in this chat.")
    return proposal
