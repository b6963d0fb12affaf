"""What the assistant may propose: a booking, a move, a cancellation, a request. Nothing here is real before a yes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from valera.assistant.tools import Done, Failed, Tool, ToolContext
from valera.bookings.proposals.propose import hold_slot, list_beside, propose_cancel, propose_move, propose_request
from valera.bookings.proposals.queries import has_calendar
from valera.bookings.schedule.works import plan_work
from valera.bookings.telling.wording import PROBLEMS, P, ask, explain_problem, say_moment
from valera.bookings.tools.words import MAX_COMMENT, MAX_SERVICE, clean, told_back

if TYPE_CHECKING:
    from datetime import datetime

    from valera.bookings.life.booking import Booking
    from valera.bookings.proposals.proposal import Proposal
    from valera.kit.db import AccountTx


class HoldSlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slot_id: str
    service: str | None = None
    comment: str | None = None


class RequestBooking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    service: str
    wish: str | None = None


class MoveBooking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slot_id: str
    number: int | None = None


class CancelBooking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: int | None = None


async def _hold_slot(tx: AccountTx, context: ToolContext, args: HoldSlot) -> Done | Failed:
    service = await _service(tx, context, args.service)
    try:
        proposal = await hold_slot(
            tx,
            chat_id=context.chat_id,
            client_id=context.client_id,
            slot_key=clean(args.slot_id, MAX_SERVICE),
            service=service or None,
            turn_id=context.turn_id,
            now=context.now,
            comment=clean(args.comment, MAX_COMMENT),
        )
    except PROBLEMS as problem:
        return Failed(explain_problem(problem, context.zone, context.locale))
    others = await list_beside(tx, proposal, client_id=context.client_id, now=context.now)
    work = await plan_work(tx, proposal.service)
    named = {"listed_work": proposal.service} if work.is_listed and work.service == proposal.service else {}
    done = _proposed(context, proposal, others)
    return Done(done.content | named)


async def _service(tx: AccountTx, context: ToolContext, named: str | None) -> str:
    work = await plan_work(tx, clean(named, MAX_SERVICE))
    service = work.service if work.is_listed else await told_back(tx, context.chat_id, work.service)
    return service[:MAX_SERVICE]


async def _request_booking(tx: AccountTx, context: ToolContext, args: RequestBooking) -> Done | Failed:
    """Only where nobody can look up a time: elsewhere a request would pass by the calendar."""
    if await has_calendar(tx):
        return Failed(P.say(context.locale, "problem.has_calendar"))
    proposal = await propose_request(
        tx,
        chat_id=context.chat_id,
        client_id=context.client_id,
        service=await _service(tx, context, args.service),
        wish=await told_back(tx, context.chat_id, clean(args.wish, MAX_COMMENT)),
        turn_id=context.turn_id,
        now=context.now,
    )
    return _proposed(context, proposal, await list_beside(tx, proposal, client_id=context.client_id, now=context.now))


async def _move_booking(tx: AccountTx, context: ToolContext, args: MoveBooking) -> Done | Failed:
    try:
        proposal = await propose_move(
            tx,
            chat_id=context.chat_id,
            client_id=context.client_id,
            number=args.number,
            slot_key=clean(args.slot_id, MAX_SERVICE),
            turn_id=context.turn_id,
            now=context.now,
        )
    except PROBLEMS as problem:
        return Failed(explain_problem(problem, context.zone, context.locale))
    return _proposed(context, proposal)


async def _cancel_booking(tx: AccountTx, context: ToolContext, args: CancelBooking) -> Done | Failed:
    try:
        proposal = await propose_cancel(
            tx, chat_id=context.chat_id, client_id=context.client_id, number=args.number, turn_id=context.turn_id, now=context.now
        )
    except PROBLEMS as problem:
        return Failed(explain_problem(problem, context.zone, context.locale))
    return _proposed(context, proposal)


def _proposed(context: ToolContext, proposal: Proposal, others: list[Booking] | None = None) -> Done:
    zone, locale = context.zone, context.locale
    content: dict[str, Any] = {
        "proposal": {
            "key": proposal.key,
            "kind": proposal.kind.value,
            "service": proposal.service,
            **_moment(context, proposal.starts_at),
            "number": proposal.number,
            "expires_at": proposal.expires_at.astimezone(zone).isoformat(),
            "previous": _moment(context, proposal.previous_start) if proposal.previous_start else None,
        },
        "question": ask(proposal, zone, locale, others=others or ()),
    }
    return Done(content | ({"other_bookings": [booking.number for booking in others]} if others else {}))


def _moment(context: ToolContext, moment: datetime | None) -> dict[str, str | None]:
    """A request has no time yet."""
    if moment is None:
        return {"starts_at": None, "text": None}
    return {"starts_at": moment.astimezone(context.zone).isoformat(), "text": say_moment(moment, context.zone, context.locale)}


HOLD_SLOT = Tool(
    name="hold_slot",
    description=(
        "Propose a new booking at a slot from find_slots. The slot is kept for some minutes, and it becomes a booking only when the client"
        " presses the button or says yes. If `other_bookings` is set, tell the client that this would be one more booking."
    ),
    arguments=HoldSlot,
    has_effect=True,
    run=_hold_slot,
)
REQUEST_BOOKING = Tool(
    name="request_booking",
    description=(
        "For a shop without a calendar, when find_slots says `by_request`: propose a request. The shop names the time later. Pass the work"
        " in `service` and, in `wish`, the client's own words about when he could come. It becomes a request only when the client presses"
        " the button or says yes; it is no booking until the shop has named the time, so never name one."
    ),
    arguments=RequestBooking,
    has_effect=True,
    run=_request_booking,
)
MOVE_BOOKING = Tool(
    name="move_booking",
    description=(
        "Propose to move the client's booking to a slot from find_slots. `number` may be left out if there is one booking only."
        " It moves only when the client presses the button or says yes."
    ),
    arguments=MoveBooking,
    has_effect=True,
    run=_move_booking,
)
CANCEL_BOOKING = Tool(
    name="cancel_booking",
    description=(
        "Propose to cancel the client's booking. `number` may be left out if there is one booking only."
        " It is cancelled only when the client presses the button or says yes."
    ),
    arguments=CancelBooking,
    has_effect=True,
    run=_cancel_booking,
)
