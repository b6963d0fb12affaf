"""Times that a member names: any hour, open or not, and never more cars than bays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from valera.accounts.account import get_account
from valera.bookings.life.booking import Booking
from valera.bookings.life.change import SlotTaken, Stay
from valera.bookings.schedule.diary import Own
from valera.bookings.schedule.floor import Bay, BayNotFound
from valera.bookings.schedule.queries import find_free_bay, select_bays
from valera.bookings.schedule.slots import find_slots
from valera.bookings.schedule.workshop import load_workshop
from valera.bookings.telling.wording import say_moment
from valera.kit.errors import Conflict, Invalid
from valera.russian.time.when import Wish, read_wish

if TYPE_CHECKING:
    from valera.bookings.life.booking import Entry
    from valera.kit.db import AccountTx

NEAREST = 3
FARTHEST = timedelta(days=366)
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=7)
FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M")


class TimeInvalid(Invalid):
    """Nothing can be booked for that time, or for that long."""


class TimeTaken(SlotTaken):
    """Every bay is taken then, or the one that was named; ``nearest`` are free times within the opening hours."""

    def __init__(self, said: str, nearest: tuple[datetime, ...], nearest_said: str, *, what: str = "every bay") -> None:
        super().__init__(f"{said}: {what} is taken." + (f" Nearest free times: {nearest_said}." if nearest else ""))
        self.nearest = nearest


class BayUnfit(Conflict):
    """The bay that was named is closed, or does not do this work."""

    def __init__(self, detail: str, *, is_closed: bool = False) -> None:
        super().__init__(detail)
        self.is_closed = is_closed


@dataclass(frozen=True, slots=True)
class Term:
    """When a work would be done: from ``starts_at``, for ``duration``, in a bay that does these sections of the price list. A work that is
    named within the opening hours stands through the nights that it needs; at any other hour it takes just as long as it takes. ``bay_id``:
    in this bay and no other.
    """

    starts_at: datetime
    duration: timedelta
    sections: frozenset[str] = frozenset()
    bay_id: int | None = None


async def read_time(tx: AccountTx, text: str, *, now: datetime) -> datetime:
    """«2026-11-24 11:00», «24.11.2026 11:00», «завтра в 11»: one moment, local where it has no offset. Raises TimeInvalid."""
    zone = (await get_account(tx)).zone
    for written in FORMATS:
        try:
            return datetime.strptime(text.strip(), written).replace(tzinfo=zone)
        except ValueError:
            continue
    wish = read_wish(text, now=now, zone=zone)
    if not isinstance(wish, Wish) or not wish.exact:
        raise TimeInvalid(f"{text!r} is no day and hour. Write it as 2026-11-24 11:00, or in words that name both.")
    return wish.start


async def find_stay(tx: AccountTx, term: Term, *, now: datetime, entry: Entry | None = None) -> Stay:
    """A bay for that time. ``entry``: the booking that would have it; where it stands now is no obstacle. The caller holds the shop's lock.
    Raises TimeInvalid, TimeTaken, BayNotFound, BayUnfit.
    """
    account, workshop = await get_account(tx), await load_workshop(tx, now)
    today = now.astimezone(account.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if not today <= term.starts_at <= now + FARTHEST:
        raise TimeInvalid(f"{say_moment(term.starts_at, account.zone, account.locale)}: that is past, or more than a year ahead.")
    if not SHORTEST <= term.duration <= LONGEST:
        raise TimeInvalid("A work takes five minutes to seven days.")
    within_hours = workshop.calendar.stay_end(term.starts_at.astimezone(UTC), term.duration)
    ends_at = (within_hours or term.starts_at + term.duration) + workshop.rules.buffer
    own, stands_in = (None, None) if entry is None else (entry.id, entry.bay_id if isinstance(entry, Booking) else None)
    bay_id = await find_free_bay(
        tx, term.starts_at, ends_at, sections=sorted(term.sections), booking_id=own, proposal_id=None, preferred=stands_in,
        now=now, only=term.bay_id,
    )  # fmt: skip
    if bay_id is None:
        await require_able(tx, term)
        raise await _taken(tx, term, now=now, booking_id=own)
    return Stay(bay_id, term.starts_at, ends_at)


async def require_able(tx: AccountTx, term: Term) -> None:
    """Raises BayNotFound, BayUnfit: another time would not help."""
    if term.bay_id is None:
        return
    bays = await select_bays(tx, Bay)
    bay = next((bay for bay in bays if bay.id == term.bay_id), None)
    if bay is None:
        raise BayNotFound("This shop has no such bay.")
    if not bay.is_open:
        raise BayUnfit(f"{bay.name} is closed.", is_closed=True)
    does_all = any(other.is_open and not other.sections for other in bays)
    if bay.sections and (not term.sections <= set(bay.sections) or (not term.sections and does_all)):
        raise BayUnfit(f"{bay.name} does only: {', '.join(bay.sections)}.")


async def _taken(tx: AccountTx, term: Term, *, now: datetime, booking_id: int | None) -> TimeTaken:
    account = await get_account(tx)
    wish = Wish(term.starts_at.astimezone(account.zone), term.starts_at.astimezone(account.zone) + timedelta(minutes=1), exact=True)
    found = await find_slots(tx, wish, duration=term.duration, now=now, limit=NEAREST, own=Own(None, booking_id), sections=term.sections)
    said = [say_moment(moment, account.zone, account.locale) for moment in (term.starts_at, *found.starts)]
    what = "every bay" if term.bay_id is None else "that bay"
    return TimeTaken(said[0], found.starts, "; ".join(said[1:]), what=what)
