"""Searching: chats by their client, and messages by their words."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from valera.chats.chat import Role
from valera.dashboard.inbox.listing import queries
from valera.dashboard.inbox.listing.chat_list import ChatRow, read_rows
from valera.dashboard.inbox.listing.place import Place
from valera.dashboard.inbox.listing.wanted import Wanted, read_wanted

if TYPE_CHECKING:
    from valera.kit.db import Database

MOST_CHATS = 20
MOST_MESSAGES = 30
BEFORE, SHOWN = 40, 160
"""Characters before the first word that was looked for, and of the whole excerpt."""

_PIECES = re.compile(r"[^\W_]+|[\W_]+")


@dataclass(frozen=True, slots=True)
class FoundMessage:
    id: int
    chat_id: int
    client_id: int
    client_name: str
    role: Role
    content: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Excerpt:
    """``html``: what was looked for is marked, everything else is escaped."""

    message: FoundMessage
    html: Markup


@dataclass(frozen=True, slots=True)
class Results:
    text: str
    chats: list[ChatRow]
    excerpts: list[Excerpt]

    @property
    def is_empty(self) -> bool:
        return not self.chats and not self.excerpts


async def search(db: Database, text: str, *, member_id: int) -> Results:
    wanted = await asyncio.to_thread(read_wanted, text)
    if wanted is None:
        return Results(text, [], [])
    async with db.account_tx() as tx:
        places = await queries.select_chats_of(
            tx, Place, names=list(wanted.names), phones=list(wanted.phones), plate=wanted.plate, limit=MOST_CHATS
        )
        chats = await read_rows(tx, [place.id for place in places], member_id=member_id)
        groups = [" ".join(sorted(forms)) for forms in wanted.groups]
        found = await queries.select_found(tx, FoundMessage, groups=groups, beginning=wanted.beginning, limit=MOST_MESSAGES)
    return Results(wanted.text, chats, [Excerpt(message, mark_words(_plain(message.content), wanted)) for message in found])


def mark_words(content: str, wanted: Wanted) -> Markup:
    """The part of a message around the first word that was looked for."""
    pieces = [(piece.group(), piece.start()) for piece in _PIECES.finditer(content)]
    meant = {start for piece, start in pieces if wanted.is_meant(piece)}
    begin = max(0, min(meant, default=0) - BEFORE)
    begin = next((start for _, start in pieces if start >= begin), 0)
    shown = Markup()
    for piece, start in pieces:
        if start >= begin + SHOWN:
            return _cut(shown + "…", begin)
        if start >= begin:
            shown += Markup("<mark>{}</mark>").format(piece) if start in meant else escape(piece)
    return _cut(shown, begin)


def _plain(content: str) -> str:
    """Without the marks of Markdown."""
    return content.replace("**", "").replace("`", "")


def _cut(shown: Markup, begin: int) -> Markup:
    return Markup("…") + shown if begin else shown
