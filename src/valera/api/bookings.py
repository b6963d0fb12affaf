"""The shop's book: the same functions as the board's, so the same bays, hours and conflicts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, assert_never

from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation

from valera.api import queries
from valera.api.described import READ, READ_ONE, WRITE
from valera.api.guard import TheCaller
from valera.api.idempotency import IdempotencyKey, find_made, note_made
from valera.api.lists import USUAL, After, Limit, page_of, place_of
from valera.api.structs import Booking, BookingChange, Id, NewBooking, Page
from valera.bookings.desk import acting
from valera.bookings.desk.acting import Caller
from valera.bookings.desk.times import Term, TimeInvalid
from valera.bookings.life.booking import BookingUnknown, get_by_number
from valera.bookings.life.status import Status
from valera.bookings.schedule.works import plan_work
from valera.clients.client import find_card
from valera.clients.queries import upsert_caller
from valera.kit.clock import Clock
from valera.kit.db import AccountTx, Database
from valera.kit.errors import Invalid
from valera.russian.phones import find_phone
from valera.russian.readiness import warm_up

if TYPE_CHECKING:
    from valera.bookings.life.booking import Entry

TheDb = NamedDependency[SkipValidation[Database]]
TheClock = NamedDependency[SkipValidation[Clock]]

NEAREST, FARTHEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Outside of it no zone's clock is reckoned with."""


@dataclass(frozen=True, slots=True)
class BookingRow:
    number: int
    status: str
    starts_at: datetime | None
    ends_at: datetime | None
    bay: str | None
    service: str
    comment: str
    client_id: int | None
    car_id: int | None
    chat_id: int | None
    quote: dict[str, Any] | None
    created_at: datetime

    def told(self) -> Booking:
        items: list[dict[str, Any]] = (self.quote or {}).get("items", [])
        return Booking(
            number=self.number,
            status=self.status,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            bay=self.bay,
            service=self.service,
            comment=self.comment,
            client_id=self.client_id,
            car_id=self.car_id,
            chat_id=self.chat_id,
            amount=sum(float(item["amount"]) for item in items) if items else None,
            currency=(self.quote or {}).get("currency") if items else None,
            created_at=self.created_at,
        )


@get("/bookings", operation_id="listBookings", summary="The shop's book", tags=["Bookings"], responses=READ)
async def get_bookings(  # noqa: PLR0917  (filters of a list)
    db: TheDb,
    since: Annotated[datetime | None, QueryParameter(description="Ends after this moment, with an offset.")] = None,
    until: Annotated[datetime | None, QueryParameter(description="Begins before this moment, with an offset.")] = None,
    status: Annotated[Status | None, QueryParameter(description="In this state.")] = None,
    client_id: Annotated[Id | None, QueryParameter(description="Of this client.")] = None,
    limit: Limit = USUAL,
    after: After = "",
) -> Page[Booking]:
    place = place_of(after)
    async with db.account_tx() as tx:
        rows = await queries.select_bookings(
            tx,
            BookingRow,
            number=None,
            status=status,
            client_id=client_id,
            since=_aware(since, "since"),
            until=_aware(until, "until"),
            after=place,
            limit=limit + 1,
        )
    return page_of([row.told() for row in rows], limit, lambda booking: booking.number)


@get("/bookings/{number:int}", operation_id="getBooking", summary="One booking", tags=["Bookings"], responses=READ_ONE)
async def get_booking(db: TheDb, number: FromPath[Id]) -> Booking:
    async with db.account_tx() as tx:
        return await _get_booking(tx, number)


@post("/bookings", operation_id="book", summary="Write a booking", tags=["Bookings"], responses=WRITE)
async def post_booking(
    db: TheDb, clock: TheClock, caller: TheCaller, data: JSONBody[NewBooking], idempotency_key: IdempotencyKey = None
) -> Booking:
    """In the name of the member who made the key; the client is told where they have a chat."""
    await asyncio.to_thread(warm_up)
    now = clock.now()
    async with db.account_tx() as tx:
        number = await find_made(tx, caller, idempotency_key, data, place="bookings")
        if number is None:
            whom = Caller(await _client_of(tx, data), _clean(data.service), _clean(data.comment))
            work = await plan_work(tx, whom.service)
            term = Term(_reckoned(data.starts_at), timedelta(minutes=data.minutes or work.minutes), work.sections)
            number = _number(await acting.add(tx, whom, term, by=caller.member_id, now=now))
            await note_made(tx, caller, idempotency_key, number)
        return await _get_booking(tx, number)


