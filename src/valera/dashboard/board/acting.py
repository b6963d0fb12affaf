"""What members do on the board: write down who called, give a request its time, move, and lead a booking through its day.

A conflict is told before anything is saved: forms ask for a look while they are filled in, and what is sent all the same comes back with
the reason and the nearest free times.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody

from valera.bookings.desk import acting
from valera.bookings.desk.acting import AlreadyThere
from valera.bookings.desk.times import BayUnfit, TimeInvalid
from valera.bookings.life.booking import Booking, get_by_number
from valera.bookings.life.change import SlotTaken
from valera.bookings.life.status import Status, StatusConflict
from valera.dashboard.board.card import get_one, view_card
from valera.dashboard.board.moment import read_exact, read_id
from valera.dashboard.board.new_booking import BookingForm, book, draft_booking, find_problems
from valera.dashboard.board.planning import Asked, plan_when
from valera.dashboard.frame.given import TheDb, ThePage
from valera.identity.permission import Permission
from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from valera.bookings.desk.acting import Acted
    from valera.bookings.life.booking import Entry
    from valera.dashboard.board.planning import When
    from valera.dashboard.board.rows import One
    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx

Form = TypeVar("Form", bound=msgspec.Struct)

REFUSED = (SlotTaken, BayUnfit, TimeInvalid, AlreadyThere)
"""What another time or another bay would mend."""


class PlaceForm(msgspec.Struct):
    day: str = ""
    time: str = ""
    bay: str = ""
    at: str = ""
    minutes: str = ""
    reason: str = ""


class StatusForm(msgspec.Struct):
    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Placing:
    """A booking that is to be moved, or a request that is to get a time."""

    one: One
    when: When
    reason: str = ""
    problems: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def is_request(self) -> bool:
        return self.one.status is Status.REQUESTED


# ---- a new one ----------------------------------------------------------------------------------


@get("/board/new", permission=Permission.BOOKINGS)
async def get_new(
    page: ThePage, db: TheDb, *, day: FromQuery[str] = "", time: FromQuery[str] = "", bay: FromQuery[str] = "", client: FromQuery[str] = ""
) -> Response[bytes]:
    async with db.account_tx() as tx:
        form = BookingForm(client=client, day=day, time=time, bay=bay)
        draft = await draft_booking(tx, form, now=page.now, zone=page.zone)
    return page.html("_board_new.html" if page.is_fragment else "board_new.html", draft=draft)


@post("/board/draft", status_code=200, permission=Permission.BOOKINGS)
async def post_draft(page: ThePage, db: TheDb, data: URLEncodedBody[BookingForm]) -> Response[bytes]:
    """The form as it stands, looked at. A form and no address: names and phones do not get into anybody's log."""
    async with db.account_tx() as tx:
        draft = await draft_booking(tx, _clean(data), now=page.now, zone=page.zone)
    return page.html("_board_new_fields.html" if page.is_fragment else "board_new.html", draft=draft)


@post("/board", status_code=200, permission=Permission.BOOKINGS)
async def post_booking(page: ThePage, db: TheDb, data: URLEncodedBody[BookingForm]) -> Response[bytes]:
    form = _clean(data)
    async with db.account_tx() as tx:
        draft = await draft_booking(tx, form, now=page.now, zone=page.zone)
        problems = find_problems(draft)
        acted: Acted | None = None
        if not problems and not draft.when.is_refused:
            try:
                async with tx.savepoint():
                    acted = await book(tx, draft, by=page.entry.member_id, now=page.now)
            except REFUSED:  # taken since the look
                draft = await draft_booking(tx, form, now=page.now, zone=page.zone)
    if acted is None:
        status = 422 if problems else 409
        shown = replace(draft, problems=problems)
        return page.html("_board_new.html" if page.is_fragment else "board_new.html", status=status, draft=shown)
    assert isinstance(acted.booking, Booking)
    day = acted.booking.starts_at.astimezone(page.zone).date()
    return page.go(f"/board?day={day.isoformat()}", page.t(_told("board.done.booked", acted), number=acted.booking.number))


