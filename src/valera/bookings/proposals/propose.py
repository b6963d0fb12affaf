"""Proposing: a booking, a move, a cancellation, a request. Nothing here is real before the client's yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from valera.bookings.life.booking import Booking, find_client_booking, find_client_entry, list_movable
from valera.bookings.life.change import SlotTaken, undone_if_taken
from valera.bookings.life.queries import insert_hold, lock_bookings
from valera.bookings.proposals import queries
from valera.bookings.proposals.holds import close_open_proposal, expire_stale_holds
from valera.bookings.proposals.offer import new_key
from valera.bookings.proposals.proposal import KEY_LENGTH, Proposal, ProposalKind, ProposalState, get_proposal
from valera.bookings.proposals.room import duration_of, find_end, get_free_bay, get_offer
from valera.bookings.schedule.queries import has_room
from valera.bookings.schedule.works import Work, plan_work
from valera.bookings.schedule.workshop import load_rules, load_workshop

if TYPE_CHECKING:
    from datetime import datetime

    from valera.bookings.proposals.offer import Offer
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Hold:
    """What a new booking would be: a stay in a bay, or without one a request. ``comment``: of the client, for the shop."""

    service: str
    comment: str
    bay_id: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    minutes: int | None = None
    sections: frozenset[str] = frozenset()


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
    offer = await get_offer(tx, chat_id=chat_id, key=slot_key, now=now)
    return await _hold_offer(tx, offer, service, chat_id=chat_id, client_id=client_id, turn_id=turn_id, now=now, comment=comment)


async def _hold_offer(
    tx: AccountTx,
    offer: Offer,
    service: str | None,
    *,
    chat_id: int,
    client_id: int,
    turn_id: int | None,
    now: datetime,
    comment: str = "",
) -> Proposal:
    """Whatever can be found out before the shop's lock is: a crowd that comes too late need not wait for it."""
    work = Work(offer.service, offer.duration_minutes, sections=frozenset(offer.sections))
    if service and service != offer.service:
        work = await plan_work(tx, service)
    duration = timedelta(minutes=work.minutes)
    if not await has_room(tx, offer.starts_at, offer.starts_at + duration, now=now, chat_id=chat_id):
        raise SlotTaken("No bay is free at that time.")
    workshop = await load_workshop(tx, now)
    ends_at = find_end(workshop, offer.starts_at, duration)
    service, expires_at = service or offer.service, now + workshop.rules.hold
    await lock_bookings(tx)
    bay_id = await get_free_bay(tx, offer.starts_at, ends_at, sections=work.sections, now=now, chat_id=chat_id)
    await expire_stale_holds(tx, now)
    same = await _same(tx, chat_id, ProposalKind.BOOK, None, offer.starts_at)
    beside = await _numbers(tx, client_id, now)
    if same and (same.service, same.ends_at, comment) == (service, ends_at, ""):
        return await _renew(tx, same, expires_at, turn_id=turn_id, beside=beside)
    async with undone_if_taken(tx):
        await close_open_proposal(tx, chat_id, ProposalState.SUPERSEDED, now)
        hold = Hold(service, comment, bay_id, offer.starts_at, ends_at, work.minutes, work.sections)
        return await _hold(tx, hold, chat_id=chat_id, client_id=client_id, turn_id=turn_id, expires_at=expires_at, beside=beside)


async def propose_request(
    tx: AccountTx, *, chat_id: int, client_id: int, service: str, wish: str, turn_id: int | None, now: datetime
) -> Proposal:
    """For a shop without a calendar: after the client's yes the shop names the time."""
    await expire_stale_holds(tx, now)
    expires_at = now + (await load_rules(tx)).hold
    same = await _same(tx, chat_id, ProposalKind.BOOK, None, None)
    if same and (same.service, same.wish) == (service, wish):
        return await _renew(tx, same, expires_at, turn_id=turn_id, beside=same.beside)
    await close_open_proposal(tx, chat_id, ProposalState.SUPERSEDED, now)
    beside = await _numbers(tx, client_id, now)
    return await _hold(tx, Hold(service, wish), chat_id=chat_id, client_id=client_id, turn_id=turn_id, expires_at=expires_at, beside=beside)


async def propose_move(
    tx: AccountTx, *, chat_id: int, client_id: int, number: int | None, slot_key: str, turn_id: int | None, now: datetime
) -> Proposal:
    """Keep an offered slot free for a booking that has a time already, as long as it has. Raises BookingUnknown, BookingUnclear,
    SlotUnknown, SlotTaken.
    """
    await expire_stale_holds(tx, now)
    booking = await find_client_booking(tx, client_id=client_id, number=number, now=now)
    offer = await get_offer(tx, chat_id=chat_id, key=slot_key, now=now)
    return await propose_move_to(tx, booking, offer.starts_at, chat_id=chat_id, turn_id=turn_id, now=now)


