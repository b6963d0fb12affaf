"""Messages of one chat, as both sides see them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.group import Peer
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.store import Store

CAPTIONED = ("photo", "video", "animation", "audio", "voice", "document")
"""Kinds of which the text is a caption."""

MEDIA = (*CAPTIONED, "video_note", "sticker", "location", "contact")


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says, already checked. ``extra`` are further fields of Telegram's Message, as it shows them: photo, contact."""

    text: str = ""
    entities: tuple[dict[str, Any], ...] = ()
    reply_markup: dict[str, Any] | None = None
    reply_to: int | None = None
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def media(self) -> str | None:
        """Which kind of medium it is, if any."""
        return next((kind for kind in MEDIA if kind in self.extra), None)


@dataclass(frozen=True, slots=True)
class Message:
    """``sender_id`` is None for the bot and for what a channel posts."""

    bot_id: int
    message_id: int
    chat_id: int
    sender_id: int | None
    is_from_bot: bool
    sent_at: float
    edited_at: float | None
    content: Content

    @property
    def inline_keyboard(self) -> list[list[dict[str, Any]]]:
        return (self.content.reply_markup or {}).get("inline_keyboard", [])

    def offers(self, callback_data: str) -> bool:
        return any(button.get("callback_data") == callback_data for row in self.inline_keyboard for button in row)


def insert_message(
    store: Store, bot: Bot, chat_id: int, content: Content, *, sender_id: int | None = None, is_from_bot: bool = False, now: float
) -> Message:
    with store.transaction():
        row = store.find("update bots set next_message_id = next_message_id + 1 where id = ? returning next_message_id - 1 as id", bot.id)
        assert row is not None, "a bot is never deleted"
        message = Message(bot.id, row["id"], chat_id, sender_id, is_from_bot, now, None, content)
        store.execute(
            """insert into messages (bot_id, message_id, chat_id, sender_id, is_from_bot, sent_at, text, entities, reply_markup, reply_to,
                                     extra)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            bot.id, message.message_id, chat_id, sender_id, is_from_bot, now, content.text, json.dumps(content.entities),
            _dumped(content.reply_markup), content.reply_to, json.dumps(content.extra),
        )  # fmt: skip
    return message


def find_message(store: Store, bot_id: int, chat_id: int, message_id: int) -> Message | None:
    """None for one that was deleted for both sides."""
    row = store.find(
        "select * from messages where bot_id = ? and chat_id = ? and message_id = ? and deleted_at is null", bot_id, chat_id, message_id
    )
    return None if row is None else _message(row)


def list_messages(store: Store, bot_id: int, chat_id: int, *, after: int = 0, limit: int = 200) -> list[Message]:
    """The newest ``limit`` past ``after`` that the person still sees, oldest first."""
    rows = store.list(
        """select * from (select * from messages where bot_id = ? and chat_id = ? and message_id > ? and deleted_at is null
           and hidden_at is null order by message_id desc limit ?) order by message_id""",
        bot_id, chat_id, after, limit,
    )  # fmt: skip
    return [_message(row) for row in rows]


def edit_message(store: Store, message: Message, content: Content, *, now: float) -> Message:
    store.execute(
        "update messages set text = ?, entities = ?, reply_markup = ?, extra = ?, edited_at = ? where bot_id = ? and message_id = ?",
        content.text, json.dumps(content.entities), _dumped(content.reply_markup), json.dumps(content.extra), now, message.bot_id,
        message.message_id,
    )  # fmt: skip
    return replace(message, edited_at=now, content=content)


def delete_message(store: Store, message: Message, *, now: float) -> None:
    store.execute("update messages set deleted_at = ? where bot_id = ? and message_id = ?", now, message.bot_id, message.message_id)


def hide_message(store: Store, message: Message, *, now: float) -> None:
    """For the person only; the bot can still answer and edit it."""
    store.execute("update messages set hidden_at = ? where bot_id = ? and message_id = ?", now, message.bot_id, message.message_id)


def to_telegram(message: Message, bot: Bot, peer: Peer, sender: Person | None, *, answered: dict[str, Any] | None = None) -> dict[str, Any]:
    """The Bot API's Message. ``answered`` is the one it replies to, as the Bot API shows it."""
    content = message.content
    text, entities = ("caption", "caption_entities") if content.media in CAPTIONED else ("text", "entities")
    author = bot.to_user() if message.is_from_bot else sender and sender.to_user()
    optional = {
        "from": author,
        "sender_chat": None if author else peer.to_chat(),
        "edit_date": int(message.edited_at) if message.edited_at else None,
        text: content.text or None,
        entities: list(content.entities) or None,
        "reply_markup": content.reply_markup if message.inline_keyboard else None,
        "reply_to_message": answered,
    }
    return {
        "message_id": message.message_id,
        "chat": peer.to_chat(),
        "date": int(message.sent_at),
        **{key: given for key, given in optional.items() if given is not None},
        **content.extra,
    }


def _dumped(given: dict[str, Any] | None) -> str | None:
    return None if given is None else json.dumps(given)


def _message(row: sqlite3.Row) -> Message:
    content = Content(
        text=row["text"],
        entities=tuple(json.loads(row["entities"])),
        reply_markup=None if row["reply_markup"] is None else json.loads(row["reply_markup"]),
        reply_to=row["reply_to"],
        extra=json.loads(row["extra"]),
    )
    return Message(
        bot_id=row["bot_id"],
        message_id=row["message_id"],
        chat_id=row["chat_id"],
        sender_id=row["sender_id"],
        is_from_bot=bool(row["is_from_bot"]),
        sent_at=row["sent_at"],
        edited_at=row["edited_at"],
        content=content,
    )
