"""What members do: write down who called, give a request its time, move, cancel, and lead a booking through its day.

Each function takes the client's chat and then the shop's lock, as a press of the client does, makes one change with its event, and tells
the client in the same transaction. The number of a booking is what people say. All raise BookingUnknown and StatusConflict; where a time
is named, TimeInvalid, TimeTaken and BayUnfit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from valera.accounts.account import get_account
from valera.analytics.event import EventType, track
from valera.bookings.desk import queries
from valera.bookings.desk.times import Term, find_stay
from valera.bookings.life import queries as life_queries
from valera.bookings.life.booking import get_booking, get_by_number
from valera.bookings.life.change import by_member, move, step, undone_if_taken
from valera.bookings.life.status import Status, require_movable, require_step
from valera.bookings.proposals.holds import expire_stale_holds
from valera.bookings.proposals.room import duration_of
from valera.bookings.schedule.works import plan_work
from valera.bookings.telling.team import note_requests
from valera.bookings.telling.tell import tell_client
from valera.chats.chat import Chat
from valera.chats.queries import lock_chat
from valera.kit.errors import Conflict

if TYPE_CHECKING:
    from datetime import datetime

    from valera.bookings.life.booking import Booking, Entry
    from valera.kit.db import AccountTx

LONGEST_REASON = 500
LONGEST_SERVICE = 200


class NotItsDay(Conflict):
    """What is done on the day of the visit is not done on another."""


class AlreadyThere(Conflict):
    """A move to where the booking stands."""


@dataclass(frozen=True, slots=True)
class Acted:
    """The booking as it stands now. ``is_told``: its client was written to."""

    booking: Entry
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom a member books: a client of the shop, who is told if he has a chat, and what is to be done."""

    client_id: int
    service: str
    comment: str = ""
    vehicle_id: int | None = None


async def add(tx: AccountTx, caller: Caller, term: Term, *, by: int, now: datetime) -> Acted:
    """A booking for somebody who called or came by."""
    chat_id = await queries.find_open_chat(tx, caller.client_id)
    await _hold(tx, chat_id, now)
    stay = await find_stay(tx, term, now=now)
    async with undone_if_taken(tx):
        booking_id = await life_queries.insert_confirmed(
            tx,
            number=await life_queries.next_number(tx),
            chat_id=chat_id,
            client_id=caller.client_id,
            bay_id=stay.bay_id,
            starts_at=stay.starts_at,
            ends_at=stay.ends_at,
            service=caller.service[:LONGEST_SERVICE],
            description=caller.comment,
            member_id=by,
            minutes=round(term.duration / timedelta(minutes=1)),
            sections=sorted(term.sections),
            vehicle_id=caller.vehicle_id,
        )
    booking = await get_booking(tx, booking_id)
    await track(tx, EventType.BOOKED, {"booking": booking.id, "by": "member"})
    return Acted(booking, await tell_client(tx, booking, now=now))


async def confirm(tx: AccountTx, number: int, term: Term, *, by: int, now: datetime) -> Acted:
    """A request gets its time."""
    entry = await _take(tx, number, now)
    require_step(entry.status, Status.CONFIRMED)
    confirmed = await step(tx, entry, Status.CONFIRMED, by_member(by), stay=await find_stay(tx, term, now=now, entry=entry))
    await note_requests(tx)
    return Acted(confirmed, await tell_client(tx, confirmed, now=now))


async def move_to(
    tx: AccountTx, number: int, starts_at: datetime, *, by: int, now: datetime, reason: str = "", bay_id: int | None = None
) -> Acted:
    """To another time, as long as it was booked for. ``bay_id``: into this bay; else where it stands, or wherever there is room."""
    entry = await _take(tx, number, now)
    require_movable(entry.status)
    booking, reason = await get_booking(tx, entry.id), reason[:LONGEST_REASON]
    if starts_at == booking.starts_at and bay_id in (None, booking.bay_id):
        raise AlreadyThere("It stands at that time already.")
    term = replace(await as_long(tx, booking, starts_at), bay_id=bay_id)
    moved = await move(tx, booking, await find_stay(tx, term, now=now, entry=booking), by_member(by, reason=reason))
    await track(tx, EventType.MOVED, {"booking": moved.id, "by": "member"})
    if moved.starts_at == booking.starts_at:  # into another bay: nothing to the client
        return Acted(moved)
    return Acted(moved, await tell_client(tx, moved, now=now, is_moved=True, previous_start=booking.starts_at, reason=reason))


