"""Texts: written, edited, forwarded, deleted for oneself."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from valera.kit.errors import Forbidden, Invalid
from valera.simulator.messenger.actions.sending import Sent, is_seen, known_message, send, writable_chat
from valera.simulator.messenger.message import CAPTIONED, Content, edit_message, hide_message

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.group import Group
    from valera.simulator.messenger.message import Message
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.telegram import Telegram

MAX_TYPED = 4096  # characters; the client app cuts longer texts into several messages
MAX_CAPTION = 1024
MAX_NAME = 64
EDITABLE_SECONDS = 48 * 3600

_START = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PARTS = re.compile(
    r"(?P<bot_command>(?<![\w/@])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]+)?(?![\w/]))"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<url>https?://[^\s<>]+[^\s<>.,!?;:])"
    r"|(?P<mention>(?<!\w)@[A-Za-z][A-Za-z0-9_]{4,31})"
    r"|(?P<hashtag>(?<!\w)\#\w+)"
)


def write(telegram: Telegram, bot: Bot, person: Person, text: str, *, reply_to: int | None = None, to: Group | None = None) -> Sent:
    return send(telegram, bot, person, typed(telegram, bot, to.id if to else person.id, text, reply_to=reply_to), to=to)


def start(telegram: Telegram, bot: Bot, person: Person, payload: str) -> Sent:
    """What opening https://t.me/<bot>?start=<payload> and pressing "Start" sends."""
    if payload and not _START.fullmatch(payload):
        raise Invalid("A start link carries 1 to 64 of A-Z, a-z, 0-9, _ and -.")
    return write(telegram, bot, person, f"/start {payload}".strip())


def edit(telegram: Telegram, bot: Bot, person: Person, message_id: int, text: str, *, within: Group | None = None) -> Sent:
    """A person's own text, or the caption of what he sent. Telegram lets people do it for two days."""
    chat_id = within.id if within else person.id
    message = _own(telegram, bot, person, chat_id, message_id)
    if telegram.now() - message.sent_at > EDITABLE_SECONDS or (message.content.media and message.content.media not in CAPTIONED):
        raise Forbidden("This message cannot be edited any more.")
    new = typed(telegram, bot, chat_id, text, limit=MAX_CAPTION if message.content.media else MAX_TYPED)
    if new.text == message.content.text:
        raise Invalid("The text is the same as before.")
    with telegram.store.transaction():
        writable_chat(telegram, bot, within or person)
        content = replace(message.content, text=new.text, entities=new.entities)
        edited = edit_message(telegram.store, message, content, now=telegram.now())
        rendered = telegram.rendered(edited, bot)
        sees = within is None or is_seen(telegram, bot, within, edited)
        update_id = telegram.tell_bot(bot, "edited_message", rendered, by=chat_id) if sees else None
    telegram.wake(bot.id)
    telegram.tell_watchers(bot, chat_id, "edited", rendered)
    return Sent(message_id, update_id)


def forward(telegram: Telegram, bot: Bot, person: Person, text: str, *, author: str) -> Sent:
    """A text of somebody who shows his name only, as most people do."""
    name = author.strip()
    if not name or len(name) > MAX_NAME:
        raise Invalid(f"Whose message is forwarded has a name of 1 to {MAX_NAME} characters.")
    content = typed(telegram, bot, person.id, text)
    origin = _forwarded({"type": "hidden_user", "sender_user_name": name}, telegram.now())
    return send(telegram, bot, person, replace(content, extra=origin))


def forward_message(telegram: Telegram, bot: Bot, person: Person, message_id: int) -> Sent:
    """A message of this very chat, once more."""
    message = known_message(telegram, bot, person.id, message_id)
    author = bot.to_user() if message.is_from_bot else person.to_user()
    origin = _forwarded({"type": "user", "sender_user": author}, message.sent_at)
    extra = {key: given for key, given in message.content.extra.items() if key != "media_group_id"} | origin
    return send(telegram, bot, person, replace(message.content, reply_to=None, reply_markup=None, extra=extra))


def delete_for_oneself(telegram: Telegram, bot: Bot, person: Person, message_id: int) -> None:
    """Any message of the chat. Telegram tells bots nothing, and the bot keeps what it has."""
    message = known_message(telegram, bot, person.id, message_id)
    hide_message(telegram.store, message, now=telegram.now())
    telegram.tell_watchers(bot, person.id, "deleted", {"message_id": message_id})


def typed(
    telegram: Telegram,
    bot: Bot,
    chat_id: int,
    text: str,
    *,
    reply_to: int | None = None,
    limit: int = MAX_TYPED,
    may_be_empty: bool = False,
) -> Content:
    """What the app makes of a text: trimmed, with the entities that it finds by itself. Raises Invalid or NotFound."""
    if _SURROGATE.search(text):
        raise Invalid("The text holds half of a surrogate pair.")
    kept = text.replace("\0", "").strip()
    if not kept and not may_be_empty:
        raise Invalid("The text is empty.")
    if len(kept) > limit:
        raise Invalid(f"A text is at most {limit} characters long here.")
    if reply_to is not None:
        known_message(telegram, bot, chat_id, reply_to)
    return Content(kept, tuple(_found(kept)), reply_to=reply_to)


def _found(text: str) -> list[dict[str, Any]]:
    """Commands, links, addresses and names; offsets count UTF-16 units."""
    return [
        {
            "type": found.lastgroup,
            "offset": len(text[: found.start()].encode("utf-16-le")) // 2,
            "length": len(found[0].encode("utf-16-le")) // 2,
        }
        for found in _PARTS.finditer(text)
    ]


def _own(telegram: Telegram, bot: Bot, person: Person, chat_id: int, message_id: int) -> Message:
    message = known_message(telegram, bot, chat_id, message_id)
    if message.sender_id != person.id:
        raise Forbidden("Only one's own messages can be edited.")
    if "forward_origin" in message.content.extra:
        raise Forbidden("A forwarded message cannot be edited.")
    return message


def _forwarded(origin: dict[str, Any], at: float) -> dict[str, Any]:
    return {"forward_origin": origin | {"date": int(at)}}
