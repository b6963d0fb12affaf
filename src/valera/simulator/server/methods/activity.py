"""What passes: typing, drafts, the answer to a press, reactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from valera.simulator.messenger.chat import TYPING_SECONDS, set_typing
from valera.simulator.messenger.draft import DRAFT_SECONDS, Draft, put_draft
from valera.simulator.messenger.group import Group
from valera.simulator.messenger.press import answer_press
from valera.simulator.server.methods.call import MAX_TEXT, Call, formatted, named_message, recipient
from valera.simulator.server.refusal import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_ANSWER = 200

CHAT_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document", "choose_sticker",
        "find_location", "record_video_note", "upload_video_note",
    }
)  # fmt: skip


class Reaction(msgspec.Struct):
    type: str
    emoji: str | None = None


def send_chat_action(call: Call) -> bool:
    peer, chat = recipient(call)
    action = call.parameters.text("action")
    if action not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    set_typing(call.telegram.store, chat, until=call.now + TYPING_SECONDS, action=action)
    call.telegram.tell_watchers(call.bot, peer.id, "typing", {"action": action, "seconds": TYPING_SECONDS})
    return True


def send_message_draft(call: Call) -> bool:
    """Private chats only. An empty text stands for "Thinking…"."""
    peer, chat = recipient(call)
    if isinstance(peer, Group):
        raise bad_request("TEXTDRAFT_PEER_INVALID")
    draft_id = call.parameters.integer("draft_id")
    if not draft_id or abs(draft_id) >= 1 << 63:
        raise bad_request("draft identifier must be non-zero")
    text, entities = formatted(call.parameters, "text", "entities", limit=MAX_TEXT, too_long="message is too long")
    can_stop = call.parameters.flag("can_stop")
    draft = Draft(call.bot.id, chat.id, draft_id, text, entities, can_stop, call.now + DRAFT_SECONDS)
    put_draft(call.telegram.store, draft)
    call.telegram.tell_watchers(call.bot, peer.id, "draft", draft.tell(call.now))
    return True


def answer_callback_query(call: Call) -> bool:
    text = call.parameters.text("text")
    if len(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    is_alert = call.parameters.flag("show_alert")
    press = answer_press(
        call.telegram.store, call.bot.id, call.parameters.text("callback_query_id"), text=text, is_alert=is_alert, now=call.now
    )
    if press is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    told: dict[str, Any] = {"callback_query_id": press.id, "text": text, "show_alert": is_alert}
    call.telegram.tell_watchers(call.bot, press.chat_id, "answer", told)
    return True


def set_message_reaction(call: Call) -> bool:
    peer, _ = recipient(call)
    message = named_message(call, peer)
    if message is None:
        raise bad_request("message to react not found")
    reactions = call.parameters.parsed("reaction", list[Reaction]) or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = [reaction.emoji for reaction in reactions]
    call.telegram.tell_watchers(call.bot, peer.id, "reaction", {"message_id": message.message_id, "emoji": emoji[0] if emoji else None})
    return True


ACTIVITY: dict[str, Callable[[Call], Any]] = {
    "sendchataction": send_chat_action,
    "sendmessagedraft": send_message_draft,
    "answercallbackquery": answer_callback_query,
    "setmessagereaction": set_message_reaction,
}
