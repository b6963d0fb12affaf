"""Updates wait here until the bot's webhook has acknowledged them, or getUpdates has asked for later ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from valera.simulator.messenger.updates.disorder import find_disorder

if TYPE_CHECKING:
    import sqlite3
    from random import Random

    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.store import Store

KEPT_SECONDS = 24 * 3600
PRESS_SECONDS = 150
_OPTIONAL_KINDS = frozenset({"chat_member", "message_reaction", "message_reaction_count"})  # only if asked for by name
_SHORT_LIVED = frozenset({"callback_query", "shipping_query", "pre_checkout_query"})

# Telegram's own queues: what is said in a chat in one, what a user does in others.
_QUEUE_OFFSETS = {"callback_query": 3 << 33, "my_chat_member": 5 << 33, "message_reaction": 15 << 33}
_LONE_QUEUES = 1 << 60
"""Above this each update has a queue of its own: whoever holds updates back wants them to overtake each other."""


@dataclass(frozen=True, slots=True)
class Update:
    bot_id: int
    update_id: int
    queue: int
    kind: str
    body: bytes
    expires_at: float

    def to_json(self) -> msgspec.Raw:
        """The same bytes that a webhook is sent."""
        return msgspec.Raw(self.body)


def enqueue_update(store: Store, bot: Bot, *, kind: str, peer_id: int, content: dict[str, Any], now: float, chance: Random) -> int | None:
    """Returns the update's id, or None if the bot did not ask for this kind. ``peer_id`` is the chat's, or the user's who did it."""
    if not wants(bot, kind):
        return None
    row = store.find("update bots set next_update_id = next_update_id + 1 where id = ? returning next_update_id - 1 as id", bot.id)
    assert row is not None, "the bot was read in this transaction"
    update_id: int = row["id"]
    disorder = find_disorder(store, bot.id)
    held = chance.uniform(0, disorder.hold_seconds) if disorder else 0.0
    store.execute(
        "insert into updates (bot_id, update_id, queue, kind, body, expires_at, ready_at, is_stray) values (?, ?, ?, ?, ?, ?, ?, ?)",
        bot.id, update_id, _LONE_QUEUES + update_id if held else peer_id + _QUEUE_OFFSETS.get(kind, 0), kind,
        json.dumps({"update_id": update_id, kind: content}, ensure_ascii=False),
        now + (PRESS_SECONDS if kind in _SHORT_LIVED else KEPT_SECONDS), now + held if held else 0.0, held > 0,
    )  # fmt: skip
    return update_id


def wants(bot: Bot, kind: str) -> bool:
    wanted = bot.webhook.allowed_updates
    return kind in wanted if wanted else kind not in _OPTIONAL_KINDS


def next_update(store: Store, bot_id: int, queue: int, *, now: float) -> Update | None:
    """The oldest of its queue that is to be sent now."""
    row = store.find(
        "select * from updates where bot_id = ? and queue = ? and acknowledged_at is null and expires_at > ? and ready_at <= ?"
        " order by update_id limit 1",
        bot_id, queue, now, now,
    )  # fmt: skip
    return None if row is None else _update(row)


def waiting_queues(store: Store, bot_id: int, *, now: float) -> list[int]:
    rows = store.list(
        "select queue from updates where bot_id = ? and acknowledged_at is null and expires_at > ? and ready_at <= ?"
        " group by queue order by min(update_id)",
        bot_id, now, now,
    )  # fmt: skip
    return [row["queue"] for row in rows]


def next_ready_at(store: Store, bot_id: int, *, now: float) -> float | None:
    """When the next update that is held back may go."""
    row = store.find(
        "select min(ready_at) as at from updates where bot_id = ? and acknowledged_at is null and expires_at > ? and ready_at > ?",
        bot_id, now, now,
    )  # fmt: skip
    return row["at"] if row else None


