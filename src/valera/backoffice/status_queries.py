"""The one statement of `valera status`: ids and states of all shops, no contents."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import one

if TYPE_CHECKING:
    from valera.kit.db import QueueTx

Row = TypeVar("Row")


async def select_status(tx: QueueTx, row: type[Row]) -> Row:
    """A worker lives if it holds its lock and its heartbeat goes on. A delivery behind another of its chat is not due before that one."""
    return await one(
        tx,
        row,
        "select (select count(*) from workers w join pg_locks l on l.locktype = 'advisory' and l.classid = 1 and l.objsubid = 2"
        "           and l.granted and l.objid::bigint = w.id"
        "           and l.database = (select oid from pg_database where datname = current_database())"
        "         where w.alive_until > now()) as workers,"
        "  m.number as mailboxes, m.seconds as mailbox_seconds, t.number as turns, t.seconds as turn_seconds,"
        "  (select count(*) from turns where state = 'running') as running,"
        "  d.number as deliveries, d.seconds as delivery_seconds,"
        "  (select count(*) from button_presses where acknowledged_at is null and received_at > now() - interval '150 seconds') as presses,"
        "  j.number as jobs, j.seconds as job_seconds, j.parked"
        " from (select count(*) as number, extract(epoch from now() - min(due_at))::float8 as seconds from mailboxes"
        "        where due_at <= now()) m,"
        "      (select count(*) as number, extract(epoch from now() - min(c.due_at))::float8 as seconds from turns c"
        "        where c.state = 'waiting' and c.due_at <= now() and not exists (select from turns r"
        "               where (r.account_id, r.chat_id) = (c.account_id, c.chat_id) and r.state = 'running')) t,"
        "      (select count(*) as number, extract(epoch from now() - min(c.due_at))::float8 as seconds from deliveries c"
        "        where c.state = 'ready' and c.due_at <= now() and not exists (select from deliveries e"
        "               where (e.account_id, e.chat_id) = (c.account_id, c.chat_id) and e.id < c.id"
        "                 and e.state in ('ready', 'sending'))) d,"
        "      (select count(*) filter (where status <> 'failed') as number, count(*) filter (where status = 'failed') as parked,"
        "              extract(epoch from now() - min(execute_after) filter (where status <> 'failed'))::float8 as seconds"
        "         from jobs.pgqueuer where execute_after <= now()) j",
    )