# ---- its place ----------------------------------------------------------------------------------


@get("/board/{number:int}/place", permission=Permission.BOOKINGS)
async def get_place(page: ThePage, db: TheDb, number: FromPath[int]) -> Response[bytes]:
    """Raises BookingUnknown, StatusConflict."""
    async with db.account_tx() as tx:
        placing = await _placing(tx, page, number, None)
    return page.html("_board_place.html" if page.is_fragment else "board_place.html", placing=placing)


@post("/board/{number:int}/place/draft", status_code=200, permission=Permission.BOOKINGS)
async def post_place_draft(page: ThePage, db: TheDb, number: FromPath[int], data: URLEncodedBody[PlaceForm]) -> Response[bytes]:
    async with db.account_tx() as tx:
        placing = await _placing(tx, page, number, _clean(data))
    return page.html("_board_place_fields.html" if page.is_fragment else "board_place.html", placing=placing)


@post("/board/{number:int}/place", status_code=200, permission=Permission.BOOKINGS)
async def post_place(page: ThePage, db: TheDb, number: FromPath[int], data: URLEncodedBody[PlaceForm]) -> Response[bytes]:
    """A booking moves, a request gets its time. Raises BookingUnknown, StatusConflict."""
    form = _clean(data)
    async with db.account_tx() as tx:
        placing = await _placing(tx, page, number, form)
        before, acted = await get_by_number(tx, number), None
        if placing.when.is_possible:
            try:
                async with tx.savepoint():
                    acted = await _put(tx, page, placing, form.reason)
            except REFUSED:
                placing = await _placing(tx, page, number, form)
    if acted is None:
        status = 409 if placing.when.is_refused else 422
        problems = {} if placing.when.is_refused else {"time": "board.problem.time"}
        return _refused(page, replace(placing, problems=problems), status)
    return _placed(page, before, acted)


@post("/board/{number:int}/place/undo", status_code=200, permission=Permission.BOOKINGS)
async def post_place_undo(
    page: ThePage, db: TheDb, number: FromPath[int], at: FromQuery[str] = "", bay: FromQuery[str] = ""
) -> Response[bytes]:
    """Back to where it stood. Raises BookingUnknown, StatusConflict, TimeTaken, TimeInvalid."""
    starts_at = read_exact(at, page.zone)
    if starts_at is None:
        raise Invalid("There is no such time.")
    async with db.account_tx() as tx:
        await get_one(tx, number)
        acted = await acting.move_to(tx, number, starts_at, by=page.entry.member_id, now=page.now, bay_id=read_id(bay))
    return _said(page, page.t(_told("board.done.moved_back", acted), number=number))


async def _placing(tx: AccountTx, page: Page, number: int, form: PlaceForm | None) -> Placing:
    """``form`` None: the booking as it stands. Raises BookingUnknown, StatusConflict: nothing moves any more."""
    one = await get_one(tx, number)
    if one.status not in {Status.CONFIRMED, Status.REQUESTED}:
        raise StatusConflict(one.status)
    asked = Asked(form.day, form.time, form.bay, form.at, form.minutes) if form else _as_it_stands(one, page)
    entry = await get_by_number(tx, number)
    when = await plan_when(tx, asked, service=one.service, now=page.now, zone=page.zone, entry=entry)
    return Placing(one, when, form.reason if form else "")


def _as_it_stands(one: One, page: Page) -> Asked:
    if one.starts_at is None:
        return Asked()
    return Asked(bay=str(one.bay_id or ""), at=one.starts_at.astimezone(page.zone).isoformat())


async def _put(tx: AccountTx, page: Page, placing: Placing, reason: str) -> Acted:
    term = placing.when.term
    assert term is not None, "a time that was looked at"
    by, number = page.entry.member_id, placing.one.number
    if placing.is_request:
        return await acting.confirm(tx, number, term, by=by, now=page.now)
    return await acting.move_to(tx, number, term.starts_at, by=by, now=page.now, reason=reason.strip(), bay_id=term.bay_id)


