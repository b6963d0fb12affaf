"""What the acting half of a thread shows: who answers, the assistant's draft, what a member may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from valera.chats import takeover_queries
from valera.chats.chat import Status
from valera.chats.drafting import DraftKind, find_draft
from valera.dashboard.inbox.acting import queries
from valera.dashboard.inbox.head import get_head
from valera.identity.membership import list_members

if TYPE_CHECKING:
    from valera.chats.drafting import Draft
    from valera.dashboard.inbox.head import ChatHead
    from valera.identity.membership import TeamMember
    from valera.kit.db import AccountTx

OUTCOMES = (
    "booked", "callback", "waitlist", "human", "price_too_high", "no_slot", "out_of_profile", "answered", "silent", "spam", "other",
)  # fmt: skip
"""Of those that a dialogue may come to, what a member would say of one."""


@dataclass(frozen=True, slots=True)
class Acting:
    """``since``: when who answers now began to; ``last_id``: the newest message; ``is_rewriting``: a hint was given and the assistant is
    at it.
    """

    chat: ChatHead
    me: int
    since: datetime | None
    draft: Draft | None
    last_id: int
    is_rewriting: bool
    team: tuple[TeamMember, ...]

    @property
    def is_mine(self) -> bool:
        return self.chat.status == Status.HUMAN and self.chat.assignee_id == self.me

    @property
    def holder(self) -> str | None:
        """The colleague who answers."""
        return self.chat.assignee_name if self.chat.status == Status.HUMAN and not self.is_mine else None

    @property
    def can_hint(self) -> bool:
        return self.draft is not None and self.draft.kind != DraftKind.REFUSED

    @property
    def buttons(self) -> tuple[str, ...]:
        """Under the draft."""
        rows = (self.draft.keyboard or []) if self.draft is not None else []
        return tuple(str(button["text"]) for row in rows for button in row)

    @property
    def colleagues(self) -> tuple[TeamMember, ...]:
        """To whom the chat can be handed."""
        return tuple(member for member in self.team if member.id != self.chat.assignee_id or self.chat.status != Status.HUMAN)


@dataclass(frozen=True, slots=True)
class Since:
    at: datetime | None
    last_id: int
    is_rewriting: bool


async def load_acting(tx: AccountTx, chat_id: int, *, member_id: int, chat: ChatHead | None = None) -> Acting:
    """Raises ChatNotFound."""
    head = chat if chat is not None else await get_head(tx, chat_id, member_id=member_id)
    since = await queries.select_since(tx, Since, chat_id)
    if head.status == Status.HUMAN and head.assignee_id is not None and await takeover_queries.find_holder(tx, chat_id) is None:
        head = _without_holder(head)
    return Acting(
        head, member_id, since.at, await find_draft(tx, chat_id), since.last_id, since.is_rewriting, tuple(await list_members(tx))
    )


def _without_holder(head: ChatHead) -> ChatHead:
    """Who answered has left the team."""
    return replace(head, assignee_id=None, assignee_name=None)
