"""What the assistant may do about time: look for slots, propose a booking, a move, a cancellation. Nothing here is real before a yes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from valera.analytics.event import EventType, track
from valera.assistant.tools import Done, Failed, Tool, ToolContext
from valera.bookings.booking import find_client_booking, hold_slot, list_client_bookings, open_proposal, propose_cancel, propose_move
from valera.bookings.offer import Offer, Purpose, offer
from valera.bookings.slots import Found, Own, Reason, find_slots
from valera.bookings.wording import PROBLEMS, P, ask, explain_obstacle, explain_problem, say_moment, say_moment_short, say_wish
from valera.bookings.workshop import load_rules, plan_work
from valera.russian.time.when import Question, Unclear, read_wish

if TYPE_CHECKING:
    from datetime import datetime

    from valera.bookings.proposal import Booking, Proposal
    from valera.kit.db import AccountTx
    from valera.russian.time.when import Wish

LIMIT = 3
REASONS = {Question.DAY_PASSED: Reason.PAST, Question.TIME_PASSED: Reason.PAST, Question.TOO_FAR: Reason.TOO_FAR}
MAX_SERVICE = 200
MAX_COMMENT = 1000


class FindSlots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    when: str | None = None
    service: str | None = None
    number: int | None = None


class HoldSlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slot_id: str
    service: str | None = None
    comment: str | None = None


class MyBookings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class MoveBooking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    slot_id: str
    number: int | None = None


class CancelBooking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: int | None = None


# ---- looking ------------------------------------------------------------------------------------


async def _find_slots(tx: AccountTx, context: ToolContext, args: FindSlots) -> Done | Failed:
    try:
        purpose = await _purpose(tx, context, args)
    except PROBLEMS as problem:
        return Failed(explain_problem(problem, context.zone, context.locale))
    base = purpose.moving.starts_at if purpose.moving else await _proposed_start(tx, context)
    read = read_wish(args.when, now=context.now, zone=context.zone, base=base) if args.when else None
    wish = None if isinstance(read, Unclear) else read
    found, offers = await _look(tx, context, wish, purpose)
    obstacle = found.obstacle
    content: dict[str, Any] = {
        "wish": {"text": say_wish(wish, context.zone, context.locale), "exact": wish.exact} if wish else None,
        "exact_match": found.exact_match,
        "reason": obstacle.refusal.reason.value if obstacle else None,
        "reason_text": explain_obstacle(obstacle, context.zone, context.locale) if obstacle else None,
        "slots": [_slot(context, shown) for shown in offers],
        "duration_minutes": purpose.duration_minutes,
        "question": P.say(context.locale, "question.when") if args.when and wish is None else None,
    }
    return Done(content | (_ask_back(context, read) if isinstance(read, Unclear) else {}))


async def _look(tx: AccountTx, context: ToolContext, wish: Wish | None, purpose: Purpose) -> tuple[Found, tuple[Offer, ...]]:
    moving = purpose.moving
    found = await find_slots(
        tx,
        wish,
        duration=timedelta(minutes=purpose.duration_minutes),
        now=context.now,
        limit=LIMIT + 1 if moving else LIMIT,
        own=Own(context.chat_id, moving.id if moving else None),
    )
    # Where a booking stands already is no choice, unless nothing else was found.
    starts = tuple(start for start in found.starts if moving is None or start != moving.starts_at) or found.starts
    hours = (await load_rules(tx)).offer_hours
    offers = await offer(tx, context.chat_id, starts[:LIMIT], purpose, now=context.now, hours=hours)
    if offers:
        await track(tx, EventType.SLOT_OFFERED, {"chat": context.chat_id, "turn": context.turn_id, "slots": len(offers)})
    return found, offers


async def _purpose(tx: AccountTx, context: ToolContext, args: FindSlots) -> Purpose:
    """A booking that is to be moved keeps its service and its length."""
    if args.number is not None:
        moving = await find_client_booking(tx, client_id=context.client_id, number=args.number, now=context.now)
        rest = (await load_rules(tx)).buffer
        return Purpose(moving.service, max(round((moving.ends_at - moving.starts_at - rest) / timedelta(minutes=1)), 1), moving)
    work = await plan_work(tx, _clean(args.service, MAX_SERVICE))
    return Purpose(work.service[:MAX_SERVICE], work.minutes)


async def _proposed_start(tx: AccountTx, context: ToolContext) -> datetime | None:
    """What «на час позже» refers to while nothing is booked yet."""
    proposal = await open_proposal(tx, context.chat_id, context.now)
    return proposal.starts_at if proposal else None


def _ask_back(context: ToolContext, unclear: Unclear) -> dict[str, Any]:
    """A time was named that cannot be meant: which one was? The soonest slots go with the question."""
    key = unclear.question_key
    options = P.say(context.locale, "question.options", options=", ".join(unclear.options)) if unclear.options else ""
    question = f"{P.say(context.locale, f'question.{key}')} {options}".strip()
    return {"reason": REASONS.get(Question(key)), "reason_text": P.say(context.locale, f"question.{key}"), "question": question}


def _slot(context: ToolContext, shown: Offer) -> dict[str, str]:
    return {
        "slot_id": shown.key,
        "starts_at": shown.starts_at.astimezone(context.zone).isoformat(),
        "text": say_moment(shown.starts_at, context.zone, context.locale),
        "label": say_moment_short(shown.starts_at, context.zone, context.locale),
    }


async def _my_bookings(tx: AccountTx, context: ToolContext, _args: MyBookings) -> Done | Failed:
    bookings = await list_client_bookings(tx, context.client_id, context.now)
    return Done({"bookings": [_booking(context, booking) for booking in bookings]})


# ---- proposing ----------------------------------------------------------------------------------


async def _hold_slot(tx: AccountTx, context: ToolContext, args: HoldSlot) -> Done | Failed:
    service = (await plan_work(tx, _clean(args.service, MAX_SERVICE))).service[:MAX_SERVICE]
    try:
        proposal = await hold_slot(
            tx,
            chat_id=context.chat_id,
            client_id=context.client_id,
            slot_key=_clean(args.slot_id, MAX_SERVICE),
            service=service or None,
            turn_id=context.turn_id,
            now=context.now,
            comment=_clean(args.comment, MAX_COMMENT),
        )
    except PROBLEMS as problem:
        return Failed(explain_problem(problem, context.zone, context.locale))
    others = [booking for booking in await list_client_bookings(tx, context.client_id, context.now) if booking.is_movable(context.now)]
    work = await plan_work(tx, proposal.service)
    named = {"listed_work": proposal.service} if work.is_listed and work.service == proposal.service else {}
    done = _proposed(context, proposal, others)
    return Done(done.content | named)


async def _move_booking(tx: AccountTx, context: ToolContext, args: MoveBooking) -> Done | Failed:
    try:
        proposal = await propose_move(
            tx,
            chat_id=context.chat_id,
            client_id=context.client_id,
            number=args.number,
            slot_key=_clean(args.slot_id, MAX_SERVICE),
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
    zone, locale, previous = context.zone, context.locale, proposal.previous_start
    content: dict[str, Any] = {
        "proposal": {
            "key": proposal.key,
            "kind": proposal.kind.value,
            "service": proposal.service,
            "starts_at": proposal.starts_at.astimezone(zone).isoformat(),
            "text": say_moment(proposal.starts_at, zone, locale),
            "number": proposal.number,
            "expires_at": proposal.expires_at.astimezone(zone).isoformat(),
            "previous": {"starts_at": previous.astimezone(zone).isoformat(), "text": say_moment(previous, zone, locale)}
            if previous
            else None,
        },
        "question": ask(proposal, zone, locale, others=others or ()),
    }
    return Done(content | ({"other_bookings": [booking.number for booking in others]} if others else {}))


def _booking(context: ToolContext, booking: Booking) -> dict[str, Any]:
    return {
        "number": booking.number,
        "service": booking.service,
        "status": booking.status.value,
        "starts_at": booking.starts_at.astimezone(context.zone).isoformat(),
        "text": say_moment(booking.starts_at, context.zone, context.locale),
        "bay": booking.bay,
    }


def _clean(text: str | None, limit: int) -> str:
    """One line without control characters: it goes to a card and into the database."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text or "").split())[:limit]


FIND_SLOTS = Tool(
    name="find_slots",
    description=(
        "Free times in the shop's bays. Pass the client's own words about time in `when` (never a date that you worked out) and the work in"
        " `service`; without `when` you get the soonest. To move a booking, pass its number: its own time does not stand in its way."
        " `exact_match`: the one slot is the very time the client named. Else, if `reason` is set, the wish cannot be met and `slots` are"
        " the nearest alternatives; without a reason all of them meet it, and the client has to choose. Name only slots from the answer."
    ),
    arguments=FindSlots,
    has_effect=False,
    run=_find_slots,
)
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
MY_BOOKINGS = Tool(
    name="my_bookings",
    description="This client's bookings that are not over yet.",
    arguments=MyBookings,
    has_effect=False,
    run=_my_bookings,
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
TOOLS = (FIND_SLOTS, HOLD_SLOT, MY_BOOKINGS, MOVE_BOOKING, CANCEL_BOOKING)