async def propose_move_to(
    tx: AccountTx, booking: Booking, starts_at: datetime, *, chat_id: int, turn_id: int | None, now: datetime
) -> Proposal:
    """As `propose_move`, to a time that was shown to this chat. The caller holds the shop's lock."""
    workshop = await load_workshop(tx, now)
    ends_at = find_end(workshop, starts_at, await duration_of(tx, booking))
    if same := await _same(tx, chat_id, ProposalKind.MOVE, booking.id, starts_at):
        return await _renew(tx, same, now + workshop.rules.hold, turn_id=turn_id, beside=[])
    key = new_key(KEY_LENGTH)
    async with undone_if_taken(tx):
        await close_open_proposal(tx, chat_id, ProposalState.SUPERSEDED, now)
        await queries.insert_proposal(
            tx,
            chat_id=chat_id,
            key=key,
            kind=ProposalKind.MOVE,
            booking_id=booking.id,
            turn_id=turn_id,
            expires_at=now + workshop.rules.hold,
            starts_at=starts_at,
            ends_at=ends_at,
            bay_id=await get_free_bay(tx, starts_at, ends_at, booking=booking),
        )
    return await get_proposal(tx, chat_id, key)


async def propose_cancel(
    tx: AccountTx, *, chat_id: int, client_id: int, number: int | None, turn_id: int | None, now: datetime
) -> Proposal:
    """Raises BookingUnknown, BookingUnclear."""
    await expire_stale_holds(tx, now)
    entry = await find_client_entry(tx, client_id=client_id, number=number, now=now)
    expires_at = now + (await load_rules(tx)).hold
    starts_at = entry.starts_at if isinstance(entry, Booking) else None
    if same := await _same(tx, chat_id, ProposalKind.CANCEL, entry.id, starts_at):
        return await _renew(tx, same, expires_at, turn_id=turn_id, beside=[])
    await close_open_proposal(tx, chat_id, ProposalState.SUPERSEDED, now)
    key = new_key(KEY_LENGTH)
    await queries.insert_proposal(
        tx, chat_id=chat_id, key=key, kind=ProposalKind.CANCEL, booking_id=entry.id, turn_id=turn_id, expires_at=expires_at
    )
    return await get_proposal(tx, chat_id, key)


async def take_offer(tx: AccountTx, *, chat_id: int, client_id: int, offer_key: str, turn_id: int | None, now: datetime) -> Proposal:
    """A press on a slot's button. A slot that was looked for in order to move a booking is proposed for that booking."""
    offer = await get_offer(tx, chat_id=chat_id, key=offer_key, now=now)
    if offer.moves is None:
        return await _hold_offer(tx, offer, None, chat_id=chat_id, client_id=client_id, turn_id=turn_id, now=now)
    return await propose_move(tx, chat_id=chat_id, client_id=client_id, number=offer.moves, slot_key=offer_key, turn_id=turn_id, now=now)


async def list_beside(tx: AccountTx, proposal: Proposal, *, client_id: int, now: datetime) -> list[Booking]:
    """The client's bookings beside which this one would stand; of a move or a cancellation none."""
    return await list_movable(tx, client_id, now) if proposal.kind is ProposalKind.BOOK else []


async def ask_again(tx: AccountTx, proposal: Proposal, *, client_id: int, turn_id: int, now: datetime) -> Proposal:
    """The same question once more, by this turn, with every booking named beside which the new one would stand."""
    beside = [booking.number or 0 for booking in await list_beside(tx, proposal, client_id=client_id, now=now)]
    return await _renew(tx, proposal, now + (await load_rules(tx)).hold, turn_id=turn_id, beside=beside)


async def _hold(
    tx: AccountTx, hold: Hold, *, chat_id: int, client_id: int, turn_id: int | None, expires_at: datetime, beside: list[int]
) -> Proposal:
    key = new_key(KEY_LENGTH)
    booking_id = await insert_hold(
        tx,
        chat_id=chat_id,
        client_id=client_id,
        bay_id=hold.bay_id,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        minutes=hold.minutes,
        sections=sorted(hold.sections),
        expires_at=expires_at,
        service=hold.service,
        description=hold.comment,
        turn_id=turn_id,
    )
    await queries.insert_proposal(
        tx,
        chat_id=chat_id,
        key=key,
        kind=ProposalKind.BOOK,
        booking_id=booking_id,
        turn_id=turn_id,
        expires_at=expires_at,
        beside=beside,
    )
    return await get_proposal(tx, chat_id, key)


async def _numbers(tx: AccountTx, client_id: int, now: datetime) -> list[int]:
    return [booking.number or 0 for booking in await list_movable(tx, client_id, now)]


async def _same(tx: AccountTx, chat_id: int, kind: ProposalKind, booking_id: int | None, starts_at: datetime | None) -> Proposal | None:
    """The chat's open proposal, if it says the same."""
    proposal = await queries.select_proposal(tx, Proposal, chat_id=chat_id)
    if proposal is None or (proposal.kind, proposal.starts_at) != (kind, starts_at) or booking_id not in (None, proposal.booking_id):
        return None
    return proposal


async def _renew(tx: AccountTx, proposal: Proposal, expires_at: datetime, *, turn_id: int | None, beside: list[int]) -> Proposal:
    """Asked once more, by this turn: a plain yes answers the question that the client heard last."""
    await queries.renew_proposal(tx, proposal.id, expires_at, turn_id=turn_id, beside=beside)
    return await get_proposal(tx, proposal.chat_id, proposal.key)
