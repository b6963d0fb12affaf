"""The methods of the Bot API that the simulator knows; each returns what goes under ``result``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from valera.simulator.messenger.chat import TYPING_SECONDS, Chat, find_chat, set_keyboard, set_typing
from valera.simulator.messenger.message import Content, Message, delete_message, edit_message, find_message, insert_message
from valera.simulator.messenger.person import Person, find_person
from valera.simulator.messenger.press import answer_press
from valera.simulator.server.entity import MAX_ENTITIES, Entity, check_entities, trim, utf16_length
from valera.simulator.server.keyboard import (
    ForceReply,
    InlineKeyboard,
    Markup,
    RemoveKeyboard,
    ReplyKeyboard,
    read_inline_markup,
    read_markup,
)
from valera.simulator.server.refusal import bad_request, forbidden, too_many

if TYPE_CHECKING:
    from collections.abc import Callable

    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.telegram import Telegram
    from valera.simulator.server.parameters import Parameters

MAX_TEXT = 4096  # UTF-16 units, after entities
MAX_ANSWER = 200
DELETABLE_SECONDS = 48 * 3600

CHAT_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document", "choose_sticker",
        "find_location", "record_video_note", "upload_video_note",
    }
)  # fmt: skip


class ReplyParameters(msgspec.Struct):
    message_id: int
    chat_id: int | str | None = None
    allow_sending_without_reply: bool = False


class LinkPreviewOptions(msgspec.Struct):
    is_disabled: bool = False
    url: str | None = None
    prefer_small_media: bool = False
    prefer_large_media: bool = False
    show_above_text: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request."""

    telegram: Telegram
    bot: Bot
    parameters: Parameters
    now: float


def get_me(call: Call) -> dict[str, Any]:
    return call.bot.to_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def send_message(call: Call) -> dict[str, Any]:
    person, chat = _recipient(call)
    text, entities = _text(call.parameters)
    call.parameters.parsed("link_preview_options", LinkPreviewOptions)
    markup = read_markup(call.parameters)
    content = Content(text, entities, _plain(markup) if isinstance(markup, InlineKeyboard) else None, _reply_to(call, person))
    _spend_flood(call, person)
    store = call.telegram.store
    with store.transaction():
        message = insert_message(store, call.bot, person, content, is_from_bot=True, now=call.now)
        _change_keyboard(call, chat, markup)
        set_typing(store, chat, until=0)
    rendered = call.telegram.rendered(message, call.bot, person)
    call.telegram.tell_watchers(call.bot, person, "message", rendered)
    return rendered


def edit_message_text(call: Call) -> dict[str, Any]:
    person, message = _own_message(call)
    text, entities = _text(call.parameters)
    call.parameters.parsed("link_preview_options", LinkPreviewOptions)
    return _edit(call, person, message, replace(message.content, text=text, entities=entities, reply_markup=_inline(call)))


def edit_message_reply_markup(call: Call) -> dict[str, Any]:
    person, message = _own_message(call)
    return _edit(call, person, message, replace(message.content, reply_markup=_inline(call)))


def delete_one_message(call: Call) -> bool:
    person, _ = _recipient(call)
    message = _find_message(call, person)
    if message is None:
        raise bad_request("message to delete not found")
    if call.now - message.sent_at > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    delete_message(call.telegram.store, message, now=call.now)
    call.telegram.tell_watchers(call.bot, person, "deleted", {"message_id": message.message_id})
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
    person = find_person(call.telegram.store, press.person_id)
    if person is not None:
        call.telegram.tell_watchers(call.bot, person, "answer", {"callback_query_id": press.id, "text": text, "show_alert": is_alert})
    return True


def send_chat_action(call: Call) -> bool:
    person, chat = _recipient(call)
    if call.parameters.text("action") not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    set_typing(call.telegram.store, chat, until=call.now + TYPING_SECONDS)
    call.telegram.tell_watchers(call.bot, person, "typing", {"action": call.parameters.text("action"), "seconds": TYPING_SECONDS})
    return True


