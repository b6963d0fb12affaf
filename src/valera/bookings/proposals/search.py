"""Search: times that are shown to one chat, and what they are for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.bookings.life.booking import find_client_booking
from valera.bookings.proposals.offer import Offer, Purpose, offer
from valera.bookings.proposals.room import duration_of
from valera.bookings.schedule.diary import Own
from valera.bookings.schedule.slots import Found, find_slots
from valera.bookings.schedule.works import plan_work
from valera.bookings.schedule.workshop import load_rules

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx
    from valera.russian.time.when import Wish

LIMIT = 3


async def purpose_of_move(tx: AccountTx, *, client_id: int, number: int, now: datetime) -> Purpose:
    """A booking that is to be moved keeps its service and its length. Raises BookingUnknown."""
    moving = await find_client_booking(tx, client_id=client_id, number=number, now=now)
    minutes = round(await duration_of(tx, moving) / timedelta(minutes=1))
    return Purpose(moving.service, minutes, moving, (await plan_work(tx, moving.service)).sections)


async def offer_times(
    tx: AccountTx, wish: Wish | None, purpose: Purpose, *, chat_id: int, turn_id: int | None, now: datetime
) -> tuple[Found, tuple[Offer, ...]]:
    """What was found, and what of it this chat may choose from."""
    moving = purpose.moving
    found = await find_slots(
        tx,
        wish,
        duration=timedelta(minutes=purpose.duration_minutes),
        now=now,
        limit=LIMIT + 1 if moving else LIMIT,
        own=Own(chat_id, moving.id if moving else None),
        sections=purpose.sections,
    )
    # Where a booking stands already is no choice, unless nothing else was found.
    starts = tuple(start for start in found.starts if moving is None or start != moving.starts_at) or found.starts
    hours = (await load_rules(tx)).offer_hours
    offers = await offer(tx, chat_id, starts[:LIMIT], purpose, now=now, hours=hours)
    if offers:
        await track(tx, EventType.SLOT_OFFERED, {"chat": chat_id, "turn": turn_id, "slots": len(offers)})
    return found, offers
