"""Room: whether an offered slot can still be had, and in which bay."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from valera.bookings.life.change import SlotTaken
from valera.bookings.proposals.offer import find_offer
from valera.bookings.proposals.proposal import SlotUnknown
from valera.bookings.schedule.queries import find_free_bay, find_minutes
from valera.bookings.schedule.works import plan_work
from valera.bookings.schedule.workshop import load_rules

if TYPE_CHECKING:
    from datetime import datetime

    from valera.bookings.life.booking import Booking
    from valera.bookings.proposals.offer import Offer
    from valera.bookings.proposals.proposal import Proposal
    from valera.bookings.schedule.workshop import Workshop
    from valera.kit.db import AccountTx

SHORTEST = timedelta(minutes=5)


async def get_offer(tx: AccountTx, *, chat_id: int, key: str, now: datetime) -> Offer:
    """Raises SlotUnknown."""
    offer = await find_offer(tx, chat_id=chat_id, key=key, now=now) if key.isprintable() else None
    if offer is None:
        raise SlotUnknown("This slot was not offered here.")
    return offer


def find_end(workshop: Workshop, starts_at: datetime, duration: timedelta) -> datetime:
    """When the bay would be free again, nights and rest included. Hours may have changed since the offer, and time has passed: an offer
    keeps its lead for as long as a hold would live. Raises SlotUnknown.
    """
    earliest = max(workshop.earliest - workshop.rules.hold, workshop.now)
    is_ahead = earliest <= starts_at < workshop.horizon
    end = workshop.calendar.stay_end(starts_at.astimezone(UTC), max(duration, SHORTEST)) if is_ahead else None
    if end is None:
        raise SlotUnknown("This slot can no longer be booked.")
    return end + workshop.rules.buffer


async def duration_of(tx: AccountTx, booking: Booking) -> timedelta:
    """How long the work of a booking takes: the nights that it stands through are not counted."""
    minutes = await find_minutes(tx, booking.id)
    if minutes is not None:
        return timedelta(minutes=minutes)
    return max(booking.ends_at - booking.starts_at - (await load_rules(tx)).buffer, SHORTEST)


async def get_free_bay(
    tx: AccountTx,
    starts_at: datetime,
    ends_at: datetime,
    *,
    sections: frozenset[str] = frozenset(),
    booking: Booking | None = None,
    proposal: Proposal | None = None,
    now: datetime | None = None,
    chat_id: int | None = None,
) -> int:
    """One that does these sections of the price list, for a booking what that needs. For a move the booking's own time is no obstacle; what
    its proposal keeps free is taken first, else the bay it stands in. ``now``, ``chat_id``: as `find_free_bay` has them. Raises SlotTaken.
    """
    if booking is not None:  # one that does not tell what it needs: written down by a member, or older than that is noted
        sections = (await plan_work(tx, booking.service)).sections
    bay_id = await find_free_bay(
        tx,
        starts_at,
        ends_at,
        sections=sorted(sections),
        booking_id=booking.id if booking else None,
        proposal_id=proposal.id if proposal else None,
        preferred=proposal.bay_id if proposal else booking.bay_id if booking else None,
        now=now,
        chat_id=chat_id,
    )
    if bay_id is None:
        raise SlotTaken("No bay is free at that time.")
    return bay_id
