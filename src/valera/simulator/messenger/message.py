"""Messages of one private chat, as both sides see them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.store import Store


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says; entities and markup are already checked."""

    text: str = ""
    entities: tuple[dict[str, Any], ...] = ()
    reply_markup: dict[str, Any] | None = None
    reply_to: int | None = None
    contact: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Message:
    bot_id: int
    message_id: int
    person_id: int
    is_from_bot: bool
    sent_at: float
    edited_at: float | None
    content: Content

    @property
    def inline_keyboard(self) -> list[list[dict[str, Any]]]:
        return (self.content.reply_markup or {}).get("inline_keyboard", [])

    def offers(self, callback_data: str) -> bool:
        return any(button.get("callback_data") == callback_data for row in self.inline_keyboard for button in row)


def insert_message(store: Store, bot: Bot, person: Person, content: Content, *, is_from_bot: bool, now: float) -> Message:
    with store.transaction():
        row = store.find("update bots set next_message_id = next_message_id + 1 where id = ? returning next_message_id - 1 as id", bot.id)
        assert row is not None, "a bot is never deleted"
        message = Message(bot.id, row["id"], person.id, is_from_bot, now, None, content)
        store.execute(
            """insert into messages (bot_id, message_id, person_id, is_from_bot, sent_at, text, entities, reply_markup, reply_to, contact)
               values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            bot.id, message.message_id, person.id, is_from_bot, now, content.text, json.dumps(content.entities),
            _dumped(content.reply_markup), content.reply_to, _dumped(content.contact),
        )  # fmt: skip
    return message


def find_message(store: Store, bot_id: int, person_id: int, message_id: int) -> Message | None:
    """None for one that was deleted."""
    row = store.find(
        "select * from messages where bot_id = ? and person_id = ? and message_id = ? and deleted_at is null", bot_id, person_id, message_id
    )
    return None if row is None else _message(row)


def list_messages(store: Store, bot_id: int, person_id: int, *, after: int = 0, limit: int = 200) -> list[Message]:
    """The newest ``limit`` past ``after``, oldest first."""
    rows = store.list(
        """select * from (select * from messages where bot_id = ? and person_id = ? and message_id > ? and deleted_at is null
           order by message_id desc limit ?) order by message_id""",
        bot_id, person_id, after, limit,
    )  # fmt: skip
    return [_message(row) for row in rows]


def edit_message(store: Store, message: Message, content: Content, *, now: float) -> Message:
    store.execute(
        "update messages set text = ?, entities = ?, reply_markup = ?, edited_at = ? where bot_id = ? and message_id = ?",
        content.text, json.dumps(content.entities), _dumped(content.reply_markup), now, message.bot_id, message.message_id,
    )  # fmt: skip
    return Message(message.bot_id, message.message_id, message.person_id, message.is_from_bot, message.sent_at, now, content)


def delete_message(store: Store, message: Message, *, now: float) -> None:
    store.execute("update messages set deleted_at = ? where bot_id = ? and message_id = ?", now, message.bot_id, message.message_id)


def to_telegram(message: Message, bot: Bot, person: Person, *, answered: Message | None = None) -> dict[str, Any]:
    """The Bot API's Message. ``answered`` is the message it replies to."""
    content = message.content
    optional = {
        "edit_date": int(message.edited_at) if message.edited_at else None,
        "text": content.text or None,
        "entities": list(content.entities) or None,
        "contact": content.contact,
        "reply_markup": content.reply_markup if message.inline_keyboard else None,
        "reply_to_message": to_telegram(answered, bot, person) if answered else None,
    }
    return {
        "message_id": message.message_id,
        "from": bot.to_user() if message.is_from_bot else person.to_user(),
        "chat": person.to_chat(),
        "date": int(message.sent_at),
        **{key: given for key, given in optional.items() if given is not None},
    }


def _dumped(given: dict[str, Any] | None) -> str | None:
    return None if given is None else json.dumps(given)


def _loaded(given: str | None) -> dict[str, Any] | None:
    return None if given is None else json.loads(given)


def _message(row: sqlite3.Row) -> Message:
    content = Content(
        text=row["text"],
        entities=tuple(json.loads(row["entities"])),
        reply_markup=_loaded(row["reply_markup"]),
        reply_to=row["reply_to"],
        contact=_loaded(row["contact"]),
    )
    return Message(row["bot_id"], row["message_id"], row["person_id"], bool(row["is_from_bot"]), row["sent_at"], row["edited_at"], content)
