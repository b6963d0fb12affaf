"""Statements of the call-backs' page."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import many, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_calls(tx: AccountTx, row: type[Row], *, closed_since: datetime, limit: int) -> list[Row]:
    """Open ones, the most urgent first; then those closed since, the latest first."""
    return await many(
        tx,
        row,
        "select b.id, b.client_id, c.name as client, b.chat_id, b.phone, b.wish, b.reason, b.due_at, b.attempts, b.outcome, b.created_at,"
        "       b.closed_at, b.taken_by, coalesce(t.name, '') as taken_name, coalesce(m.name, '') as closed_name"
        "  from callbacks b join clients c on c.id = b.client_id left join memberships t on t.id = b.taken_by"
        "  left join memberships m on m.id = b.closed_by"
        " where b.outcome is null or b.closed_at >= $1"
        " order by b.outcome is not null, case when b.outcome is null then b.due_at end, b.closed_at desc, b.id limit $2",
        closed_since,
        limit,
    )


async def count_due(tx: AccountTx, now: datetime) -> int:
    """Calls that somebody should make now."""
    return await value(tx, "select count(*) from callbacks where outcome is null and due_at <= $1", now)
