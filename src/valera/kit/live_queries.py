"""Statements about what has changed. Roles: whoever writes (its shop's rows), and valera_queue, which reads ids of all shops."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, many, value

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from valera.kit.db import AccountTx, QueueTx

Row = TypeVar("Row")


async def insert_change(tx: AccountTx, topic: str) -> None:
    """For what leaves no row. Heard when the transaction commits, by this shop's pages."""
    await execute(tx, "insert into live_changes (account_id, topic) values (current_setting('app.account_id')::bigint, $1)", topic)


async def select_oldest_writer(tx: QueueTx) -> int:
    """The number of the oldest transaction that writes and is not finished; all before it are."""
    return await value(tx, "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


async def select_changes(tx: QueueTx, row: type[Row], after: int) -> list[Row]:
    return await many(tx, row, "select id, account_id, topic from live_changes where xid >= $1::bigint::text::xid8 order by id", after)


async def select_topics_since(tx: QueueTx, account_id: int, since: datetime) -> list[str]:
    return await value(
        tx,
        "select coalesce(array_agg(distinct topic), '{}') from live_changes where account_id = $1 and at >= $2",
        account_id,
        since,
    )


async def delete_changes(tx: QueueTx, older_than: timedelta) -> int:
    return await execute(tx, "delete from live_changes where at < clock_timestamp() - $1::interval", older_than)
