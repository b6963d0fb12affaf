"""Statements about who answers a chat and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import one

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_since(tx: AccountTx, row: type[Row], chat_id: int) -> Row:
    return await one(
        tx,
        row,
        "select (select m.created_at from messages m where m.chat_id = $1 and m.role = 'system'"
        "          and m.content in ('taken_over', 'handed_back', 'assigned', 'closed', 'reopened') order by m.id desc limit 1) as at,"
        "       coalesce((select max(id) from messages where chat_id = $1), 0) as last_id,"
        "       exists (select from turns where chat_id = $1 and state in ('waiting', 'running') and trigger = 'hint') as is_rewriting",
        chat_id,
    )
