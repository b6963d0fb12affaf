"""Statements about the sources of what was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import many

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_said(tx: AccountTx, row: type[Row], message_id: int) -> list[Row]:
    """The message with this number, if the assistant said it."""
    return await many(
        tx,
        row,
        "select id, chat_id, content, created_at, llm_response_data as origin from messages"
        " where id = $1 and role = 'assistant' and deleted_at is null",
        message_id,
    )


async def select_said_in(tx: AccountTx, row: type[Row], chat_id: int, *, limit: int) -> list[Row]:
    """The newest messages of the assistant in a chat, oldest first."""
    return await many(
        tx,
        row,
        "select * from (select id, chat_id, content, created_at, llm_response_data as origin from messages"
        " where chat_id = $1 and role = 'assistant' and deleted_at is null order by id desc limit $2) newest order by id",
        chat_id,
        limit,
    )
