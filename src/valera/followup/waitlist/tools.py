"""What the assistant may do about a time that is taken: put the client on the waitlist, or take them off it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from valera.assistant.tools import Done, Failed, Tool, ToolContext
from valera.bookings.schedule.diary import Own
from valera.bookings.schedule.refusal import Reason
from valera.bookings.schedule.slots import find_slots
from valera.bookings.schedule.works import plan_work
from valera.bookings.telling.wording import P, explain_obstacle
from valera.bookings.tools.words import MAX_SERVICE, clean, told_back
from valera.followup.waitlist.entry import WaitlistFull, Wanted, join, leave
from valera.followup.waitlist.offering import PHRASES, look_hourly, rematch
from valera.russian.time.when import Unclear, read_wish

if TYPE_CHECKING:
    from valera.followup.waitlist.entry import Entry
    from valera.kit.db import AccountTx

LONGEST_WISH = 300


class JoinWaitlist(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    when: str
    service: str | None = None


class LeaveWaitlist(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


async def _join(tx: AccountTx, context: ToolContext, args: JoinWaitlist) -> Done | Failed:
    wish = read_wish(clean(args.when, LONGEST_WISH), now=context.now, zone=context.zone)
    if wish is None:
        return Failed(PHRASES.say(context.locale, "join.when"))
    if isinstance(wish, Unclear):
        return Failed(P.say(context.locale, f"question.{wish.question_key}"))
    work = await plan_work(tx, clean(args.service, MAX_SERVICE))
    service = work.service if work.is_listed else await told_back(tx, context.chat_id, work.service)
    wanted = Wanted(wish, service[:MAX_SERVICE], work.minutes, work.sections)
    refusal = await _why_not(tx, context, wanted)
    if refusal is not None:
        return refusal
    try:
        entry, is_known = await join(tx, context, wanted)
    except WaitlistFull:
        return Failed(PHRASES.say(context.locale, "join.full"))
    await look_hourly(tx, context.now)
    return Done(_told(context, entry, is_known=is_known))


async def _why_not(tx: AccountTx, context: ToolContext, wanted: Wanted) -> Failed | None:
    """Only a time that is taken can become free."""
    duration = timedelta(minutes=wanted.duration_minutes)
    own = Own(context.chat_id)
    found = await find_slots(tx, wanted.wish, duration=duration, now=context.now, limit=1, own=own, sections=wanted.sections)
    if found.obstacle is None:
        return Failed(PHRASES.say(context.locale, "join.free"))
    if found.obstacle.refusal.reason is not Reason.TAKEN:
        return Failed(explain_obstacle(found.obstacle, context.zone, context.locale))
    return None


async def _leave(tx: AccountTx, context: ToolContext, _args: LeaveWaitlist) -> Done | Failed:
    count = await leave(tx, context.client_id, context.now)
    if not count:
        return Failed(PHRASES.say(context.locale, "leave.none"))
    await rematch(tx, why=f"turn:{context.turn_id}", now=context.now)
    return Done({"committed": {"kind": "waitlist_left", "count": count, "text": PHRASES.say(context.locale, "leave.done")}})


def _told(context: ToolContext, entry: Entry, *, is_known: bool) -> dict[str, Any]:
    wish, said = entry.wish(context.zone), entry.say(context.zone, context.locale)
    return {
        "committed": {
            "kind": "waitlist",
            "id": entry.id,
            "starts_at": wish.start.isoformat(),
            "until": wish.end.isoformat(),
            "service": entry.service,
            "text": PHRASES.say(context.locale, "join.known" if is_known else "join.done", wish=said),
        }
    }


JOIN_WAITLIST = Tool(
    name="join_waitlist",
    description=(
        "Put the client on the waitlist for a time that is taken: when it becomes free, it is offered to those who wait, in order. Pass the"
        " client's own words about time in `when` and the work in `service`. Only for a wish that find_slots could not meet because the"
        " time is taken, and only if the client wants to wait. Tell the client `text` word for word."
    ),
    arguments=JoinWaitlist,
    has_effect=True,
    run=_join,
)
LEAVE_WAITLIST = Tool(
    name="leave_waitlist",
    description=(
        "Take the client off the waitlist, when he says that he needs no free time any more. Tell the client `text` word for word."
    ),
    arguments=LeaveWaitlist,
    has_effect=True,
    run=_leave,
)
