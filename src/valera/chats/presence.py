"""Who else has a chat open, and who is writing in it. Nothing that anybody owes: it fades by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from valera.chats import desk_queries as queries
from valera.chats.chat import ChatNotFound
from valera.kit.live import publish

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

STAYS = timedelta(seconds=45)
"""A page says every twenty seconds that it is open."""
TYPES = timedelta(seconds=6)


@dataclass(frozen=True, slots=True)
class Colleague:
    name: str
    is_typing: bool


async def show_presence(tx: AccountTx, chat_id: int, *, member_id: int, now: datetime, is_typing: bool = False) -> None:
    """Colleagues' pages are told when there is something new to see. Raises ChatNotFound."""
    is_new = await queries.upsert_presence(tx, chat_id, member_id, now=now, is_typing=is_typing, stays=STAYS)
    if is_new is None:
        raise ChatNotFound("There is no such chat.")
    if is_new:
        await publish(tx, f"typing-{chat_id}")


async def list_colleagues(tx: AccountTx, chat_id: int, *, member_id: int, now: datetime) -> list[Colleague]:
    """Everybody else who is there now."""
    return await queries.select_colleagues(tx, Colleague, chat_id, but=member_id, seen_since=now - STAYS, typed_since=now - TYPES)
