"""Deciding: a client's yes or no to one proposal."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, assert_never

from valera.analytics.event import EventType, track
from valera.bookings.life.booking import Booking, find_client_booking, get_entry
from valera.bookings.life.change import Stay, by_client, move, step
from valera.bookings.life.status import Status, StatusConflict
from valera.bookings.proposals import queries
from valera.bookings.proposals.holds import close_open_proposal, expire_stale_holds
from valera.bookings.proposals.proposal import (
    Accepted,
    Proposal,
    ProposalExpired,
    ProposalKind,
    ProposalState,
    SecondWish,
    get_proposal,
)
from valera.bookings.proposals.propose import list_beside, propose_move_to
from valera.bookings.proposals.quoted import keep_quoted
from valera.bookings.proposals.room import get_free_bay

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx


async def accept(tx: AccountTx, *, chat_id: int, key: str, message_id: int, now: datetime) -> Accepted:
    """The client's yes to this very proposal; ``message_id`` is his press or word. Saying it twice changes nothing and tells the same.
    Raises ProposalUnknown, ProposalExpired, SlotTaken, SecondWish.
    """
    await expire_stale_holds(tx, now)
    proposal = await get_proposal(tx, chat_id, key)
    match proposal.state:
        case ProposalState.ACCEPTED:
            previous_start = await queries.find_previous_start(tx, proposal.booking_id, key)
        case ProposalState.EXPIRED | ProposalState.SUPERSEDED | ProposalState.DECLINED:
            raise ProposalExpired(f"The proposal is {proposal.state.value}.")
        case ProposalState.OPEN:
            await _make_real(tx, proposal, message_id, now)
            await queries.update_accepted(tx, proposal.id, now)
            previous_start = proposal.previous_start
        case _:
            assert_never(proposal.state)
    return Accepted(proposal.kind, await get_entry(tx, proposal.booking_id), previous_start)


async def decline(tx: AccountTx, *, chat_id: int, key: str, now: datetime) -> Proposal:
    """The client's no: a hold frees its bay, a booking stays as it is. What was decided before stays decided. Raises ProposalUnknown."""
    await expire_stale_holds(tx, now)
    proposal = await get_proposal(tx, chat_id, key)
    if proposal.state is ProposalState.OPEN:
        await close_open_proposal(tx, chat_id, ProposalState.DECLINED, now)
    return await get_proposal(tx, chat_id, key)


async def move_instead(
    tx: AccountTx, *, chat_id: int, client_id: int, key: str, number: int, turn_id: int, message_id: int, now: datetime
) -> Accepted:
    """The client wants no second booking: the one he has moves to the time that was proposed. Raises what `accept` raises, BookingUnknown,
    SlotUnknown.
    """
    await expire_stale_holds(tx, now)
    proposal = await get_proposal(tx, chat_id, key)
    if proposal.state is not ProposalState.OPEN or proposal.kind is not ProposalKind.BOOK or proposal.starts_at is None:
        raise ProposalExpired(f"The proposal is {proposal.state.value}.")
    booking = await find_client_booking(tx, client_id=client_id, number=number, now=now)
    moving = await propose_move_to(tx, booking, proposal.starts_at, chat_id=chat_id, turn_id=turn_id, now=now)
    return await accept(tx, chat_id=chat_id, key=moving.key, message_id=message_id, now=now)


# ---- what a yes does ----------------------------------------------------------------------------


async def _make_real(tx: AccountTx, proposal: Proposal, message_id: int, now: datetime) -> None:
    try:
        match proposal.kind:
            case ProposalKind.BOOK:
                await _book(tx, proposal, message_id, now)
            case ProposalKind.MOVE:
                await _move(tx, proposal, message_id, now)
            case ProposalKind.CANCEL:
                entry = await get_entry(tx, proposal.booking_id)
                await step(tx, entry, Status.CANCELLED, by_client(message_id, proposal=proposal.key))
                await track(tx, EventType.CANCELLED, {"booking": entry.id, "chat": proposal.chat_id})
            case _:
                assert_never(proposal.kind)
    except StatusConflict as error:
        raise ProposalExpired(error.detail) from error


async def _book(tx: AccountTx, proposal: Proposal, message_id: int, now: datetime) -> None:
    entry = await get_entry(tx, proposal.booking_id)
    others = await list_beside(tx, proposal, client_id=entry.client_id, now=now) if entry.client_id is not None else []
    if not {booking.number for booking in others} <= set(proposal.beside):
        raise SecondWish(proposal, tuple(others))
    becomes = Status.CONFIRMED if isinstance(entry, Booking) else Status.REQUESTED
    await keep_quoted(tx, entry.id, chat_id=proposal.chat_id)
    await step(tx, entry, becomes, by_client(message_id, proposal=proposal.key))
    await track(tx, EventType.BOOKED, {"booking": entry.id, "chat": proposal.chat_id})


async def _move(tx: AccountTx, proposal: Proposal, message_id: int, now: datetime) -> None:
    booking = await get_entry(tx, proposal.booking_id)
    if not isinstance(booking, Booking) or not booking.is_movable(now) or proposal.starts_at is None or proposal.ends_at is None:
        raise ProposalExpired("The booking has begun or ended.")
    bay_id = await get_free_bay(tx, proposal.starts_at, proposal.ends_at, booking=booking, proposal=proposal)
    stamps = {"from": _stamp(booking.starts_at), "to": _stamp(proposal.starts_at)}
    by = by_client(message_id, proposal=proposal.key, **stamps)
    await move(tx, booking, Stay(bay_id, proposal.starts_at, proposal.ends_at), by)
    await track(tx, EventType.MOVED, {"booking": booking.id, "chat": proposal.chat_id})


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
