"""Statements of the waitlist's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import many

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_waiting(tx: AccountTx, row: type[Row], limit: int) -> list[Row]:
    """In the order in which they are asked, each with the offer that is out."""
    return await many(
        tx,
        row,
        "select w.id, w.client_id, w.chat_id, c.name as client, coalesce(c.phone, '') as phone, w.service, w.duration_minutes,"
        "       w.wish as stored, w.created_at, lower(o.during) as offered_at, o.expires_at,"
        "       (select count(*) from waitlist_offers p where p.entry_id = w.id and p.state <> 'open') as passed"
        "  from waitlist w join clients c on c.id = w.client_id left join waitlist_offers o on o.entry_id = w.id and o.state = 'open'"
        " where w.state = 'waiting' order by w.id limit $1",
        limit,
    )
