"""Statements of ingest: role valera_ingest, all shops, no body is ever read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import asyncpg

    from valera.kit.db import AccountId

Row = TypeVar("Row")

SELECT_BOT_KEY = """
select account_id, id, webhook_secret_hash from bots where webhook_key = $1 and state <> 'removed'
union all
select account_id, id, previous_secret_hash from bots where previous_webhook_key = $1 and previous_until > now() and state <> 'removed'
"""
"""While a key is being changed, the one before it opens, too, with its own secret."""

STORE_UPDATES = """
with batch as materialized (
    select b.*, sha256(b.body) as body_hash,
           (select u.body_hash from telegram_updates u
             where u.account_id = b.account_id and u.bot_id = b.bot_id and u.update_id = b.update_id) as known_hash,
           row_number() over (partition by account_id, bot_id, update_id order by ord) as nth
      from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bytea[], $7::text[])
           with ordinality as b (account_id, bot_id, update_id, peer_id, kind, body, callback_query_id, ord)
), marked as (
    insert into mailboxes as m (account_id, bot_id, peer_id, due_at, marks)
    select account_id, bot_id, peer_id, now(), count(*)
      from batch where known_hash is distinct from body_hash
     group by account_id, bot_id, peer_id order by account_id, bot_id, peer_id
    on conflict (account_id, bot_id, peer_id) do update
       set marks = m.marks + excluded.marks, due_at = coalesce(m.due_at, excluded.due_at)
    returning 1
), stored as (
    insert into telegram_updates (account_id, bot_id, update_id, peer_id, kind, body, body_hash)
    select account_id, bot_id, update_id, peer_id, kind, body, body_hash
      from batch where nth = 1 and known_hash is null and (select count(*) from marked) > 0
     order by account_id, bot_id, update_id
    on conflict (account_id, bot_id, update_id) do nothing
    returning account_id, bot_id, update_id, body_hash
), judged as (
    select b.*, case when s.body_hash is not null and b.nth = 1 then 'stored'
                     when coalesce(s.body_hash, b.known_hash) is null then 'again'
                     when coalesce(s.body_hash, b.known_hash) = b.body_hash then 'repeated'
                     else 'conflict' end as outcome
      from batch b left join stored s using (account_id, bot_id, update_id)
), conflicts as (
    insert into telegram_update_conflicts (account_id, bot_id, update_id, body_hash, peer_id, kind, body)
    select account_id, bot_id, update_id, body_hash, peer_id, kind, body
      from judged where outcome = 'conflict' order by account_id, bot_id, update_id, body_hash
    on conflict (account_id, bot_id, update_id, body_hash) do nothing
), pressed as (
    insert into button_presses (account_id, bot_id, callback_query_id)
    select account_id, bot_id, callback_query_id
      from judged where outcome in ('stored', 'conflict') and callback_query_id is not null
     order by account_id, bot_id, callback_query_id
    on conflict (account_id, bot_id, callback_query_id) do nothing
    returning 1
), rung as (
    select pg_notify('press', '') where exists (select from pressed)
), woken as (
    select pg_notify('mailbox', '') where exists (select from marked)
)
select outcome from judged left join woken on true left join rung on true order by ord
"""
"""One statement, one commit, any number of shops. Per row: stored, repeated, conflict, or again (the same key was being committed by
someone else at that moment). All mailboxes are locked, in key order, before the first update is numbered: so within a mailbox the order
of seq is the order of commits, and two batches cannot deadlock. A known hash is looked up row by row: a join would read the whole table
until there are statistics about it."""

IS_READ_ONLY = "select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean"

QUARANTINE = "insert into quarantined_updates (account_id, bot_id, body, reason) values ($1, $2, $3, $4)"

TRIES = 5


async def select_bot_key(connection: asyncpg.Connection, row: type[Row], webhook_key: str) -> Row | None:
    record = await connection.fetchrow(SELECT_BOT_KEY, webhook_key)
    return None if record is None else row(**record)


async def store_updates(connection: asyncpg.Connection, rows: list[tuple[object, ...]]) -> list[str]:
    """Rows of (account, bot, update, peer, kind, body, callback query or None); one outcome each: stored, repeated or conflict."""
    outcomes = [""] * len(rows)
    waiting = list(range(len(rows)))
    for _ in range(TRIES):
        columns = [list(column) for column in zip(*(rows[index] for index in waiting), strict=True)]
        judged = await connection.fetch(STORE_UPDATES, *columns)
        for index, record in zip(waiting, judged, strict=True):
            outcomes[index] = record["outcome"]
        waiting = [index for index in waiting if outcomes[index] == "again"]
        if not waiting:
            return outcomes
    raise TimeoutError("an update id never settled")


async def quarantine(connection: asyncpg.Connection, account_id: AccountId, bot_id: int, body: bytes, reason: str) -> None:
    await connection.execute(QUARANTINE, account_id, bot_id, body, reason)


async def is_read_only(connection: asyncpg.Connection) -> bool:
    """A standby, or a server that was told to take no writes."""
    return bool(await connection.fetchval(IS_READ_ONLY))
