"""The list of chats, as it stands beside the thread: folders, rows, and where it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from valera.chats.chat import Role, Status
from valera.dashboard.inbox.listing import queries
from valera.dashboard.inbox.listing.place import Place, read_place

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

PAGE = 50
MOST_LIVE = 300
"""Rows that the part of a list may grow to that is fetched again and again."""
MOST_COUNTED = 1000
MOST_UNREAD = 9
NOWHERE = (None, None)


class Folder(StrEnum):
    ALL = "all"
    WAITING = "waiting"
    MINE = "mine"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Counts:
    open: int
    waiting: int
    mine: int

    def of(self, folder: Folder) -> int | None:
        match folder:
            case Folder.ALL:
                return self.open
            case Folder.WAITING:
                return self.waiting
            case Folder.MINE:
                return self.mine
            case Folder.CLOSED:
                return None


@dataclass(frozen=True, slots=True)
class ChatRow:
    """``unseen``: messages of the client that this member has not seen; ``waiting_since``: a person is needed since then."""

    id: int
    client_id: int
    client_name: str
    status: Status
    assignee_id: int | None
    assignee_name: str | None
    human_called_at: datetime | None
    human_reason: str | None
    waiting_since: datetime | None
    last_message_at: datetime
    last_role: Role | None
    last_words: str | None
    last_files: list[dict[str, Any]] | None
    unseen: int
    seen_at: datetime | None
    marked_at: datetime | None
    is_being_answered: bool
    has_booking: bool

    @property
    def needs_person(self) -> bool:
        """And this member has not seen why: the orange number."""
        if self.marked_at is not None:
            return True
        called = self.human_called_at is not None and (self.seen_at is None or self.seen_at < self.human_called_at)
        return self.waiting_since is not None and (called or self.unseen > 0)

    @property
    def unread(self) -> str:
        """As the mark says it; empty: everything is seen."""
        count = max(self.unseen, int(self.needs_person))
        return "" if not count else str(count) if count <= MOST_UNREAD else f"{MOST_UNREAD}+"

    @property
    def mode(self) -> str:
        """The dot of the avatar: who is to speak next."""
        if self.waiting_since is not None:
            return "human"
        return "ai" if self.status is Status.ASSISTANT else ""

    @property
    def last_kind(self) -> str:
        """Of what came with the last message: photo, voice and the like."""
        return str(self.last_files[0].get("kind", "unknown")) if self.last_files else ""

    @property
    def preview(self) -> str:
        """The last words in one line, without the marks of Markdown."""
        return " ".join((self.last_words or "").replace("**", "").replace("`", "").split())[:160]


@dataclass(frozen=True, slots=True)
class ListPage:
    """``end``: the last place of this page, if the list goes on behind it."""

    folder: Folder
    rows: list[ChatRow]
    end: Place | None

    @property
    def goes_on(self) -> str:
        return self.end.written() if self.end else ""


async def list_chats(tx: AccountTx, folder: Folder, *, member_id: int, after: str = "", upto: str = "") -> ListPage:
    """A page behind ``after``; or all from the beginning to ``upto``, which grows as chats move up. Raises Invalid."""
    begin, end = read_place(after), read_place(upto)
    limit = MOST_LIVE if end else PAGE + 1
    places = await _places(tx, folder, member_id=member_id, after=begin, upto=end, limit=limit)
    is_more = end is None and len(places) > PAGE
    shown = places[:PAGE] if end is None else places
    rows = await read_rows(tx, [place.id for place in shown], member_id=member_id)
    return ListPage(folder, rows, shown[-1] if is_more else None)


async def read_rows(tx: AccountTx, chat_ids: list[int], *, member_id: int) -> list[ChatRow]:
    return await queries.select_rows(tx, ChatRow, chat_ids, member_id=member_id) if chat_ids else []


async def count_chats(tx: AccountTx, *, member_id: int) -> Counts:
    return await queries.select_counts(tx, Counts, member_id=member_id, most=MOST_COUNTED)


async def _places(tx: AccountTx, folder: Folder, *, member_id: int, after: Place | None, upto: Place | None, limit: int) -> list[Place]:
    begin, end = after.key if after else NOWHERE, upto.key if upto else NOWHERE
    if folder is Folder.MINE:
        return await queries.select_places_of(tx, Place, member_id=member_id, after=begin, upto=end, limit=limit)
    return await queries.select_places(tx, Place, folder.value, after=begin, upto=end, limit=limit)
