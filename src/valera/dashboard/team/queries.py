"""Statements about what a member leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.kit.db import execute

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


async def leave_chats(tx: AccountTx, member_id: int) -> None:
    """They stay with the team, and nobody has them."""
    await execute(tx, "update chats set assignee_id = null where assignee_id = $1 and status <> 'closed'", member_id)
