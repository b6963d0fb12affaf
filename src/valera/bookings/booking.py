"""Booking: a work that has a bay for a time. Every change is proposed first and made real by the client's yes.

All changes of one shop wait for each other under one advisory lock (measured: no deadlock, no retry), expire what is stale, and only
then look for a free bay; the exclusion constraint stands behind them for every other writer. Whoever takes ``tx`` may hold it with row
locks of ``for no key update`` at most: proposals refer to the chat.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, assert_never

import asyncpg

from valera.analytics.event import EventType, track
from valera.bookings import queries
from valera.bookings.offer import find_offer, new_key
from valera.bookings.proposal import (
    Accepted,
    Booking,
    BookingUnclear,
    BookingUnknown,
    Proposal,
    ProposalExpired,
    ProposalKind,
    ProposalState,
    ProposalUnknown,
    SlotTaken,
    SlotUnknown,
)
from valera.bookings.status import Status, StatusConflict, require_step
from valera.bookings.workshop import duration_for, load_rules, load_workshop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from valera.bookings.offer import Offer
    from valera.bookings.workshop import Workshop
    from valera.kit.db import AccountTx

__all__ = [
    "Accepted",
    "Booking",
    "BookingUnclear",
    "BookingUnknown",
    "Proposal",
    "ProposalExpired",
    "ProposalKind",
    "ProposalState",
    "ProposalUnknown",
    "SlotTaken",
    "SlotUnknown",
    "Status",
    "accept",
    "decline",
    "expire_stale_holds",
    "find_client_booking",
    "hold_slot",
    "list_client_bookings",
    "open_proposal",
    "propose_cancel",
    "propose_move",
    "take_offer",
]

KEY_LENGTH = 10


async def hold_slot(
    tx: AccountTx,
    *,
    chat_id: int,
    client_id: int,
    slot_key: str,
    service: str | None,
    turn_id: int | None,
    now: datetime,
    comment: str = "",
) -> Proposal:
    """Keep an offered slot for this client until he says yes. The chat's open proposal, if any, gives way to it; the very same wish
    again renews that. Raises SlotUnknown (never offered here, or cannot be booked any more), SlotTaken.
    """
    await expire_stale_holds(tx, now)
    offer = await _get_offer(tx, chat_id=chat_id, key=slot_key, now=now)
    workshop = await load_workshop(tx, now)
    service = service or offer.service
    minutes = offer.duration_minutes if service == offer.service else await duration_for(tx, service)
    duration = timedelta(minutes=minutes)
    _check_hours(workshop, offer, duration)
    ends_at = offer.starts_at + duration + workshop.rules.buffer
    same = await _same(tx, chat_id, ProposalKind.BOOK, None, offer.starts_at)
    if same and (same.service, same.ends_at, comment) == (service, ends_at, ""):
        return await _renew(tx, same, now + workshop.rules.hold, turn_id)
    key = new_key(KEY_LENGTH)
    async with _undone_if_taken(tx):
        await queries.close_open_proposal(tx, chat_id, ProposalState.SUPERSEDED, now)
        await queries.insert_hold(
            tx,
            key=key,
            chat_id=chat_id,
            client_id=client_id,
            bay_id=await _get_free_bay(tx, offer.starts_at, ends_at),
            starts_at=offer.starts_at,
            ends_at=ends_at,
            expires_at=now + workshop.rules.hold,
            service=service,
            description=comment,
            turn_id=turn_id,
        )
    return await _get_proposal(tx, chat_id, key)


async def propose_move(
    tx: AccountTx, *, chat_id: int, client_id: int, number: int | None, slot_key: str, turn_id: int | None, now: datetime
) -> Proposal:
    """Keep an offered slot free for a booking that has a time already, as long as it has. Raises BookingUnknown, BookingUnclear,
    SlotUnknown, SlotTaken.
    """
    await expire_stale_holds(tx, now)
    booking = await find_client_booking(tx, client_id=client_id, number=number, now=now)
    offer = await _get_offer(tx, chat_id=chat_id, key=slot_key, now=now)
    workshop = await load_workshop(tx, now)
    stay = booking.ends_at - booking.starts_at
    _check_hours(workshop, offer, max(stay - workshop.rules.buffer, timedelta(minutes=5)))
    if same := await _same(tx, chat_id, ProposalKind.MOVE, booking.id, offer.starts_at):
        return await _renew(tx, same, now + workshop.rules.hold, turn_id)
    key, ends_at = new_key(KEY_LENGTH), offer.starts_at + stay
    async with _undone_if_taken(tx):
        await queries.close_open_proposal(tx, chat_id, ProposalState.SUPERSEDED, now)
        await queries.insert_proposal(
            tx,
            chat_id=chat_id,
            key=key,
            kind=ProposalKind.MOVE,
            booking_id=booking.id,
            turn_id=turn_id,
            expires_at=now + workshop.rules.hold,
            starts_at=offer.starts_at,
            ends_at=ends_at,
            bay_id=await _get_free_bay(tx, offer.starts_at, ends_at, booking=booking),
        )
    return await _get_proposal(tx, chat_id, key)


async def propose_cancel(
    tx: AccountTx, *, chat_id: int, client_id: int, number: int | None, turn_id: int | None, now: datetime
) -> Proposal:
    """Raises BookingUnknown, BookingUnclear."""
    await expire_stale_holds(tx, now)
    booking = await find_client_booking(tx, client_id=client_id, number=number, now=now)
    expires_at = now + (await load_rules(tx)).hold
    if same := await _same(tx, chat_id, ProposalKind.CANCEL, booking.id, booking.starts_at):
        return await _renew(tx, same, expires_at, turn_id)
    await queries.close_open_proposal(tx, chat_id, ProposalState.SUPERSEDED, now)
    key = new_key(KEY_LENGTH)
    await queries.insert_proposal(
        tx, chat_id=chat_id, key=key, kind=ProposalKind.CANCEL, booking_id=booking.id, turn_id=turn_id, expires_at=expires_at
    )
    return await _get_proposal(tx, chat_id, key)


async def take_offer(tx: AccountTx, *, chat_id: int, client_id: int, offer_key: str, turn_id: int | None, now: datetime) -> Proposal:
    """A press on a slot's button. A slot that was looked for in order to move a booking is proposed for that booking."""
    offer = await _get_offer(tx, chat_id=chat_id, key=offer_key, now=now)
    if offer.moves is None:
        return await hold_slot(tx, chat_id=chat_id, client_id=client_id, slot_key=offer_key, service=None, turn_id=turn_id, now=now)
    return await propose_move(tx, chat_id=chat_id, client_id=client_id, number=offer.moves, slot_key=offer_key, turn_id=turn_id, now=now)


