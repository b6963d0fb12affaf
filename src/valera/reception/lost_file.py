"""A file that will never come: the team and the assistant are told in the chat, so that somebody asks for it in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.chats import queries as chat_queries

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

TOO_LARGE = "file-too-large"


async def tell_lost_file(tx: AccountTx, chat_id: int, reason: str) -> None:
    """``reason``: as the attachment's row has it."""
    await chat_queries.insert_note_once(tx, chat_id=chat_id, content="file_too_large" if reason == TOO_LARGE else "file_lost")
    await track(tx, EventType.FILE_LOST, {"chat": chat_id, "reason": reason})
