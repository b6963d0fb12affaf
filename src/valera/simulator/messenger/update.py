"""Updates wait here until the bot's webhook has acknowledged them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.store import Store

KEPT_SECONDS = 24 * 3600
PRESS_SECONDS = 150
_OPTIONAL_KINDS = frozenset({"chat_member", "message_reaction", "message_reaction_count"})  # only if asked for by name

# Telegram's own queues: messages of a chat in one, button presses and membership changes of a user in others.
_QUEUE_OFFSETS = {"message": 0, "callback_query": 3 << 33, "my_chat_member": 5 << 33}


@dataclass(frozen=True, slots=True)
class Update:
    bot_id: int
    update_id: int
    queue: int
    kind: str
    body: bytes


def enqueue_update(store: Store, bot: Bot, *, kind: str, peer_id: int, content: dict[str, Any], now: float) -> int | None:
    """Returns the update's id, or None if the bot did not ask for this kind."""
    wanted = bot.webhook.allowed_updates
    if (wanted and kind not in wanted) or (not wanted and kind in _OPTIONAL_KINDS):
        return None
    row = store.find("update bots set next_update_id = next_update_id + 1 where id = ? returning next_update_id - 1 as id", bot.id)
    assert row is not None, "the bot was read in this transaction"
    store.execute(
        "insert into updates (bot_id, update_id, queue, kind, body, expires_at) values (?, ?, ?, ?, ?, ?)",
        bot.id, row["id"], peer_id + _QUEUE_OFFSETS[kind], kind,
        json.dumps({"update_id": row["id"], kind: content}, ensure_ascii=False),
        now + (PRESS_SECONDS if kind == "callback_query" else KEPT_SECONDS),
    )  # fmt: skip
    return row["id"]


def next_update(store: Store, bot_id: int, queue: int, *, now: float) -> Update | None:
    """The oldest of its queue that has not expired."""
    row = store.find(
        "select * from updates where bot_id = ? and queue = ? and expires_at > ? order by update_id limit 1", bot_id, queue, now
    )
    return None if row is None else Update(row["bot_id"], row["update_id"], row["queue"], row["kind"], row["body"].encode())


def waiting_queues(store: Store, bot_id: int, *, now: float) -> list[int]:
    rows = store.list("select queue from updates where bot_id = ? and expires_at > ? group by queue order by min(update_id)", bot_id, now)
    return [row["queue"] for row in rows]


def acknowledge(store: Store, update: Update) -> None:
    store.execute("delete from updates where bot_id = ? and update_id = ?", update.bot_id, update.update_id)


def drop_pending(store: Store, bot_id: int) -> None:
    store.execute("delete from updates where bot_id = ?", bot_id)


def count_pending(store: Store, bot_id: int, *, now: float) -> int:
    row = store.find("select count(*) as pending from updates where bot_id = ? and expires_at > ?", bot_id, now)
    return row["pending"] if row else 0


def sweep_expired(store: Store, *, now: float) -> int:
    return store.execute("delete from updates where expires_at <= ?", now)