async def accept(tx: AccountTx, *, chat_id: int, key: str, message_id: int, now: datetime) -> Accepted:
    """The client's yes to this very proposal; ``message_id`` is his press or word. Saying it twice changes nothing and tells the same.
    Raises ProposalUnknown, ProposalExpired, SlotTaken.
    """
    await expire_stale_holds(tx, now)
    proposal = await _get_proposal(tx, chat_id, key)
    match proposal.state:
        case ProposalState.ACCEPTED:
            return await _accepted(tx, proposal, await queries.find_previous_start(tx, proposal.booking_id, key))
        case ProposalState.EXPIRED | ProposalState.SUPERSEDED | ProposalState.DECLINED:
            raise ProposalExpired(f"The proposal is {proposal.state.value}.")
        case ProposalState.OPEN:
            await _make_real(tx, proposal, message_id, now)
            await queries.update_accepted(tx, proposal.id, now)
            return await _accepted(tx, proposal, proposal.previous_start)
        case _:
            assert_never(proposal.state)


async def decline(tx: AccountTx, *, chat_id: int, key: str, now: datetime) -> Proposal:
    """The client's no: a hold frees its bay, a booking stays as it is. What was decided before stays decided. Raises ProposalUnknown."""
    await expire_stale_holds(tx, now)
    proposal = await _get_proposal(tx, chat_id, key)
    if proposal.state is ProposalState.OPEN:
        await queries.close_open_proposal(tx, chat_id, ProposalState.DECLINED, now)
    return await _get_proposal(tx, chat_id, key)


async def open_proposal(tx: AccountTx, chat_id: int, now: datetime) -> Proposal | None:
    """What a plain «да» in this chat would mean."""
    proposal = await queries.select_proposal(tx, Proposal, chat_id=chat_id)
    return proposal if proposal and proposal.expires_at > now else None


async def expire_stale_holds(tx: AccountTx, now: datetime) -> list[int]:
    """Take the shop's lock and end what waited too long: first lines of every change, and a sweeper's whole work. The ids of the holds."""
    await queries.lock_bookings(tx)
    return await queries.expire_stale(tx, now)


async def list_client_bookings(tx: AccountTx, client_id: int, now: datetime) -> list[Booking]:
    """Real and not over yet, the next one first."""
    return await queries.select_client_bookings(tx, Booking, client_id, now)


async def find_client_booking(tx: AccountTx, *, client_id: int, number: int | None, now: datetime) -> Booking:
    """The client's own upcoming booking; without a number the only one. Raises BookingUnknown (another client's, too), BookingUnclear."""
    movable = [booking for booking in await list_client_bookings(tx, client_id, now) if booking.is_movable(now)]
    named = [booking for booking in movable if number in (None, booking.number)]
    if not named:
        raise BookingUnknown(number)
    if len(named) > 1:
        raise BookingUnclear(tuple(named))
    return named[0]


# ---- what a yes does ----------------------------------------------------------------------------


async def _make_real(tx: AccountTx, proposal: Proposal, message_id: int, now: datetime) -> None:
    booking = await queries.select_booking(tx, Booking, proposal.booking_id)
    try:
        match proposal.kind:
            case ProposalKind.BOOK:
                await _confirm(tx, booking, proposal, message_id)
            case ProposalKind.MOVE:
                await _move(tx, booking, proposal, message_id, now)
            case ProposalKind.CANCEL:
                await _cancel(tx, booking, proposal, message_id)
            case _:
                assert_never(proposal.kind)
    except StatusConflict as error:
        raise ProposalExpired(error.detail) from error


