"""A look before saving: what stands in the way of a time, and which times are free instead. Reads only; saving tells again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.bookings.desk import queries
from valera.bookings.desk.times import NEAREST, BayUnfit, TimeInvalid, TimeTaken, find_stay, require_able
from valera.bookings.schedule.diary import Diary, Own, Sought, TakenTime, open_diary
from valera.bookings.schedule.floor import BayNotFound
from valera.bookings.schedule.workshop import load_workshop
from valera.kit.errors import Conflict

if TYPE_CHECKING:
    from datetime import date

    from valera.bookings.desk.times import Term
    from valera.bookings.life.booking import Entry
    from valera.bookings.schedule.workshop import Workshop
    from valera.kit.db import AccountTx

DAY = timedelta(days=1)
DAYS_AHEAD = 14


class Trouble(StrEnum):
    """Why nothing can be booked for a time."""

    NOT_A_TIME = "not_a_time"
    """Past, or more than a year ahead."""
    BAY_CLOSED = "bay_closed"
    BAY_UNFIT = "bay_unfit"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class InTheWay:
    """``number`` None: a client is deciding about that time."""

    number: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """``ends_at``: when the bay would be free again, rest included. ``other_bay_id``: where that very time is free, if it is not in the bay
    that was named. ``nearest``: the closest free times in the bays that were asked for.
    """

    bay_id: int | None = None
    ends_at: datetime | None = None
    trouble: Trouble | None = None
    in_the_way: tuple[InTheWay, ...] = ()
    other_bay_id: int | None = None
    nearest: tuple[datetime, ...] = ()
    is_outside_hours: bool = False


async def look(tx: AccountTx, term: Term, *, now: datetime, entry: Entry | None = None) -> Looked:
    """What saving would say. Raises BayNotFound."""
    try:
        stay = await find_stay(tx, term, now=now, entry=entry)
    except TimeInvalid:
        return Looked(trouble=Trouble.NOT_A_TIME)
    except BayUnfit as unfit:
        trouble = Trouble.BAY_CLOSED if unfit.is_closed else Trouble.BAY_UNFIT
        return Looked(trouble=trouble, other_bay_id=await _other_bay(tx, term, now=now, entry=entry))
    except TimeTaken:
        return await _taken(tx, term, now=now, entry=entry)
    workshop = await load_workshop(tx, now)
    return Looked(stay.bay_id, stay.ends_at, is_outside_hours=not workshop.calendar.fits(term.starts_at, term.duration))


async def list_free(tx: AccountTx, term: Term, day: date, *, now: datetime, entry: Entry | None = None) -> list[datetime]:
    """The free starts of a local day, as the shop counts them; in the term's bay, if it names one."""
    workshop = await load_workshop(tx, now)
    since = workshop.midnight(day)
    return list((await _diary(tx, workshop, term, since, since + DAY, entry=entry)).free_on(day))


async def _taken(tx: AccountTx, term: Term, *, now: datetime, entry: Entry | None) -> Looked:
    workshop = await load_workshop(tx, now)
    ends_at = (workshop.calendar.stay_end(term.starts_at, term.duration) or term.starts_at + term.duration) + workshop.rules.buffer
    in_the_way: list[InTheWay] = []
    if term.bay_id is not None:
        own = entry.id if entry else None
        in_the_way = await queries.select_in_the_way(
            tx, InTheWay, bay_id=term.bay_id, starts_at=term.starts_at, ends_at=ends_at, booking_id=own, now=now
        )
    since = workshop.midnight(term.starts_at.astimezone(workshop.zone).date())
    diary = await _diary(tx, workshop, term, since, since + DAYS_AHEAD * DAY, entry=entry)
    nearest = sorted(diary.free(since, since + DAYS_AHEAD * DAY), key=lambda start: abs(start - term.starts_at))[:NEAREST]
    return Looked(
        trouble=Trouble.TAKEN,
        in_the_way=tuple(in_the_way),
        other_bay_id=await _other_bay(tx, term, now=now, entry=entry),
        nearest=tuple(sorted(nearest)),
    )


async def _other_bay(tx: AccountTx, term: Term, *, now: datetime, entry: Entry | None) -> int | None:
    if term.bay_id is None:
        return None
    try:
        return (await find_stay(tx, replace(term, bay_id=None), now=now, entry=entry)).bay_id
    except Conflict:
        return None


async def _diary(tx: AccountTx, workshop: Workshop, term: Term, since: datetime, until: datetime, *, entry: Entry | None) -> Diary:
    own = entry.id if entry else None
    if term.bay_id is None:
        return await open_diary(tx, Sought(term.duration, Own(None, own), term.sections), workshop, since=since, until=until)
    try:
        await require_able(tx, term)
    except (BayUnfit, BayNotFound):
        return Diary(workshop, (), term.duration, until)
    stays = await queries.select_in_the_way(
        tx, InTheWay, bay_id=term.bay_id, starts_at=since, ends_at=until + DAY * 31, booking_id=own, now=workshop.now
    )
    return Diary(workshop, (_joined(stays),), term.duration, until)


def _joined(stays: list[InTheWay]) -> TakenTime:
    """Disjoint, for so the database has them; what a client would move to may lie on what he has."""
    ordered = sorted((stay.starts_at, stay.ends_at) for stay in stays)
    merged: list[tuple[datetime, datetime]] = []
    for begins, ends in ordered:
        if merged and begins < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((begins, ends))
    return TakenTime([begins for begins, _ in merged], [ends for _, ends in merged])
