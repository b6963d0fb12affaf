"""A chat with a bot: begun by a person, perhaps blocked, perhaps with the bot typing; or a group that the bot is in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from valera.simulator.messenger.store import Store

TYPING_SECONDS = 5  # Telegram shows an action no longer


@dataclass(frozen=True, slots=True)
class Chat:
    """``action`` is what the bot does until ``typing_until``: typing, upload_photo and so on."""

    bot_id: int
    id: int
    is_blocked: bool
    keyboard: dict[str, Any] | None
    typing_until: float
    action: str


def find_chat(store: Store, bot_id: int, chat_id: int) -> Chat | None:
    row = store.find("select * from chats where bot_id = ? and chat_id = ?", bot_id, chat_id)
    if row is None:
        return None
    keyboard = json.loads(row["keyboard"]) if row["keyboard"] else None
    return Chat(bot_id, chat_id, row["blocked_at"] is not None, keyboard, row["typing_until"], row["action"])


def begin_chat(store: Store, bot_id: int, chat_id: int) -> Chat:
    store.execute("insert into chats (bot_id, chat_id) values (?, ?) on conflict do nothing", bot_id, chat_id)
    chat = find_chat(store, bot_id, chat_id)
    assert chat is not None, "it was inserted the line before"
    return chat


def set_keyboard(store: Store, chat: Chat, keyboard: dict[str, Any] | None) -> None:
    dumped = None if keyboard is None else json.dumps(keyboard)
    store.execute("update chats set keyboard = ? where bot_id = ? and chat_id = ?", dumped, chat.bot_id, chat.id)


def set_typing(store: Store, chat: Chat, *, until: float, action: str = "typing") -> None:
    store.execute("update chats set typing_until = ?, action = ? where bot_id = ? and chat_id = ?", until, action, chat.bot_id, chat.id)


def set_blocked(store: Store, chat: Chat, *, at: float | None) -> None:
    store.execute("update chats set blocked_at = ? where bot_id = ? and chat_id = ?", at, chat.bot_id, chat.id)


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A person beside the last thing said in the chat with one bot; nothing said yet: 0 and empty. ``last_extra``: what came with it."""

    person_id: int
    last_text: str
    last_extra: dict[str, Any]
    last_at: float
    is_last_from_bot: bool


def list_correspondents(store: Store, bot_id: int, *, limit: int) -> list[Correspondent]:
    """Whoever talked last first, then those who never did, in the order of the cast."""
    rows = store.list(
        """select p.id, m.text, m.extra, m.sent_at, m.is_from_bot from people p
           left join messages m on m.bot_id = ? and m.message_id = (
               select max(message_id) from messages where bot_id = ? and chat_id = p.id and deleted_at is null and hidden_at is null)
           order by m.message_id is null, m.message_id desc, p.id limit ?""",
        bot_id, bot_id, limit,
    )  # fmt: skip
    return [
        Correspondent(row["id"], row["text"] or "", json.loads(row["extra"] or "{}"), row["sent_at"] or 0.0, bool(row["is_from_bot"]))
        for row in rows
    ]
