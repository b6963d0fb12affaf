"""The invariants of an installation, one statement each: it returns the rows that break it as (account_id, id).

SQL only and read only, so that tests, chaos runs and operators look through the same glasses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, LiteralString

from valera.kit.db import many, value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    from valera.kit.db import OwnerTx, Tx

    Row = TypeVar("Row")

# Where a shop was restored and not released, old work waits with a reason: see outbox.py. The lines about waiting leave such shops out.
# Updates are pruned, at the earliest after seven days: what asks for them asks about six.
INVARIANTS: Mapping[str, LiteralString] = {
    "an update is stored once": """
        select c.account_id, c.update_id as id
          from telegram_update_conflicts c join telegram_updates u using (account_id, bot_id, update_id)
         where u.body_hash = c.body_hash""",
    "a client's message comes from an update": """
        select m.account_id, m.id from messages m where m.role = 'user' and m.created_at > now() - interval '6 days' and not exists (
            select from telegram_updates u where (u.account_id, u.bot_id, u.update_id) = (m.account_id, m.bot_id, m.update_id)
                                             and u.done_at is not null)""",
    "an update becomes one message": """
        select m.account_id, min(m.id) as id from messages m where m.role = 'user' and m.created_at > now() - interval '6 days'
         group by m.account_id, m.bot_id, m.update_id
        having count(*) > 1 + (select count(*) from telegram_update_conflicts c
                                where (c.account_id, c.bot_id, c.update_id) = (m.account_id, m.bot_id, m.update_id))""",
    "messages stand in the order of ingest": """
        select o.account_id, o.id from (
            select m.account_id, m.id, u.seq, lag(u.seq) over (partition by m.account_id, m.chat_id order by m.id) as before
              from messages m join telegram_updates u using (account_id, bot_id, update_id)
             where m.role = 'user' and not exists (select from telegram_update_conflicts c
                    where (c.account_id, c.bot_id, c.update_id) = (m.account_id, m.bot_id, m.update_id))) o
         where o.before > o.seq""",
    "a burst has one turn, and a turn answers something": """
        select t.account_id, t.id from turns t where t.state = 'done' and t.trigger in ('message', 'button', 'start', 'hand_back')
           and not exists (select from messages m where (m.account_id, m.turn_id) = (t.account_id, t.id) and m.role = 'user')""",
    "a turn that is done says one thing": """
        select t.account_id, t.id from turns t where t.state = 'done' and 1 <> (
            select count(*) from messages m where (m.account_id, m.turn_id) = (t.account_id, t.id) and m.role = 'assistant')""",
    "an effect happens once": """
        select s.account_id, min(s.turn_id) as id from turn_steps s where s.effect_key is not null
         group by s.account_id, s.turn_id, s.effect_key having count(*) > 1""",
    "a delivery has its finished turn or its author": """
        select d.account_id, d.id from deliveries d left join turns t on (t.account_id, t.id) = (d.account_id, d.turn_id)
         where d.author_id is null and d.state <> 'withdrawn' and coalesce(t.state, '') not in ('done', 'failed')""",
    "a booking has the client's confirmation or a member's": """
        select b.account_id, b.id from bookings b where b.number is not null and not exists (
            select from booking_events e where (e.account_id, e.booking_id) = (b.account_id, b.id) and e.event in ('confirmed', 'requested')
               and (e.member_id is not null or e.erased_at is not null or exists (
                    select from messages m where (m.account_id, m.id) = (e.account_id, e.message_id) and m.role = 'user'
                       and m.chat_id = b.chat_id)))""",
    "a booking is confirmed once": """
        select e.account_id, min(e.booking_id) as id from booking_events e where e.event = 'confirmed'
         group by e.account_id, e.booking_id having count(*) > 1""",
    "every change of a booking is told, and the last one tells its state": """
        select b.account_id, b.id from bookings b cross join lateral (
            select count(*) as told, max(e.revision) as last from booking_events e
             where (e.account_id, e.booking_id) = (b.account_id, b.id)) e
         where (e.told, e.last) is distinct from (b.revision, b.revision) or exists (
            select from booking_events l where (l.account_id, l.booking_id, l.revision) = (b.account_id, b.id, b.revision)
               and l.status is not null and (l.status, l.during, l.bay_id) is distinct from (b.status, b.during, b.bay_id))""",
    "a bay holds one car at a time": """
        select a.account_id, a.id from bookings a join bookings b on (a.account_id, a.bay_id) = (b.account_id, b.bay_id) and a.id < b.id
           and a.during && b.during and a.status not in ('cancelled', 'expired', 'no_show')
           and b.status not in ('cancelled', 'expired', 'no_show')""",
    "booking numbers are dense": """
        select b.account_id, max(b.id) as id from bookings b where b.number is not null
         group by b.account_id having count(*) <> max(b.number) or min(b.number) <> 1""",
    "no update is stuck": """
        select u.account_id, u.update_id as id from telegram_updates u
         where u.done_at is null and u.received_at < now() - interval '1 minute'
           and u.account_id not in (select r.account_id from restores r where r.released_at is null)
        union all
        select c.account_id, c.update_id from telegram_update_conflicts c
         where c.done_at is null and c.received_at < now() - interval '1 minute'
           and c.account_id not in (select r.account_id from restores r where r.released_at is null)""",
    "no turn is stuck": """
        select t.account_id, t.id from turns t
         where ((t.state = 'waiting' and t.due_at < now() - interval '5 minutes')
                or (t.state = 'running' and t.leased_until < now() - interval '1 minute'))
           and t.account_id not in (select r.account_id from restores r where r.released_at is null)""",
    "no delivery is stuck": """
        select d.account_id, d.id from deliveries d
         where ((d.state = 'ready' and d.due_at < now() - interval '5 minutes' and not exists (   -- behind one that waits, it waits, too
                    select from deliveries e where (e.account_id, e.chat_id) = (d.account_id, d.chat_id) and e.id < d.id
                                               and e.state in ('ready', 'sending')))
                or (d.state = 'sending' and d.leased_until < now() - interval '1 minute'))
           and d.account_id not in (select r.account_id from restores r where r.released_at is null)""",
    "no file is forgotten": """
        select a.account_id, a.id from attachments a
         where a.state = 'waiting' and a.due_at < now() - interval '10 minutes'
           and coalesce(a.leased_until < now() - interval '1 minute', true)
        union all
        select m.account_id, m.id from messages m cross join jsonb_array_elements(m.attachments) file
         where file ->> 'file_id' is not null and not exists (
            select from attachments a where (a.account_id, a.message_id, a.file_id) = (m.account_id, m.id, file ->> 'file_id'))""",
    "a message shows how its files stand": """
        select m.account_id, m.id from messages m cross join jsonb_array_elements(m.attachments) file
         where file ->> 'file_id' is not null and not exists (
            select from attachments a where (a.account_id, a.message_id, a.file_id) = (m.account_id, m.id, file ->> 'file_id')
               and a.state = coalesce(file ->> 'state', 'waiting'))""",
    "no hold outlives its time": """
        select b.account_id, b.id from bookings b where b.status = 'held' and b.hold_expires_at < now() - interval '1 minute'
           and b.account_id not in (select r.account_id from restores r where r.released_at is null)""",
    "a reminder that was said has its turn, and a turn reminds once": """
        select r.account_id, r.booking_id as id from reminders r left join turns t on (t.account_id, t.id) = (r.account_id, r.turn_id)
         where r.outcome = 'said' and r.chat_id is not null and t.trigger is distinct from 'reminder'
        union all
        select t.account_id, t.id from turns t where t.trigger = 'reminder' and 1 <> (
            select count(*) from reminders r where (r.account_id, r.turn_id) = (t.account_id, t.id))""",
    "no job is stuck": """
        select split_part(j.dedupe_key, ':', 1)::bigint as account_id, j.id from jobs.pgqueuer j
         where ((j.status = 'queued' and j.execute_after < now() - interval '5 minutes')
                or (j.status = 'picked' and j.heartbeat < now() - interval '5 minutes'))
           and split_part(j.dedupe_key, ':', 1)::bigint not in (select r.account_id from restores r where r.released_at is null)""",
    "no client is forgotten": """
        select m.account_id, m.id from messages m join chats c on (c.account_id, c.id) = (m.account_id, m.chat_id)
         where m.role = 'user' and m.turn_id is null and c.status = 'assistant' and m.created_at < now() - interval '5 minutes'
           and m.account_id not in (select r.account_id from restores r where r.released_at is null)""",
    "a reservation belongs to a running turn": """
        select t.account_id, t.id from turns t where t.reserved > 0 and t.state <> 'running'""",
    "a turn costs what its steps cost": """
        select t.account_id, t.id from turns t cross join lateral (
            select coalesce(sum((s.content #>> '{usage,input_tokens}')::bigint), 0) as input_tokens,
                   coalesce(sum((s.content ->> 'cost')::numeric), 0) as cost
              from turn_steps s where (s.account_id, s.turn_id) = (t.account_id, t.id) and s.kind in ('model', 'code')) made
         where t.charged_on is not null and t.state in ('done', 'failed', 'withdrawn') and t.finished_at > now() - interval '7 days'
           and (t.input_tokens <> made.input_tokens or t.cost <> made.cost)""",
    "a day's costs hold those of all its turns": """
        select t.account_id, min(t.id) as id from turns t where t.charged_on > now() - interval '7 days' and t.state <> 'running'
         group by t.account_id, t.charged_on
        having (sum(t.input_tokens), coalesce(sum(t.cost), 0)) is distinct from (0, 0) and not exists (
               select from usage u where (u.account_id, u.day) = (t.account_id, t.charged_on)
               having sum(u.input_tokens) >= sum(t.input_tokens) and sum(u.cost) >= coalesce(sum(t.cost), 0))""",
    "a budget is compared with all that was used": """
        select s.account_id, to_char(s.starts_on, 'YYYYMMDD')::bigint as id from spending s
         where s.spent <> (select coalesce(sum(u.cost), 0) from usage u where u.account_id = s.account_id and u.day >= s.starts_on
                              and u.day < s.starts_on + case s.period when 'day' then interval '1 day' else interval '1 month' end)""",
}


async def select_breaches(tx: OwnerTx, row: type[Row], name: str) -> list[Row]:
    return await many(tx, row, INVARIANTS[name])


# ---- backups ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counter:
    name: str
    last_value: int | None


async def export_snapshot(tx: Tx) -> str:
    """For another session to see exactly what this transaction sees, as long as it is open."""
    return await value(tx, "select pg_export_snapshot()")


async def schema_version(tx: Tx) -> str:
    return await value(tx, "select version_num from alembic_version")


async def server_version(tx: Tx) -> str:
    return await value(tx, "select current_setting('server_version')")


async def table_names(tx: Tx) -> list[str]:
    return await value(
        tx, "select coalesce(array_agg(tablename::text order by tablename), '{}') from pg_tables where schemaname = 'public'"
    )


async def list_counters(tx: Tx) -> list[Counter]:
    """The identity columns' sequences."""
    return await many(
        tx, Counter, "select sequencename::text as name, last_value from pg_sequences where schemaname = 'public' order by sequencename"
    )