def _refused(page: Page, placing: Placing, status: int) -> Response[bytes]:
    return page.html("_board_place.html" if page.is_fragment else "board_place.html", status=status, placing=placing)


def _placed(page: Page, before: Entry, acted: Acted) -> Response[bytes]:
    """A move can be undone; that a request has a time now cannot."""
    assert isinstance(acted.booking, Booking)
    number = acted.booking.number
    if not isinstance(before, Booking):
        return _said(page, page.t(_told("board.done.confirmed", acted), number=number))
    at = f"{before.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    undo = page.url(f"/board/{number}/place/undo?at={at}&bay={before.bay_id}")
    when = acted.booking.starts_at
    said = page.t(_told("board.done.moved", acted), number=number, day=page.t.short_day(when), time=page.t.clock(when))
    return _said(page, said, undo=undo)


# ---- its day ------------------------------------------------------------------------------------


@post("/board/{number:int}/status", status_code=200, permission=Permission.BOOKINGS)
async def post_status(page: ThePage, db: TheDb, number: FromPath[int], data: URLEncodedBody[StatusForm]) -> Response[bytes]:
    """Raises BookingUnknown, StatusConflict, NotItsDay, TimeTaken."""
    async with db.account_tx() as tx:
        await get_one(tx, number)
        acted = await _step(tx, page, number, data)
        card = await view_card(tx, number, now=page.now, zone=page.zone)
    said = page.t(_told(f"board.done.{data.status.value}", acted), number=number)
    if not page.is_fragment or data.status is Status.CANCELLED:
        return _said(page, said)
    return _announce(page, page.html("_board_card.html", card=card), said)


async def _step(tx: AccountTx, page: Page, number: int, data: StatusForm) -> Acted:
    by, now = page.entry.member_id, page.now
    match data.status:
        case Status.ARRIVED:
            return await acting.arrive(tx, number, by=by, now=now)
        case Status.IN_WORK:
            return await acting.begin(tx, number, by=by, now=now)
        case Status.DONE:
            return await acting.finish(tx, number, by=by, now=now)
        case Status.NO_SHOW:
            return await acting.give_up(tx, number, by=by, now=now)
        case Status.CANCELLED:
            return await acting.cancel(tx, number, by=by, now=now, reason=data.reason.replace("\0", "").strip())
        case Status.HELD | Status.REQUESTED | Status.CONFIRMED | Status.EXPIRED:
            raise Invalid("A booking gets this status in another way.")
        case _:
            assert_never(data.status)


ACTIONS: list[Any] = [get_new, post_draft, post_booking, get_place, post_place_draft, post_place, post_place_undo, post_status]


# ---- what is said of it -------------------------------------------------------------------------


def _told(key: str, acted: Acted) -> str:
    """Whether the client was written to is said, too."""
    return f"{key}_told" if acted.is_told else key


def _said(page: Page, text: str, *, undo: str | None = None) -> Response[bytes]:
    """Done: the dialog closes, the board fetches itself."""
    if not page.is_fragment and "hx-request" not in page.request.headers:
        return page.go("/board", text)
    return _announce(page, page.html("_nothing.html"), text, undo=undo)


def _announce(page: Page, response: Response[bytes], text: str, *, undo: str | None = None) -> Response[bytes]:
    page.toast(response, text, undo)
    told = json.loads(response.headers["HX-Trigger"]) | {"board": {"target": "body"}}
    response.headers["HX-Trigger"] = json.dumps(told)
    return response


def _clean(form: Form) -> Form:
    """PostgreSQL keeps NUL nowhere."""
    return msgspec.structs.replace(form, **{name: str(value).replace("\0", "") for name, value in msgspec.structs.asdict(form).items()})
