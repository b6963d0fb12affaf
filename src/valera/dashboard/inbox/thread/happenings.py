"""What happened beside what was said: bookings, call-backs, hand-over, marks, outcomes, as lines in the middle of a thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.chats.chat import Role
from valera.dashboard.inbox.thread import queries
from valera.dashboard.inbox.thread.lines import EventLine

if TYPE_CHECKING:
    from valera.dashboard.inbox.thread.messages import MessageRow
    from valera.kit.db import AccountTx

BOOKING_ICONS = {"confirmed": "calendar-plus", "moved": "calendar-clock", "cancelled": "calendar-x", "no_show": "calendar-x"}
NOTE_ICONS = {
    "taken_over": "user-round", "handed_back": "sparkles", "assigned": "user-round", "closed": "circle-check", "reopened": "undo-2",
    "edited": "pencil", "file_lost": "triangle-alert",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BookingEvent:
    id: int
    number: int
    event: str
    actor: str
    member_name: str | None
    starts_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    outcome: str
    last_message_id: int
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    mark: int
    words: str | None
    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CallbackRow:
    id: int
    reason: str
    wish: str
    due_at: datetime
    at: datetime
    outcome: str | None
    closed_at: datetime | None
    closed_by: str | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The messages between two moments and two ids, the ends included; ``until`` None: to the end of the chat."""

    since: datetime
    until: datetime | None
    first_id: int
    last_id: int


async def list_happenings(tx: AccountTx, chat_id: int, stretch: Stretch) -> list[EventLine]:
    """In the order of their time."""
    since, until = stretch.since, stretch.until
    bookings = await queries.select_booking_events(tx, BookingEvent, chat_id, since=since, until=until)
    marks = await queries.select_marks(tx, Mark, chat_id, since=since, until=until)
    callbacks = await queries.select_callbacks(tx, CallbackRow, chat_id, since=since, until=until)
    lines = [_booking(event) for event in bookings]
    lines += [_mark(mark) for mark in marks]
    lines += [line for callback in callbacks for line in _callback(callback, stretch)]
    return sorted(lines, key=lambda line: line.at)


async def list_outcomes(tx: AccountTx, chat_id: int, stretch: Stretch) -> dict[int, EventLine]:
    """Behind which message a stretch of the dialogue ended, and with what."""
    found = await queries.select_outcomes(tx, Outcome, chat_id, after_id=stretch.first_id, upto_id=stretch.last_id)
    return {
        outcome.last_message_id: EventLine(
            f"outcome-{outcome.last_message_id}", "event.outcome", {"outcome": outcome.outcome}, "flag", outcome.decided_at
        )
        for outcome in found
    }


def tell_note(row: MessageRow) -> EventLine | None:
    """What code noted in the dialogue. None: the message is something that somebody said."""
    if row.role is not Role.SYSTEM:
        return None
    told = row.origin or {}
    phrase = "event.taken_over_from" if row.content == "taken_over" and told.get("from") else f"event.{row.content}"
    values = {"name": row.author_name or "", "note": row.content} | {part: str(told.get(part) or "") for part in ("from", "to", "outcome")}
    return EventLine(f"message-{row.id}", phrase, values, NOTE_ICONS.get(row.content, "info"), row.created_at)


def _booking(event: BookingEvent) -> EventLine:
    who = {"assistant": "by_assistant", "client": "by_client", "member": "by_member"}.get(event.actor, "by_code")
    return EventLine(
        f"booking-{event.id}",
        f"booking.{event.event}",
        {"number": event.number, "who": who, "name": event.member_name or "", "starts_at": event.starts_at},
        BOOKING_ICONS.get(event.event, "calendar-days"),
        event.at,
        link=f"/board?booking={event.number}",
    )


def _mark(mark: Mark) -> EventLine:
    return EventLine(
        f"mark-{mark.number}",
        "event.marked_with_words" if mark.words else "event.marked",
        {"mark": mark.mark, "words": mark.words or "", "number": mark.number},
        "star",
        mark.at,
        tone="signal" if mark.mark < 3 else "",  # noqa: PLR2004  (the manager hears of those below three)
    )


def _callback(callback: CallbackRow, stretch: Stretch) -> list[EventLine]:
    lines: list[EventLine] = []
    if _is_within(callback.at, stretch):
        phrase = "event.callback_about" if callback.reason else "event.callback"
        values = {"reason": callback.reason, "due_at": callback.due_at}
        lines.append(EventLine(f"callback-{callback.id}", phrase, values, "phone", callback.at, link="/callbacks"))
    if callback.closed_at is not None and _is_within(callback.closed_at, stretch):
        values = {"outcome": callback.outcome, "name": callback.closed_by or ""}
        lines.append(EventLine(f"called-{callback.id}", "event.called_back", values, "phone-call", callback.closed_at))
    return lines


def _is_within(at: datetime, stretch: Stretch) -> bool:
    return at >= stretch.since and (stretch.until is None or at < stretch.until)
