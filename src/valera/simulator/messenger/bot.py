"""Bots: what BotFather makes, and where their updates go."""

from __future__ import annotations

import json
import re
import secrets
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from valera.kit.errors import Conflict, Invalid
from valera.simulator.messenger.store import Store, opened

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

MAX_NAME = 64

_USERNAME = re.compile(r"(?i)^[a-z][a-z0-9_]{1,28}bot$")
_TOKEN_ALPHABET = string.ascii_letters + string.digits + "_-"


class BotUsernameTaken(Conflict):
    """Another bot has this username already."""


@dataclass(frozen=True, slots=True)
class Webhook:
    url: str
    secret: str
    max_connections: int
    allowed_updates: tuple[str, ...]
    last_error_at: float | None
    last_error: str


@dataclass(frozen=True, slots=True)
class Bot:
    id: int
    token: str
    username: str
    name: str
    webhook: Webhook
    logged_out_until: float | None = None

    def to_user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


def create_bot(store: Store | Path | str, name: str, username: str) -> str:
    """Makes a bot and returns its token; ``store`` may be a path, whether or not a simulator is running on it."""
    if not name.strip() or len(name) > MAX_NAME:
        raise Invalid("The bot needs a name of 1 to 64 characters.")
    if not _USERNAME.match(username):
        raise Invalid("The bot's username takes Latin letters, digits and underscores, at most 32 of them, and ends in “bot”.")
    # Update ids begin anywhere: a simulator that lost its file must not repeat ids which the bot has seen.
    first_update_id = secrets.randbelow(900_000_000) + 100_000_000
    with opened(store) as opened_store, opened_store.transaction():
        if opened_store.find("select 1 from bots where username = ?", username):
            raise BotUsernameTaken(f"A simulated bot @{username} exists already.")
        # Numbers grow, as Telegram's do: bots are listed in the order in which they were made.
        before = opened_store.list("select id from bots order by id desc limit 1")
        bot_id = before[0]["id"] + secrets.randbelow(10_000_000) + 1 if before else secrets.randbelow(8_000_000_000) + 1_000_000_000
        token = _new_token(bot_id)
        opened_store.execute(
            "insert into bots (id, token, username, name, next_update_id) values (?, ?, ?, ?, ?)",
            bot_id, token, username, name.strip(), first_update_id,
        )  # fmt: skip
    return token


def replace_token(store: Store, bot_id: int) -> str:
    """What BotFather's "revoke" does: the old token is refused at once, its webhook is gone, and what waits keeps waiting."""
    token = _new_token(bot_id)
    with store.transaction():
        store.execute("update bots set token = ? where id = ?", token, bot_id)
        close_webhook(store, bot_id)
    return token


def _new_token(bot_id: int) -> str:
    return f"{bot_id}:" + "".join(secrets.choice(_TOKEN_ALPHABET) for _ in range(35))


def find_bot_by_token(store: Store, token: str) -> Bot | None:
    return _bot(store.find("select * from bots where token = ?", token))


def find_bot_by_username(store: Store, username: str) -> Bot | None:
    return _bot(store.find("select * from bots where username = ?", username))


def find_bot(store: Store, bot_id: int) -> Bot | None:
    return _bot(store.find("select * from bots where id = ?", bot_id))


def list_bots(store: Store) -> list[Bot]:
    return [bot for row in store.list("select * from bots order by id") if (bot := _bot(row))]


def set_webhook(store: Store, bot_id: int, webhook: Webhook) -> None:
    store.execute(
        """update bots set webhook_url = ?, webhook_secret = ?, max_connections = ?, allowed_updates = ?,
           last_error_at = null, last_error = '' where id = ?""",
        webhook.url, webhook.secret, webhook.max_connections, json.dumps(webhook.allowed_updates), bot_id,
    )  # fmt: skip


def close_webhook(store: Store, bot_id: int) -> None:
    """Removes the webhook; which kinds of updates are wanted stays."""
    store.execute(
        "update bots set webhook_url = '', webhook_secret = '', max_connections = 40, last_error_at = null, last_error = '' where id = ?",
        bot_id,
    )


def set_allowed_updates(store: Store, bot_id: int, kinds: tuple[str, ...]) -> None:
    store.execute("update bots set allowed_updates = ? where id = ?", json.dumps(kinds), bot_id)


def log_out(store: Store, bot_id: int, *, until: float) -> None:
    store.execute("update bots set logged_out_until = ? where id = ?", until, bot_id)


def note_webhook_error(store: Store, bot_id: int, *, reason: str, at: float) -> None:
    store.execute("update bots set last_error_at = ?, last_error = ? where id = ?", at, reason, bot_id)


def _bot(row: sqlite3.Row | None) -> Bot | None:
    if row is None:
        return None
    webhook = Webhook(
        url=row["webhook_url"],
        secret=row["webhook_secret"],
        max_connections=row["max_connections"],
        allowed_updates=tuple(json.loads(row["allowed_updates"])),
        last_error_at=row["last_error_at"],
        last_error=row["last_error"],
    )
    return Bot(row["id"], row["token"], row["username"], row["name"], webhook, row["logged_out_until"])