@patch("/bookings/{number:int}", operation_id="changeBooking", summary="Move, cancel or lead on", tags=["Bookings"], responses=WRITE)
async def patch_booking(db: TheDb, clock: TheClock, caller: TheCaller, number: FromPath[Id], data: JSONBody[BookingChange]) -> Booking:
    """A request gets its time by `starts_at`."""
    if (data.starts_at is None) == (data.status is None):
        raise Invalid("Name either another time or the next status.", fields={"status": "one of both"})
    await asyncio.to_thread(warm_up)
    now, by, reason = clock.now(), caller.member_id, _clean(data.reason)
    async with db.account_tx() as tx:
        if data.starts_at is not None:
            await _place(tx, number, _reckoned(data.starts_at), by=by, now=now, reason=reason)
        elif data.status is not None:
            await _lead(tx, number, Status(data.status), by=by, now=now, reason=reason)
        return await _get_booking(tx, number)


async def _place(tx: AccountTx, number: int, starts_at: datetime, *, by: int, now: datetime, reason: str) -> None:
    entry = await get_by_number(tx, number)
    if entry.status is Status.REQUESTED:
        work = await plan_work(tx, entry.service)
        await acting.confirm(tx, number, Term(starts_at, timedelta(minutes=work.minutes), work.sections), by=by, now=now)
    else:
        await acting.move_to(tx, number, starts_at, by=by, now=now, reason=reason)


async def _lead(tx: AccountTx, number: int, status: Status, *, by: int, now: datetime, reason: str) -> None:
    match status:
        case Status.CANCELLED:
            await acting.cancel(tx, number, by=by, now=now, reason=reason)
        case Status.ARRIVED:
            await acting.arrive(tx, number, by=by, now=now)
        case Status.IN_WORK:
            await acting.begin(tx, number, by=by, now=now)
        case Status.DONE:
            await acting.finish(tx, number, by=by, now=now)
        case Status.NO_SHOW:
            await acting.give_up(tx, number, by=by, now=now)
        case Status.HELD | Status.REQUESTED | Status.CONFIRMED | Status.EXPIRED:
            raise Invalid("Nobody sets this status.", fields={"status": "unknown"})
        case _:
            assert_never(status)


async def _client_of(tx: AccountTx, data: NewBooking) -> int:
    """Raises ClientNotFound, Invalid."""
    if data.client_id is not None:
        return await find_card(tx, data.client_id)
    phone = find_phone(data.phone)
    if phone is None:
        raise Invalid("For whom? Send client_id, or phone.", fields={"phone": "format" if data.phone else "empty"})
    return await upsert_caller(tx, name=_clean(data.name), phone=phone.e164)


async def _get_booking(tx: AccountTx, number: int) -> Booking:
    rows = await queries.select_bookings(
        tx, BookingRow, number=number, status=None, client_id=None, since=None, until=None, after=0, limit=1
    )
    if not rows:
        raise BookingUnknown(number)
    return rows[0].told()


def _number(acted: acting.Acted) -> int:
    entry: Entry = acted.booking
    assert entry.number is not None, "what is written by a member is real"
    return entry.number


def _reckoned(moment: datetime) -> datetime:
    """Raises TimeInvalid."""
    if not NEAREST <= moment <= FARTHEST:
        raise TimeInvalid("That is past, or more than a year ahead.")
    return moment


def _aware(moment: datetime | None, name: str) -> datetime | None:
    """Raises Invalid."""
    if moment is not None and moment.tzinfo is None:
        raise Invalid("A moment is written with its offset: 2026-11-24T11:00:00+03:00.", fields={name: "offset"})
    return moment


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()


HANDLERS: list[Any] = [get_bookings, get_booking, post_booking, patch_booking]
