"""Files: their contents once, a file_id for each bot, a path that is good for an hour after getFile."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

    from valera.simulator.messenger.store import Store

LARGEST_DOWNLOAD = 20 << 20
PATH_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class File:
    """``unique_id`` is the same for every bot, ``id`` is this bot's own. ``content_id`` is None for one too large to be downloaded."""

    bot_id: int
    id: str
    unique_id: str
    content_id: str | None
    size: int
    path: str
    path_until: float


def store_file(store: Store, bot_id: int, *, folder: str, suffix: str, body: bytes, size: int | None = None, part: str = "") -> File:
    """The file of these contents for this bot; the same contents again are the same file. ``size``: what it is said to be, if not its
    length. ``part`` tells sizes of one photo apart.
    """
    has_contents = size is None or size <= LARGEST_DOWNLOAD
    content_id = _short(body) if has_contents else None
    unique_id = _short(f"{folder}{part}".encode() + body + b"%d" % (size or 0)) if has_contents else secrets.token_urlsafe(9)
    file_id = f"AgAC{_short(f'{bot_id} {unique_id}'.encode())}{unique_id}"
    with store.transaction():
        known = find_file(store, bot_id, file_id)
        if known is not None:
            return known
        if content_id is not None:
            store.execute("insert into contents (unique_id, body) values (?, ?) on conflict do nothing", content_id, body)
        row = store.find("select count(*) as files from files where bot_id = ?", bot_id)
        path = f"{folder}/file_{row['files'] if row else 0}{suffix}"
        store.execute(
            "insert into files (bot_id, file_id, unique_id, content_id, size, path) values (?, ?, ?, ?, ?, ?)",
            bot_id, file_id, unique_id, content_id, len(body) if size is None else size, path,
        )  # fmt: skip
    return File(bot_id, file_id, unique_id, content_id, len(body) if size is None else size, path, 0.0)


def find_file(store: Store, bot_id: int, file_id: str) -> File | None:
    return _file(store.find("select * from files where bot_id = ? and file_id = ?", bot_id, file_id))


def find_by_unique_id(store: Store, bot_id: int, unique_id: str) -> File | None:
    return _file(store.find("select * from files where bot_id = ? and unique_id = ?", bot_id, unique_id))


def find_by_path(store: Store, bot_id: int, path: str, *, now: float) -> File | None:
    """None for a path that nobody asked getFile for within the hour."""
    return _file(store.find("select * from files where bot_id = ? and path = ? and path_until > ?", bot_id, path, now))


def open_path(store: Store, file: File, *, now: float) -> None:
    store.execute("update files set path_until = ? where bot_id = ? and file_id = ?", now + PATH_SECONDS, file.bot_id, file.id)


def read_file(store: Store, file: File) -> bytes:
    row = store.find("select body from contents where unique_id = ?", file.content_id)
    return row["body"] if row else b""


def _short(body: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:12]).decode()


def _file(row: sqlite3.Row | None) -> File | None:
    if row is None:
        return None
    return File(row["bot_id"], row["file_id"], row["unique_id"], row["content_id"], row["size"], row["path"], row["path_until"])
