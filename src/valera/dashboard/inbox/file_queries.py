"""Statements about files that are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import maybe

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_stored(tx: AccountTx, row: type[Row], attachment_id: int) -> Row | None:
    """With the name that its sender gave it."""
    return await maybe(
        tx,
        row,
        "select a.id, a.storage_key, a.mime_type, a.kind,"
        "       (select coalesce(e ->> 'text', e ->> 'file_name') from messages m cross join jsonb_array_elements(m.attachments) e"
        "         where m.id = a.message_id and e ->> 'file_id' = a.file_id limit 1) as name"
        "  from attachments a where a.id = $1 and a.state = 'stored'",
        attachment_id,
    )
