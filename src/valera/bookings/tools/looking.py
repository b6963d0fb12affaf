"""What the assistant may look up about time: free slots, and this client's own bookings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from valera.assistant.tools import Done, Failed, Tool, ToolContext
from valera.bookings.life.booking import list_client_bookings, list_client_requests
from valera.bookings.proposals.offer import Offer, Purpose
from valera.bookings.proposals.proposal import open_proposal
from valera.bookings.proposals.queries import has_calendar
from valera.bookings.proposals.search import offer_times, purpose_of_move
from valera.bookings.schedule.refusal import Reason
from valera.bookings.schedule.works import plan_work
from valera.bookings.telling.wording import PROBLEMS, P, explain_obstacle, explain_problem, say_moment, say_moment_short, say_wish
from valera.bookings.tools.words import MAX_SERVICE, clean, told_back
from valera.russian.time.when import Question, Unclear, read_wish

if TYPE_CHECKING:
    from datetime import datetime

    from valera.bookings.life.booking import Booking, Request
    from valera.kit.db import AccountTx

REASONS = {Question.DAY_PASSED: Reason.PAST, Question.TIME_PASSED: Reason.PAST, Question.TOO_FAR: Reason.TOO_FAR}


class FindSlots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    when: str | None = None
    service: str | None = None
    number: int | None = None


class MyBookings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


async def _find_slots(tx: AccountTx, context: ToolContext, args: FindSlots) -> Done | Failed:
    try:
        purpose = await _purpose(tx, context, args)
    except PROBLEMS as problem:
        return Failed(explain_problem(problem, context.zone, context.locale))
    base = purpose.moving.starts_at if purpose.moving else await _proposed_start(tx, context)
    read = read_wish(args.when, now=context.now, zone=context.zone, base=base) if args.when else None
    wish = None if isinstance(read, Unclear) else read
    found, offers = await offer_times(tx, wish, purpose, chat_id=context.chat_id, turn_id=context.turn_id, now=context.now)
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
    if not offers and not await has_calendar(tx):
        return Done(content | {"by_request": True, "reason_text": P.say(context.locale, "refusal.by_request"), "question": None})
    return Done(content | (_ask_back(context, read) if isinstance(read, Unclear) else {}))


async def _purpose(tx: AccountTx, context: ToolContext, args: FindSlots) -> Purpose:
    if args.number is not None:
        return await purpose_of_move(tx, client_id=context.client_id, number=args.number, now=context.now)
    work = await plan_work(tx, clean(args.service, MAX_SERVICE))
    service = work.service if work.is_listed else await told_back(tx, context.chat_id, work.service)
    return Purpose(service[:MAX_SERVICE], work.minutes, sections=work.sections)


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
    requests = await list_client_requests(tx, context.client_id)
    return Done({"bookings": [_booking(context, booking) for booking in bookings], "requests": [_request(request) for request in requests]})


def _booking(context: ToolContext, booking: Booking) -> dict[str, Any]:
    return {
        "number": booking.number,
        "service": booking.service,
        "status": booking.status.value,
        "starts_at": booking.starts_at.astimezone(context.zone).isoformat(),
        "text": say_moment(booking.starts_at, context.zone, context.locale),
        "bay": booking.bay,
    }


def _request(request: Request) -> dict[str, Any]:
    return {"number": request.number, "service": request.service, "status": request.status.value, "wish": request.description}


FIND_SLOTS = Tool(
    name="find_slots",
    description=(
        "Free times in the shop's bays. Pass the client's own words about time in `when` (never a date that you worked out) and the work in"
        " `service`; without `when` you get the soonest. To move a booking, pass its number: its own time does not stand in its way."
        " `exact_match`: the one slot is the very time the client named. Else, if `reason` is set, the wish cannot be met and `slots` are"
        " the nearest alternatives; without a reason all of them meet it, and the client has to choose. Name only slots from the answer."
        " `by_request`: this shop has no calendar; use request_booking."
    ),
    arguments=FindSlots,
    has_effect=False,
    run=_find_slots,
)
MY_BOOKINGS = Tool(
    name="my_bookings",
    description="This client's bookings that are not over yet; `requests` wait for the shop to name a time.",
    arguments=MyBookings,
    has_effect=False,
    run=_my_bookings,
)