async def cancel(tx: AccountTx, number: int, *, by: int, now: datetime, reason: str) -> Acted:
    """``reason`` is told to the client: in the shop's own words."""
    entry = await _take(tx, number, now)
    cancelled = await step(tx, entry, Status.CANCELLED, by_member(by, reason=reason[:LONGEST_REASON]))
    await track(tx, EventType.CANCELLED, {"booking": cancelled.id, "by": "member"})
    await note_requests(tx)
    return Acted(cancelled, await tell_client(tx, cancelled, now=now, reason=reason[:LONGEST_REASON]))


async def arrive(tx: AccountTx, number: int, *, by: int, now: datetime) -> Acted:
    """The car is here, on the day it was expected. Who was given up and comes late the same day gets a bay from now. Raises NotItsDay."""
    entry = await _take(tx, number, now)
    require_step(entry.status, Status.ARRIVED)
    booking = await get_booking(tx, entry.id)
    await _require_its_day(tx, booking, now)
    stay = None
    if booking.status is Status.NO_SHOW:
        term = await as_long(tx, booking, now.replace(second=0, microsecond=0))
        stay = await find_stay(tx, term, now=now, entry=booking)
    return Acted(await step(tx, booking, Status.ARRIVED, by_member(by), stay=stay))


async def begin(tx: AccountTx, number: int, *, by: int, now: datetime) -> Acted:
    """Work on the car begins."""
    return Acted(await step(tx, await _take(tx, number, now), Status.IN_WORK, by_member(by)))


async def finish(tx: AccountTx, number: int, *, by: int, now: datetime) -> Acted:
    """The work is done."""
    return Acted(await step(tx, await _take(tx, number, now), Status.DONE, by_member(by)))


async def give_up(tx: AccountTx, number: int, *, by: int, now: datetime) -> Acted:
    """Nobody came, and the bay is free for others. Raises NotItsDay before the hour of the booking."""
    entry = await _take(tx, number, now)
    require_step(entry.status, Status.NO_SHOW)
    booking = await get_booking(tx, entry.id)
    if now < booking.starts_at:
        raise NotItsDay("The hour of this booking has not come yet.")
    return Acted(await step(tx, booking, Status.NO_SHOW, by_member(by)))


async def _take(tx: AccountTx, number: int, now: datetime) -> Entry:
    """The booking, held: nobody changes it meanwhile."""
    await _hold(tx, (await get_by_number(tx, number)).chat_id, now)
    return await get_by_number(tx, number)


async def _hold(tx: AccountTx, chat_id: int | None, now: datetime) -> None:
    """The chat before the shop: in the other order a member and a client's press would wait for each other."""
    if chat_id is not None:
        await lock_chat(tx, Chat, chat_id)
    await expire_stale_holds(tx, now)


async def as_long(tx: AccountTx, booking: Booking, starts_at: datetime) -> Term:
    """The same work at another time, in whichever bay."""
    return Term(starts_at, await duration_of(tx, booking), (await plan_work(tx, booking.service)).sections)


async def _require_its_day(tx: AccountTx, booking: Booking, now: datetime) -> None:
    """A work that stands overnight may be brought on any of its days."""
    zone = (await get_account(tx)).zone
    first, last = (moment.astimezone(zone).date() for moment in (booking.starts_at, booking.ends_at - timedelta(microseconds=1)))
    if not first <= now.astimezone(zone).date() <= last:
        raise NotItsDay(f"This booking is for {first:%d.%m.%Y}: move it to today first.")
