"""Who has read what: each member for themselves. Who answers a chat is everybody's concern, what one has seen is one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.chats.chat import ChatNotFound
from valera.dashboard.inbox import queries
from valera.kit.live import publish

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

count_unseen = queries.count_unseen


async def see(tx: AccountTx, chat_id: int, *, member_id: int, upto_id: int) -> None:
    """The member had this message before their eyes, and so those before it. Their other pages hear of it."""
    if await queries.upsert_seen(tx, chat_id, member_id=member_id, upto_id=upto_id):
        await publish(tx, f"reads-{member_id}")


async def mark_unread(tx: AccountTx, chat_id: int, *, member_id: int, now: datetime) -> None:
    """The client's last message counts as not seen until it is seen again. Raises ChatNotFound."""
    if not await queries.upsert_marked(tx, chat_id, member_id=member_id, now=now):
        raise ChatNotFound("There is no such chat.")
    await publish(tx, f"reads-{member_id}")
