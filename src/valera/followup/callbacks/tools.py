"""What the assistant may do about telephoning: note that the client wants to be called. A person calls."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from valera.assistant.tools import Done, Failed, Tool, ToolContext
from valera.bookings.schedule.workshop import load_workshop
from valera.bookings.telling.wording import say_moment
from valera.clients.client import get_client
from valera.clients.queries import update_client
from valera.followup.callbacks import queries
from valera.followup.callbacks.callback import Asked, find_open, request
from valera.followup.callbacks.due import Due, due_for
from valera.kit.phrases import Phrases
from valera.russian.phones import find_phone, find_phones, format_phone
from valera.russian.time.when import Unclear, read_wish

if TYPE_CHECKING:
    from valera.followup.callbacks.callback import Callback
    from valera.kit.db import AccountTx

PHRASES = Phrases.load("valera.followup.callbacks")
LONGEST_WISH = 200
LONGEST_REASON = 300
FARTHEST = timedelta(days=30)
MESSAGES = 200
"""So many of the client's messages are looked through for the number that he gave."""


class RequestCallback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    when: str | None = None
    phone: str | None = None
    reason: str | None = None


async def _request_callback(tx: AccountTx, context: ToolContext, args: RequestCallback) -> Done | Failed:
    known = await find_open(tx, context.client_id)
    phone = await _phone(tx, context, args.phone, known)
    if isinstance(phone, Failed):
        return phone
    words = _line(args.when, LONGEST_WISH)
    wish = read_wish(words, now=context.now, zone=context.zone) if words else None
    if isinstance(wish, Unclear):
        return Failed(PHRASES.say(context.locale, f"unclear.{wish.question_key}"))
    stands = known is not None and wish is None and known.due_at > context.now
    due = Due(known.due_at) if known is not None and stands else due_for(wish, await load_workshop(tx, context.now))
    if due.at - context.now > FARTHEST:
        return Failed(PHRASES.say(context.locale, "unclear.too_far"))
    asked = Asked(
        context.chat_id,
        context.client_id,
        context.turn_id,
        phone,
        due.at,
        known.wish if known is not None and stands else words,
        _line(args.reason, LONGEST_REASON),
    )
    callback, is_known = await request(tx, asked, now=context.now)
    return Done(_told(context, callback, due, is_known=is_known))


async def _phone(tx: AccountTx, context: ToolContext, given: str | None, known: Callback | None) -> str | Failed:
    """The number that the client gave in this chat, or that the shop knows: none that a model thinks of."""
    own = (await get_client(tx, context.client_id)).phone
    if not given:
        phone = known.phone if known is not None else own
        return Failed(PHRASES.say(context.locale, "ask_phone")) if phone is None else phone
    found = find_phone(given)
    if found is None:
        return Failed(PHRASES.say(context.locale, "phone_unreadable"))
    if found.e164 == own:
        return found.e164
    said = await queries.select_said(tx, context.chat_id, MESSAGES)
    if not any(found.e164 == phone.e164 for text in said for phone in find_phones(text)):
        return Failed(PHRASES.say(context.locale, "ask_phone"))
    if own is None:
        await update_client(tx, context.client_id, name=None, phone=found.e164)
    return found.e164


def _told(context: ToolContext, callback: Callback, due: Due, *, is_known: bool) -> dict[str, Any]:
    locale, phone = context.locale, format_phone(callback.phone)
    moment = "" if due.is_now else say_moment(callback.due_at, context.zone, locale)
    how = "now" if due.is_now else "shut" if due.is_shut else "at" if due.is_exact else "from"
    return {
        "committed": {
            "kind": "call_back",
            "id": callback.id,
            "starts_at": callback.due_at.astimezone(context.zone).isoformat(),
            "phone": callback.phone,
            "text": PHRASES.say(locale, f"{'changed' if is_known else 'noted'}.{how}", phone=phone, moment=moment),
        }
    }


def _line(text: str | None, limit: int) -> str:
    """One line without control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text or "").split())[:limit]


REQUEST_CALLBACK = Tool(
    name="request_callback",
    description=(
        "Note that the client wants to be telephoned, for the shop's staff to do it. Pass the client's own words about the time in `when`"
        " (never a time that you worked out; leave it out if he named none), the number as he wrote it in `phone` (leave it out if he gave"
        " none: his known number is used, or the answer tells you to ask for it), and why in `reason`, in a few words. Asked for again,"
        " it changes the open request. Tell the client `text` word for word."
    ),
    arguments=RequestCallback,
    has_effect=True,
    run=_request_callback,
)
