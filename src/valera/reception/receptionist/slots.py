"""Times: free slots, a proposal to book or to move, a cancellation, the client's own bookings."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from valera.reception.receptionist.conversation import Call, Refused
from valera.reception.receptionist.desk import Piece
from valera.reception.receptionist.hearing.wishes import Kind
from valera.reception.receptionist.memory import Open
from valera.russian.time.when import Wish, find_dates, find_shift, read_wish

if TYPE_CHECKING:
    from collections.abc import Collection

    from valera.reception.receptionist.conversation import Arguments
    from valera.reception.receptionist.desk import Desk, Task
    from valera.russian.time.when import Shift

ASK_WHEN, ASK_SLOT, ASK_YES = 15, 30, 50
LONGEST_WORDS = 300
CHOOSING = frozenset({Open.SLOT, Open.WHEN, Open.CONFIRM})
DAY = timedelta(days=1)


def book(desk: Desk) -> Task:
    """Tools: find_slots, then hold_slot at once where the wish is met to the minute."""
    chosen = _chosen(desk)
    if chosen:
        return (yield from _propose(desk, Call.of("hold_slot", slot_id=chosen, service=service_of(desk))))
    when = _when(desk, None)
    if not when:
        return [Piece(question=desk.say("ask_when"), weight=ASK_WHEN)]
    result = yield Call.of("find_slots", when=when, service=service_of(desk))
    if isinstance(result, dict) and result.get("by_request"):
        return (yield from _request(desk, when))
    if isinstance(result, dict) and result["exact_match"]:
        return (yield from _propose(desk, Call.of("hold_slot", slot_id=result["slots"][0]["slot_id"], service=service_of(desk))))
    return [_choice(desk, result)]


def _request(desk: Desk, when: str) -> Task:
    """The shop has no calendar: the wish goes to its staff. Tool: request_booking."""
    return (yield from _propose(desk, Call.of("request_booking", service=service_of(desk) or "", wish=when)))


def move(desk: Desk) -> Task:
    """Tools: find_slots for that booking, then move_booking."""
    number = booking_number(desk)
    if not desk.shop.bookings:
        return [Piece(desk.say("no_bookings"), desk.say("shall_book_new"), ASK_WHEN)]
    if number is None:
        return [Piece(question=desk.say("which_booking", bookings=_own_bookings(desk)), weight=ASK_WHEN)]
    chosen = _chosen(desk)
    if chosen:
        return (yield from _propose(desk, Call.of("move_booking", number=number, slot_id=chosen)))
    when = _when(desk, next(booking.starts_at for booking in desk.shop.bookings if booking.number == number))
    if not when:
        return [Piece(question=desk.say("ask_when_move", booking=_own_booking(desk, number)), weight=ASK_WHEN)]
    result = yield Call.of("find_slots", when=when, number=number)
    if isinstance(result, dict) and result["exact_match"]:
        return (yield from _propose(desk, Call.of("move_booking", number=number, slot_id=result["slots"][0]["slot_id"])))
    return [_choice(desk, result)]


def cancel(desk: Desk) -> Task:
    """Tool: cancel_booking."""
    if not desk.shop.bookings:
        is_planned = bool(desk.shop.proposal) or desk.memory.open in {Open.CONFIRM, Open.SLOT, Open.WHEN}
        return [Piece(desk.say("declined_time"))] if is_planned else (yield from _cancel_request(desk))
    number = booking_number(desk)
    if number is None:
        return [Piece(question=desk.say("which_booking", bookings=_own_bookings(desk)), weight=ASK_WHEN)]
    return (yield from _propose(desk, Call.of("cancel_booking", number=number)))


def _cancel_request(desk: Desk) -> Task:
    """A request has no time yet, so it stands among no bookings. Tools: my_bookings, then cancel_booking."""
    result = yield Call.of("my_bookings")
    requests = [] if isinstance(result, Refused) else result.get("requests") or []
    if len(requests) != 1:
        return [Piece(desk.say("no_bookings"))]
    return (yield from _propose(desk, Call.of("cancel_booking", number=requests[0]["number"])))


def soonest(desk: Desk) -> Task:
    """«Сколько ждать»: the nearest free time, and how long the work takes. Tool: find_slots."""
    result = yield Call.of("find_slots", when=_when(desk, None) or None, service=service_of(desk))
    if isinstance(result, Refused) or not result["slots"]:
        return [_choice(desk, result)]
    return [Piece(_listed(desk, "soonest", result), desk.say("pick_slot"), ASK_SLOT)]


def list_bookings(desk: Desk) -> Task:
    """Tool: my_bookings."""
    result = yield Call.of("my_bookings")
    if isinstance(result, Refused):
        return [Piece(result.sentence)]
    rows, requests = result["bookings"], result.get("requests") or []
    if not rows and not requests:
        return [Piece(desk.say("no_bookings"), desk.say("shall_book_new"), ASK_WHEN)]
    lines = [desk.say("booking_line", number=row["number"], moment=row["text"], service=row["service"]) for row in rows]
    lines += [desk.say("request_line", number=row["number"], service=row["service"]) for row in requests]
    return [Piece("\n".join([desk.say("your_bookings"), *lines]))]


def _propose(desk: Desk, call: Call) -> Task:
    result = yield call
    if isinstance(result, Refused):
        return [Piece(result.sentence, desk.say("ask_other_time"), ASK_WHEN)]
    return [_asked(desk, result)]


def standing_proposal(desk: Desk, tools: Collection[str]) -> Piece | None:
    """What another model proposed in this turn before it failed: nothing else may be proposed, so the client is asked about it."""
    made = (desk.exchange.last(tool) for tool in ("hold_slot", "request_booking", "move_booking", "cancel_booking") if tool not in tools)
    return next((_asked(desk, result) for result in made if result is not None), None)


def _asked(desk: Desk, result: Arguments) -> Piece:
    proposal = result["proposal"]
    is_request = proposal["kind"] == "book" and proposal["starts_at"] is None and not result.get("other_bookings")
    asked = desk.say("propose_request", service=proposal["service"]).strip() if is_request else result.get("question")
    question = asked or desk.say(f"propose_{proposal['kind']}", moment=proposal["text"], number=proposal["number"])
    return Piece(question=f"{question}\n{desk.say('press_button')}", weight=ASK_YES)


def _choice(desk: Desk, result: Arguments | Refused) -> Piece:
    """Why the wish is not met, and what there is instead."""
    if isinstance(result, Refused):
        return Piece(result.sentence, desk.say("ask_other_time"), ASK_WHEN)
    reason = result.get("reason_text") or (desk.say(f"reason_{result['reason']}") if result["reason"] else "")
    if result["question"]:
        return Piece(question=result["question"], weight=ASK_SLOT)
    if not result["slots"]:
        return Piece(reason or desk.say("nothing_free"), desk.say("ask_other_time"), ASK_WHEN)
    slots = _listed(desk, "instead" if reason else "free_times", result)
    hint = desk.say("waitlist_hint") if result["reason"] == "taken" else ""
    return Piece("\n".join(filter(None, [reason, slots, hint])), desk.say("pick_slot"), ASK_SLOT)


def _listed(desk: Desk, lead: str, result: Arguments) -> str:
    return "\n".join([desk.say(lead), *(f"• {slot['text']}" for slot in result["slots"])])


def _chosen(desk: Desk) -> str | None:
    """The offered slot that the client means: by its place, by a yes, by its hour or its day."""
    slots = desk.memory.offered()
    if desk.memory.open not in CHOOSING or not slots:
        return None
    ordinal = desk.heard.ordinal
    if desk.heard.when:
        fitting = [slot for slot in slots if _fits(desk, slot)]
        return str(fitting[0]["slot_id"]) if len(fitting) == 1 else None
    if ordinal is not None:
        index = ordinal if ordinal < 0 else max(ordinal - 1, 0)
        return str(slots[index]["slot_id"]) if index < len(slots) else None
    return str(slots[0]["slot_id"]) if desk.heard.is_yes and desk.memory.open is Open.SLOT else None


def chooses(desk: Desk) -> bool:
    """Whether the words point at one of the times shown, if only by its place among them."""
    is_answer = desk.heard.is_yes and desk.memory.open is Open.SLOT
    return is_answer or (desk.heard.ordinal is not None and desk.memory.open in CHOOSING and bool(desk.memory.offered()))


def _fits(desk: Desk, slot: Arguments) -> bool:
    wish = _read(desk, desk.heard.when)
    start = datetime.fromisoformat(slot["starts_at"]).astimezone(desk.shop.zone)
    if wish is None:
        return False
    if _names_day(desk, desk.heard.when):
        return wish.start <= start < wish.end
    return wish.exact and wish.start.astimezone(desk.shop.zone).time() == start.time()


def _read(desk: Desk, when: str) -> Wish | None:
    wish = read_wish(when, now=desk.shop.now, zone=desk.shop.zone)
    return wish if isinstance(wish, Wish) else None


def _names_day(desk: Desk, when: str) -> bool:
    return bool(find_dates(when, desk.shop.now, desk.shop.zone))


def _when(desk: Desk, booked: datetime | None) -> str:
    """The client's words about time; an hour alone belongs to the day spoken of, a day alone keeps the hour, and a time that is told by
    another («на час позже») is worked out from the one spoken of, else from ``booked``.
    """
    when = desk.heard.when[:LONGEST_WORDS] or _resumed(desk)
    if told := _told_by_another(desk, when, booked):
        return told
    before = desk.memory.searched or {}
    if not when or desk.memory.open not in {Open.SLOT, Open.CONFIRM} or not before.get("when"):
        return _on_booked_day(desk, when, booked) if booked else when
    earlier, now = _read(desk, before["when"]), _read(desk, when)
    if earlier is None or now is None:
        return when
    if not _names_day(desk, when):
        offered = desk.memory.offered()
        day = datetime.fromisoformat(offered[0]["starts_at"]) if offered else earlier.start
        return desk.say("on_day", day=day.astimezone(desk.shop.zone).strftime("%d.%m"), when=when)
    if earlier.exact and _is_whole_day(desk, now):
        return desk.say("at_hour", when=when, hour=earlier.start.astimezone(desk.shop.zone).strftime("%H:%M"))
    return when


def _resumed(desk: Desk) -> str:
    """The time that was proposed, or the words it was looked for in, where the client says no other: the talk goes on with it."""
    memory, heard = desk.memory, desk.heard
    if memory.open is Open.CONFIRM and memory.proposed and not heard.wants(Kind.OTHER_DAY):
        start = memory.proposed.astimezone(desk.shop.zone)
        return desk.say("at_hour", when=f"{start:%d.%m.%Y}", hour=f"{start:%H:%M}")
    goes_on = memory.open is Open.SLOT and not heard.wants(Kind.OTHER_DAY)
    return str((memory.searched or {}).get("when") or "") if goes_on else ""


def _on_booked_day(desk: Desk, when: str, booked: datetime) -> str:
    """«сдвиньте на 15:00»: of the day that is booked."""
    wish = _read(desk, when)
    if _names_day(desk, when) or wish is None or wish.soonest or wish.end - wish.start > DAY:
        return when
    return desk.say("on_day", day=booked.astimezone(desk.shop.zone).strftime("%d.%m"), when=when)


def _is_whole_day(desk: Desk, wish: Wish) -> bool:
    start, end = (moment.astimezone(desk.shop.zone) for moment in (wish.start, wish.end))
    starts_at_once = start.time() == time() or start <= desk.shop.now
    return starts_at_once and end.time() == time() and end - start <= DAY


def _told_by_another(desk: Desk, when: str, booked: datetime | None) -> str:
    shift = find_shift(when) if when else None
    base = _spoken_of(desk, shift, booked) if shift else None
    wish = read_wish(when, now=desk.shop.now, zone=desk.shop.zone, base=base) if base else None
    if not isinstance(wish, Wish) or wish == _read(desk, when):
        return ""
    start, end = (moment.astimezone(desk.shop.zone) for moment in (wish.start, wish.end))
    day = f"{start:%d.%m.%Y}"
    if wish.exact:
        return desk.say("at_hour", when=day, hour=f"{start:%H:%M}")
    is_until = end.time() != time()
    return desk.say("until_hour" if is_until else "from_hour", day=day, hour=f"{end if is_until else start:%H:%M}")


def _spoken_of(desk: Desk, shift: Shift, booked: datetime | None) -> datetime | None:
    """The time proposed last, else the one asked for, else that end of the times shown to which the client wants to go beyond."""
    memory = desk.memory
    if memory.open is Open.CONFIRM and memory.proposed:
        return memory.proposed
    shown = [datetime.fromisoformat(slot["starts_at"]) for slot in memory.offered()]
    if memory.open in {Open.SLOT, Open.WHEN} and shown:
        asked = _read(desk, (memory.searched or {}).get("when") or "")
        if asked and asked.exact and (shift.time or shift.is_same_hour):
            return asked.start
        return shown[-1] if shift.direction > 0 else shown[0]
    return booked


def service_of(desk: Desk) -> str | None:
    """The works in the words of the price list where it was asked, else in the client's."""
    if desk.heard.works:
        return ", ".join(desk.heard.works)
    found = (desk.memory.prices or {}).get("found") or (desk.memory.prices or {}).get("by_class") or ()
    chosen = (desk.memory.priced or {}).get("item_ids") or ()
    named = [row["title"] if row["item_id"] in chosen else row["query"] for row in found]
    return ", ".join(named) or ", ".join(desk.memory.works) or None


def booking_number(desk: Desk) -> int | None:
    """The booking meant: named, the only one, or the one of the day that was named."""
    bookings = desk.shop.bookings
    numbers = [booking.number for booking in bookings]
    named = desk.heard.number or (desk.heard.ordinal if desk.memory.open is Open.NUMBER else None)
    if named is not None and named in numbers:
        return named
    if len(numbers) == 1:
        return numbers[0]
    searched = (desk.memory.searched or {}).get("number")
    if searched in numbers and desk.memory.changing is Kind.MOVE:
        return searched
    days = {mark.date for mark in find_dates(desk.heard.text, desk.shop.now, desk.shop.zone)}
    fitting = [booking.number for booking in bookings if booking.starts_at.astimezone(desk.shop.zone).date() in days]
    return fitting[0] if len(fitting) == 1 else None


def _own_bookings(desk: Desk) -> str:
    return "\n".join(f"• {_own_booking(desk, booking.number)}" for booking in desk.shop.bookings)


def _own_booking(desk: Desk, number: int) -> str:
    booking = next(booking for booking in desk.shop.bookings if booking.number == number)
    return desk.say("booking_name", number=number, moment=booking.text)
