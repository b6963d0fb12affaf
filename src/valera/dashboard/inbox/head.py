"""ChatHead: what stands above a thread, for those who read it and for those who act in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.chats.chat import ChatNotFound, Status
from valera.dashboard.inbox import queries

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class ChatHead:
    """``waiting_since``: a person is needed since then, because the assistant called one (``human_reason``) or because a client's words
    in a chat that a member has taken are unanswered. ``unread_count`` is of the member who looks; ``is_reachable``: the client has not
    blocked the bot.
    """

    id: int
    client_id: int
    client_name: str
    client_phone: str | None
    status: Status
    assignee_id: int | None
    assignee_name: str | None
    human_called_at: datetime | None
    human_reason: str | None
    waiting_since: datetime | None
    unread_count: int
    bot_id: int
    bot_username: str
    is_reachable: bool
    car: str
    plate: str | None

    @property
    def is_open(self) -> bool:
        return self.status != Status.CLOSED


async def get_head(tx: AccountTx, chat_id: int, *, member_id: int) -> ChatHead:
    """Raises ChatNotFound, also for another shop's chat."""
    head = await queries.select_head(tx, ChatHead, chat_id, member_id=member_id)
    if head is None:
        raise ChatNotFound("There is no such chat.")
    return head
