"""Groups, supergroups and channels: each has one bot, and anybody of the cast may write in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from valera.kit.errors import Invalid
from valera.simulator.messenger.person import Person, find_person

if TYPE_CHECKING:
    import sqlite3

    from valera.simulator.messenger.store import Store

FIRST_GROUP_ID = -4_000_000_001
FIRST_SUPERGROUP_ID = -1_002_000_000_001  # Telegram's own ranges: a supergroup's id begins with -100
MAX_TITLE = 128


class GroupKind(StrEnum):
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Group:
    """``status`` is the bot's in it: member, administrator, left or kicked."""

    id: int
    bot_id: int
    title: str
    kind: GroupKind
    status: str
    migrated_to: int | None

    @property
    def has_bot(self) -> bool:
        return self.status in {"member", "administrator"}

    def to_chat(self) -> dict[str, Any]:
        return {"id": self.id, "title": self.title, "type": str(self.kind)}


Peer = Person | Group


def find_peer(store: Store, bot_id: int, chat_id: int) -> Peer | None:
    """Whom a bot can mean by the id of a chat."""
    return find_person(store, chat_id) if chat_id > 0 else find_group(store, bot_id, chat_id)


def find_group(store: Store, bot_id: int, group_id: int) -> Group | None:
    row = store.find("select * from groups where bot_id = ? and id = ?", bot_id, group_id)
    return None if row is None else _group(row)


def list_groups(store: Store, bot_id: int) -> list[Group]:
    return [_group(row) for row in store.list("select * from groups where bot_id = ? order by id desc", bot_id)]


def insert_group(store: Store, bot_id: int, title: str, kind: GroupKind, *, status: str) -> Group:
    kept = " ".join(title.split())
    if not kept or len(kept) > MAX_TITLE:
        raise Invalid(f"A group needs a title of 1 to {MAX_TITLE} characters.")
    first = FIRST_GROUP_ID if kind is GroupKind.GROUP else FIRST_SUPERGROUP_ID
    row = store.find("select min(id) as lowest from groups where (id <= ?) = ?", FIRST_SUPERGROUP_ID, kind is not GroupKind.GROUP)
    lowest = row["lowest"] if row else None
    group = Group(first if lowest is None else lowest - 1, bot_id, kept, kind, status, None)
    store.execute(
        "insert into groups (id, bot_id, title, kind, status) values (?, ?, ?, ?, ?)", group.id, bot_id, group.title, group.kind, status
    )
    return group


def set_status(store: Store, group: Group, status: str) -> None:
    store.execute("update groups set status = ? where id = ?", status, group.id)


def set_migrated(store: Store, group: Group, supergroup: Group) -> None:
    store.execute("update groups set migrated_to = ?, status = 'left' where id = ?", supergroup.id, group.id)


def _group(row: sqlite3.Row) -> Group:
    return Group(row["id"], row["bot_id"], row["title"], GroupKind(row["kind"]), row["status"], row["migrated_to"])