def acknowledge(store: Store, update: Update, *, now: float, chance: Random) -> None:
    """The bot has it. By the bot's disorder it may be sent once more, all the same."""
    disorder = find_disorder(store, update.bot_id)
    with store.transaction():
        row = store.find("select repeats from updates where bot_id = ? and update_id = ?", update.bot_id, update.update_id)
        if disorder and row and not row["repeats"] and chance.random() * 100 < disorder.repeat_share:
            store.execute("update updates set repeats = 1 where bot_id = ? and update_id = ?", update.bot_id, update.update_id)
        else:
            store.execute("update updates set acknowledged_at = ? where bot_id = ? and update_id = ?", now, update.bot_id, update.update_id)


def drop(store: Store, update: Update) -> None:
    """Its next attempt would come after its end."""
    store.execute("delete from updates where bot_id = ? and update_id = ?", update.bot_id, update.update_id)


def repeat(store: Store, bot_id: int, update_id: int) -> bool:
    """Sends an update again that the bot has had. False: there is none of this id (any more)."""
    again = "update updates set acknowledged_at = null, is_stray = 1, repeats = repeats + 1 where bot_id = ? and update_id = ?"
    return bool(store.execute(again, bot_id, update_id))


def take_updates(store: Store, bot: Bot, *, offset: int, limit: int, now: float) -> list[Update]:
    """What getUpdates answers. Everything below ``offset`` is acknowledged; negative: only so many of the newest are left."""
    with store.transaction():
        if offset < 0:
            row = store.find("select next_update_id from bots where id = ?", bot.id)
            assert row is not None, "a bot is never deleted"
            offset = row["next_update_id"] + offset
        _confirm(store, bot, offset=offset, now=now)
        rows = store.list(
            "select * from updates where bot_id = ? and acknowledged_at is null and expires_at > ? and ready_at <= ?"
            " order by update_id limit ?",
            bot.id, now, now, limit,
        )  # fmt: skip
        updates = [_update(row) for row in rows]
        for row, update in zip(rows, updates, strict=True):
            if row["is_stray"]:  # told once: the offset says nothing about it
                store.execute("update updates set acknowledged_at = ? where bot_id = ? and update_id = ?", now, bot.id, update.update_id)
    return updates


def _confirm(store: Store, bot: Bot, *, offset: int, now: float) -> None:
    disorder = find_disorder(store, bot.id)
    if disorder and disorder.repeat_share:
        store.execute(
            "update updates set is_stray = 1, repeats = 1 where bot_id = ? and acknowledged_at is null and update_id < ? and repeats = 0"
            " and abs(random() % 100) < ?",
            bot.id, offset, disorder.repeat_share,
        )  # fmt: skip
    store.execute(
        "update updates set acknowledged_at = ? where bot_id = ? and acknowledged_at is null and update_id < ? and is_stray = 0",
        now, bot.id, offset,
    )  # fmt: skip


def drop_pending(store: Store, bot_id: int) -> None:
    store.execute("delete from updates where bot_id = ? and acknowledged_at is null", bot_id)


def count_pending(store: Store, bot_id: int, *, now: float) -> int:
    row = store.find("select count(*) as pending from updates where bot_id = ? and acknowledged_at is null and expires_at > ?", bot_id, now)
    return row["pending"] if row else 0


def sweep_expired(store: Store, *, now: float) -> int:
    return store.execute("delete from updates where expires_at <= ?", now)


@dataclass(frozen=True, slots=True)
class Told:
    """One update as the panel lists it."""

    update_id: int
    kind: str
    is_pending: bool


def list_updates(store: Store, bot_id: int, *, limit: int) -> list[Told]:
    """The newest first, waiting and acknowledged."""
    rows = store.list("select * from updates where bot_id = ? order by update_id desc limit ?", bot_id, limit)
    return [Told(row["update_id"], row["kind"], row["acknowledged_at"] is None) for row in rows]


def _update(row: sqlite3.Row) -> Update:
    return Update(row["bot_id"], row["update_id"], row["queue"], row["kind"], row["body"].encode(), row["expires_at"])