async def _confirm(tx: AccountTx, booking: Booking, proposal: Proposal, message_id: int) -> None:
    require_step(booking.status, Status.CONFIRMED)
    await queries.update_confirmed(tx, booking.id, await queries.next_number(tx))
    await queries.insert_client_event(tx, booking.id, "confirmed", message_id=message_id, details={"proposal": proposal.key})
    await track(tx, EventType.BOOKED, {"booking": booking.id, "chat": proposal.chat_id})


async def _move(tx: AccountTx, booking: Booking, proposal: Proposal, message_id: int, now: datetime) -> None:
    if not booking.is_movable(now):
        raise StatusConflict("The booking has begun or ended.")
    bay_id = await _get_free_bay(tx, proposal.starts_at, proposal.ends_at, booking=booking, proposal=proposal)
    async with _undone_if_taken(tx):
        await queries.update_moved(tx, booking.id, bay_id=bay_id, starts_at=proposal.starts_at, ends_at=proposal.ends_at)
    details = {"proposal": proposal.key, "from": _stamp(booking.starts_at), "to": _stamp(proposal.starts_at)}
    await queries.insert_client_event(tx, booking.id, "moved", message_id=message_id, details=details)
    await track(tx, EventType.MOVED, {"booking": booking.id, "chat": proposal.chat_id})


async def _cancel(tx: AccountTx, booking: Booking, proposal: Proposal, message_id: int) -> None:
    require_step(booking.status, Status.CANCELLED)
    await queries.update_cancelled(tx, booking.id)
    await queries.insert_client_event(tx, booking.id, "cancelled", message_id=message_id, details={"proposal": proposal.key})
    await track(tx, EventType.CANCELLED, {"booking": booking.id, "chat": proposal.chat_id})


async def _accepted(tx: AccountTx, proposal: Proposal, previous_start: datetime | None) -> Accepted:
    return Accepted(proposal.kind, await queries.select_booking(tx, Booking, proposal.booking_id), previous_start)


# ---- under the lock -----------------------------------------------------------------------------


async def _get_offer(tx: AccountTx, *, chat_id: int, key: str, now: datetime) -> Offer:
    offer = await find_offer(tx, chat_id=chat_id, key=key, now=now) if key.isprintable() else None
    if offer is None:
        raise SlotUnknown("This slot was not offered here.")
    return offer


def _check_hours(workshop: Workshop, offer: Offer, duration: timedelta) -> None:
    """Hours may have changed since the offer, and time has passed: an offer keeps its lead for as long as a hold would live."""
    earliest = max(workshop.earliest - workshop.rules.hold, workshop.now)
    if not earliest <= offer.starts_at < workshop.horizon or not workshop.calendar.fits(offer.starts_at, duration):
        raise SlotUnknown("This slot can no longer be booked.")


async def _get_free_bay(
    tx: AccountTx, starts_at: datetime, ends_at: datetime, *, booking: Booking | None = None, proposal: Proposal | None = None
) -> int:
    """For a move the booking's own time is no obstacle; what its proposal keeps free is taken first, else the bay it stands in."""
    bay_id = await queries.find_free_bay(
        tx,
        starts_at,
        ends_at,
        booking_id=booking.id if booking else None,
        proposal_id=proposal.id if proposal else None,
        preferred=proposal.bay_id if proposal else booking.bay_id if booking else None,
    )
    if bay_id is None:
        raise SlotTaken("No bay is free at that time.")
    return bay_id


@asynccontextmanager
async def _undone_if_taken(tx: AccountTx) -> AsyncIterator[None]:
    """Without a bay nothing inside has happened. Another writer, who does not know the lock, may come between search and write."""
    try:
        async with tx.savepoint():
            yield
    except asyncpg.ExclusionViolationError:
        raise SlotTaken("No bay is free at that time.") from None


async def _same(tx: AccountTx, chat_id: int, kind: ProposalKind, booking_id: int | None, starts_at: datetime) -> Proposal | None:
    """The chat's open proposal, if it says the same."""
    proposal = await queries.select_proposal(tx, Proposal, chat_id=chat_id)
    if proposal is None or (proposal.kind, proposal.starts_at) != (kind, starts_at) or booking_id not in (None, proposal.booking_id):
        return None
    return proposal


async def _renew(tx: AccountTx, proposal: Proposal, expires_at: datetime, turn_id: int | None) -> Proposal:
    """Asked once more, by this turn: a plain yes answers the question that the client heard last."""
    await queries.renew_proposal(tx, proposal.id, expires_at, turn_id)
    return await _get_proposal(tx, proposal.chat_id, proposal.key)


async def _get_proposal(tx: AccountTx, chat_id: int, key: str) -> Proposal:
    proposal = await queries.select_proposal(tx, Proposal, chat_id=chat_id, key=key) if key.isprintable() else None
    if proposal is None:
        raise ProposalUnknown("There is no such proposal in this chat.")
    return proposal


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
