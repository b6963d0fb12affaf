"""sendMessage, sendPhoto, sendDocument and their kin: each returns the message as it stands in the chat."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from valera.kit.errors import Invalid
from valera.simulator.messenger.chat import set_keyboard, set_typing
from valera.simulator.messenger.draft import drop_draft
from valera.simulator.messenger.files.file import find_file, read_file
from valera.simulator.messenger.files.medium import MediumKind, Upload, put_medium
from valera.simulator.messenger.message import Content, insert_message
from valera.simulator.server.keyboard import ForceReply, InlineKeyboard, Markup, RemoveKeyboard, ReplyKeyboard, read_markup
from valera.simulator.server.methods.call import Call, caption_of, plain, recipient, reply_to, spend_flood, text_of
from valera.simulator.server.parameters import Parameters
from valera.simulator.server.refusal import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from valera.simulator.messenger.chat import Chat
    from valera.simulator.messenger.group import Peer

MIN_ALBUM, MAX_ALBUM = 2, 10
_ATTACH = "attach://"


class LinkPreviewOptions(msgspec.Struct):
    is_disabled: bool = False
    url: str | None = None
    prefer_small_media: bool = False
    prefer_large_media: bool = False
    show_above_text: bool = False


class InputMedia(msgspec.Struct):
    """One piece of an album; caption and its entities are read again by `caption_of`."""

    type: str
    media: str
    caption: str | None = None
    parse_mode: str | None = None
    caption_entities: list[dict[str, Any]] | None = None


def send_message(call: Call) -> dict[str, Any]:
    peer, chat = recipient(call)
    text, entities = text_of(call)
    call.parameters.parsed("link_preview_options", LinkPreviewOptions)
    return _send(call, peer, chat, [Content(text, entities)], read_markup(call.parameters))[0]


def send_location(call: Call) -> dict[str, Any]:
    peer, chat = recipient(call)
    place = {name: call.parameters.parsed(name, float) for name in ("latitude", "longitude")}
    if None in place.values():
        raise bad_request("latitude and longitude must be specified")
    return _send(call, peer, chat, [Content(extra={"location": place})], read_markup(call.parameters))[0]


def send_contact(call: Call) -> dict[str, Any]:
    peer, chat = recipient(call)
    contact = {name: given for name in ("phone_number", "first_name", "last_name") if (given := call.parameters.text(name))}
    if "phone_number" not in contact or "first_name" not in contact:
        raise bad_request("phone number and first name must be non-empty")
    return _send(call, peer, chat, [Content(extra={"contact": contact})], read_markup(call.parameters))[0]


def sending(kind: MediumKind) -> Callable[[Call], dict[str, Any]]:
    """The method that sends one medium of this kind: sendPhoto, sendDocument and the like."""

    def send_medium(call: Call) -> dict[str, Any]:
        peer, chat = recipient(call)
        text, entities = caption_of(call.parameters)
        if not call.parameters.text(kind) and kind not in call.parameters.files:
            raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
        content = Content(text, entities, extra=_stored(call, kind, call.parameters.text(kind), kind))
        return _send(call, peer, chat, [content], read_markup(call.parameters))[0]

    return send_medium


def send_media_group(call: Call) -> list[dict[str, Any]]:
    peer, chat = recipient(call)
    pieces = call.parameters.parsed("media", list[InputMedia]) or []
    if not MIN_ALBUM <= len(pieces) <= MAX_ALBUM:
        raise bad_request("album must include 2-10 items" if pieces else "there are no messages to send")
    group = {"media_group_id": str(secrets.randbits(53))}
    contents: list[Content] = []
    for piece in pieces:
        if piece.type not in {"photo", "video", "document", "audio"}:
            raise bad_request(f"can't parse InputMedia: type {piece.type} can't be used in an album")
        text, entities = caption_of(Parameters(msgspec.to_builtins(piece)))
        contents.append(Content(text, entities, extra=_stored(call, MediumKind(piece.type), piece.media, "") | group))
    return _send(call, peer, chat, contents, None)


def _send(call: Call, peer: Peer, chat: Chat, contents: list[Content], markup: Markup | None) -> list[dict[str, Any]]:
    """Puts messages of the bot into a chat; whatever was being typed there is over."""
    inline = plain(markup) if isinstance(markup, InlineKeyboard) else None
    answered = reply_to(call, peer)
    spend_flood(call, peer, messages=len(contents))
    store = call.telegram.store
    with store.transaction():
        whole = [replace(content, reply_markup=inline, reply_to=answered) for content in contents]
        messages = [insert_message(store, call.bot, peer.id, content, is_from_bot=True, now=call.now) for content in whole]
        _change_keyboard(call, chat, markup)
        set_typing(store, chat, until=0)
        drop_draft(store, call.bot.id, peer.id)
    rendered = [call.telegram.rendered(message, call.bot) for message in messages]
    for shown in rendered:
        call.telegram.tell_watchers(call.bot, peer.id, "message", shown)
    return rendered


def _stored(call: Call, kind: MediumKind, given: str, field: str) -> dict[str, Any]:
    """What a call brings under ``field`` or by ``attach://``, or names by the file_id that this bot knows."""
    attached = call.parameters.files.get(given.removeprefix(_ATTACH) if given.startswith(_ATTACH) else field)
    seconds = call.parameters.integer("duration") or 0
    if attached is not None:
        if not attached.body:
            raise bad_request("file must be non-empty")
        return _put(call, Upload(kind, attached.body, attached.name, attached.content_type, seconds=seconds))
    if given.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")  # no other machine is ever asked for anything
    known = find_file(call.telegram.store, call.bot.id, given)
    if known is None or known.content_id is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return _put(call, Upload(kind, read_file(call.telegram.store, known), known.path.rpartition("/")[2], seconds=seconds))


def _put(call: Call, upload: Upload) -> dict[str, Any]:
    try:
        return put_medium(call.telegram.store, call.bot.id, upload)
    except Invalid as error:
        raise bad_request("PHOTO_INVALID_DIMENSIONS" if error.detail == "PHOTO_INVALID_DIMENSIONS" else "IMAGE_PROCESS_FAILED") from None


def _change_keyboard(call: Call, chat: Chat, markup: Markup | None) -> None:
    match markup:
        case ReplyKeyboard():
            set_keyboard(call.telegram.store, chat, plain(markup))
        case RemoveKeyboard(remove_keyboard=True):
            set_keyboard(call.telegram.store, chat, None)
        case InlineKeyboard() | ForceReply() | RemoveKeyboard() | None:
            pass


SENDING: dict[str, Callable[[Call], Any]] = {
    "sendmessage": send_message,
    "sendlocation": send_location,
    "sendcontact": send_contact,
    "sendmediagroup": send_media_group,
    **{f"send{kind.replace('_', '')}": sending(kind) for kind in MediumKind},
}
