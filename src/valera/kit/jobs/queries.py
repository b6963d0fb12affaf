"""Statements about jobs, beside those that pgqueuer makes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, many, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx, QueueTx

Row = TypeVar("Row")


async def enqueue(tx: AccountTx, entrypoint: str, *, at: datetime, key: str, payload: dict[str, int]) -> None:
    """The shop is that of the transaction: the database puts it into the payload."""
    await execute(tx, "select jobs.enqueue($1, $2, $3, $4)", entrypoint, at, key, payload)


async def count_try(tx: QueueTx, job_id: int) -> int:
    """Before it is begun: a job that kills its worker is counted, too."""
    return await value(tx, "update jobs.pgqueuer set attempts = attempts + 1 where id = $1 returning attempts", job_id) or 1


async def uncount_try(tx: QueueTx, job_id: int) -> None:
    """Whoever puts it back counts it once more."""
    await execute(tx, "update jobs.pgqueuer set attempts = attempts - 1 where id = $1", job_id)


# ---- what is parked -----------------------------------------------------------------------------


async def select_parked(tx: QueueTx, row: type[Row]) -> list[Row]:
    return await many(
        tx,
        row,
        "select id, entrypoint, convert_from(payload, 'UTF8') as payload, attempts as tries, updated at time zone 'UTC' as parked_at"
        "  from jobs.pgqueuer where status = 'failed' order by updated, id",
    )


async def update_requeued(tx: QueueTx, job_id: int) -> bool:
    """False: no such job failed. A waiting one may have its key since: then it is one of two, and each finds out what is left to do."""
    return bool(
        await execute(
            tx,
            "with requeued as (update jobs.pgqueuer set status = 'queued', attempts = 0, execute_after = now(), updated = now(),"
            "                         queue_manager_id = null, dedupe_key = dedupe_key || ':again'"
            "                   where id = $1 and status = 'failed' returning 1)"
            " select pg_notify('ch_pgqueuer', json_build_object('channel', 'ch_pgqueuer', 'operation', 'insert', 'sent_at', now(),"
            "        'table', 'pgqueuer', 'type', 'table_changed_event')::text) from requeued",
            job_id,
        )
    )


async def delete_parked(tx: QueueTx, job_id: int) -> bool:
    return bool(await execute(tx, "delete from jobs.pgqueuer where id = $1 and status = 'failed'", job_id))
