"""Changing and deleting what stands in a chat."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from valera.simulator.messenger.message import CAPTIONED, Content, Message, delete_message, edit_message, find_message
from valera.simulator.server.methods.call import (
    Call,
    caption_of,
    inline_markup,
    named_message,
    recipient,
    spend_flood,
    text_of,
)
from valera.simulator.server.methods.sending import LinkPreviewOptions
from valera.simulator.server.refusal import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from valera.simulator.messenger.group import Peer

DELETABLE_SECONDS = 48 * 3600
MAX_DELETED = 100


def edit_message_text(call: Call) -> dict[str, Any]:
    peer, message = _own_message(call)
    text, entities = text_of(call)
    call.parameters.parsed("link_preview_options", LinkPreviewOptions)
    if message.content.media:
        raise bad_request("there is no text in the message to edit")
    return _edit(call, peer, message, replace(message.content, text=text, entities=entities, reply_markup=inline_markup(call)))


def edit_message_caption(call: Call) -> dict[str, Any]:
    peer, message = _own_message(call)
    text, entities = caption_of(call.parameters)
    if message.content.media not in CAPTIONED:
        raise bad_request("there is no caption in the message to edit")
    return _edit(call, peer, message, replace(message.content, text=text, entities=entities, reply_markup=inline_markup(call)))


def edit_message_reply_markup(call: Call) -> dict[str, Any]:
    peer, message = _own_message(call)
    return _edit(call, peer, message, replace(message.content, reply_markup=inline_markup(call)))


def delete_one_message(call: Call) -> bool:
    peer, _ = recipient(call)
    message = named_message(call, peer)
    if message is None:
        raise bad_request("message to delete not found")
    if call.now - message.sent_at > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    _delete(call, peer, message)
    return True


def delete_messages(call: Call) -> bool:
    """Those that cannot be found are skipped."""
    peer, _ = recipient(call)
    ids = call.parameters.parsed("message_ids", list[int]) or []
    if not 1 <= len(ids) <= MAX_DELETED:
        raise bad_request("message identifiers are not specified" if not ids else "too many message identifiers specified")
    for message_id in ids:
        message = find_message(call.telegram.store, call.bot.id, peer.id, message_id) if 0 < message_id < 1 << 31 else None
        if message is not None and call.now - message.sent_at <= DELETABLE_SECONDS:
            _delete(call, peer, message)
    return True


def _delete(call: Call, peer: Peer, message: Message) -> None:
    delete_message(call.telegram.store, message, now=call.now)
    call.telegram.tell_watchers(call.bot, peer.id, "deleted", {"message_id": message.message_id})


def _own_message(call: Call) -> tuple[Peer, Message]:
    peer, _ = recipient(call)
    message = named_message(call, peer)
    if message is None:
        raise bad_request("message to edit not found")
    if not message.is_from_bot:
        raise bad_request("message can't be edited")
    return peer, message


def _edit(call: Call, peer: Peer, message: Message, content: Content) -> dict[str, Any]:
    if content == message.content:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same as a current content "
            "and reply markup of the message"
        )
    spend_flood(call, peer)
    edited = edit_message(call.telegram.store, message, content, now=call.now)
    rendered = call.telegram.rendered(edited, call.bot)
    call.telegram.tell_watchers(call.bot, peer.id, "edited", rendered)
    return rendered


EDITING: dict[str, Callable[[Call], Any]] = {
    "editmessagetext": edit_message_text,
    "editmessagecaption": edit_message_caption,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_one_message,
    "deletemessages": delete_messages,
}
