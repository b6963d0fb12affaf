"""Presses of inline buttons: each is answered once, within 150 seconds, or never."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.simulator.messenger.updates.queue import PRESS_SECONDS

if TYPE_CHECKING:
    import sqlite3

    from valera.simulator.messenger.message import Message
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.store import Store


@dataclass(frozen=True, slots=True)
class Press:
    id: str
    bot_id: int
    chat_id: int
    person_id: int
    message_id: int
    data: str
    pressed_at: float
    answered_at: float | None
    answer: str
    is_alert: bool


def insert_press(store: Store, message: Message, person: Person, data: str, *, now: float) -> Press:
    press_id = str(secrets.randbits(63))
    store.execute(
        "insert into presses (id, bot_id, chat_id, person_id, message_id, data, pressed_at) values (?, ?, ?, ?, ?, ?, ?)",
        press_id, message.bot_id, message.chat_id, person.id, message.message_id, data, now,
    )  # fmt: skip
    return Press(press_id, message.bot_id, message.chat_id, person.id, message.message_id, data, now, None, "", is_alert=False)


def answer_press(store: Store, bot_id: int, press_id: str, *, text: str, is_alert: bool, now: float) -> Press | None:
    """None if nobody pressed this, if it was answered before, or if it is too old."""
    row = store.find(
        """update presses set answered_at = ?, answer = ?, is_alert = ?
           where id = ? and bot_id = ? and answered_at is null and pressed_at > ? returning *""",
        now, text, is_alert, press_id, bot_id, now - PRESS_SECONDS,
    )  # fmt: skip
    return None if row is None else _press(row)


def list_presses(store: Store, bot_id: int, chat_id: int, *, since: float) -> list[Press]:
    rows = store.list(
        "select * from presses where bot_id = ? and chat_id = ? and pressed_at > ? order by pressed_at", bot_id, chat_id, since
    )
    return [_press(row) for row in rows]


def _press(row: sqlite3.Row) -> Press:
    return Press(
        id=row["id"],
        bot_id=row["bot_id"],
        chat_id=row["chat_id"],
        person_id=row["person_id"],
        message_id=row["message_id"],
        data=row["data"],
        pressed_at=row["pressed_at"],
        answered_at=row["answered_at"],
        answer=row["answer"],
        is_alert=bool(row["is_alert"]),
    )