METHODS: dict[str, Callable[[Call], Any]] = {
    "getme": get_me,
    "sendmessage": send_message,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_one_message,
    "answercallbackquery": answer_callback_query,
    "sendchataction": send_chat_action,
}
"""By lower-case name: Telegram's method names ignore case."""


def _recipient(call: Call) -> tuple[Person, Chat]:
    """Raises Refusal 400 for an unknown chat, 403 where the person never wrote or has blocked the bot."""
    given = call.parameters.values.get("chat_id")
    if given is None or given == "":
        raise bad_request("chat_id is empty")
    if isinstance(given, str) and given.startswith("@"):
        raise bad_request("chat not found")
    person_id = call.parameters.integer("chat_id")
    person = find_person(call.telegram.store, person_id) if person_id is not None and abs(person_id) < 1 << 52 else None
    if person is None:
        raise bad_request("chat not found")
    chat = find_chat(call.telegram.store, call.bot.id, person.id)
    if chat is None:
        raise forbidden("bot can't initiate conversation with a user")
    if chat.is_blocked:
        raise forbidden("bot was blocked by the user")
    return person, chat


def _text(parameters: Parameters) -> tuple[str, tuple[dict[str, Any], ...]]:
    """The text as Telegram stores it and its entities, checked."""
    if mode := parameters.text("parse_mode"):
        known = mode.lower() in {"html", "markdown", "markdownv2"}
        raise bad_request("the simulator takes entities, not parse_mode" if known else "unsupported parse_mode")
    text = parameters.text("text").replace("\r", "").replace("\0", "")
    entities = (parameters.parsed("entities", list[Entity]) or [])[:MAX_ENTITIES]
    if not text.strip():
        raise bad_request("message text is empty")
    check_entities(text, entities)
    text, entities = trim(text, entities)
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, tuple(_plain(entity) for entity in entities)


def _reply_to(call: Call, person: Person) -> int | None:
    wanted = call.parameters.parsed("reply_parameters", ReplyParameters)
    if wanted is None:
        return None
    if find_message(call.telegram.store, call.bot.id, person.id, wanted.message_id):
        return wanted.message_id
    if wanted.allow_sending_without_reply:
        return None
    raise bad_request("message to be replied not found")


def _find_message(call: Call, person: Person) -> Message | None:
    message_id = call.parameters.integer("message_id")
    if message_id is None:
        raise bad_request("message identifier is not specified")
    return find_message(call.telegram.store, call.bot.id, person.id, message_id) if 0 < message_id < 1 << 31 else None


def _own_message(call: Call) -> tuple[Person, Message]:
    person, _ = _recipient(call)
    message = _find_message(call, person)
    if message is None:
        raise bad_request("message to edit not found")
    if not message.is_from_bot:
        raise bad_request("message can't be edited")
    return person, message


def _inline(call: Call) -> dict[str, Any] | None:
    markup = read_inline_markup(call.parameters)
    return None if markup is None else _plain(markup)


def _edit(call: Call, person: Person, message: Message, content: Content) -> dict[str, Any]:
    if content == message.content:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same as a current content "
            "and reply markup of the message"
        )
    _spend_flood(call, person)
    edited = edit_message(call.telegram.store, message, content, now=call.now)
    rendered = call.telegram.rendered(edited, call.bot, person)
    call.telegram.tell_watchers(call.bot, person, "edited", rendered)
    return rendered


def _change_keyboard(call: Call, chat: Chat, markup: Markup | None) -> None:
    match markup:
        case ReplyKeyboard():
            set_keyboard(call.telegram.store, chat, _plain(markup))
        case RemoveKeyboard(remove_keyboard=True):
            set_keyboard(call.telegram.store, chat, None)
        case InlineKeyboard() | ForceReply() | RemoveKeyboard() | None:
            pass


def _spend_flood(call: Call, person: Person) -> None:
    if seconds := call.telegram.flood.spend(call.bot.id, person.id, now=call.now):
        raise too_many(seconds)


def _plain(struct: msgspec.Struct) -> dict[str, Any]:
    return msgspec.to_builtins(struct)
