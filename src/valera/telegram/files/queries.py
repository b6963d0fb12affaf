"""Statements about files that clients sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import AccountTx, OwnerTx, QueueTx, execute, many, maybe, value

if TYPE_CHECKING:
    from datetime import timedelta

    from valera.kit.portions import Portions

Row = TypeVar("Row")


async def insert_attachments(
    tx: AccountTx, *, message_id: int, kinds: list[str], file_ids: list[str], file_unique_ids: list[str], storage_keys: list[str]
) -> None:
    """The chat and the bot are those of the message."""
    await execute(
        tx,
        "insert into attachments (chat_id, message_id, bot_id, kind, file_id, file_unique_id, storage_key)"
        " select m.chat_id, m.id, c.bot_id, f.* from messages m join chats c on c.id = m.chat_id"
        "   cross join unnest($2::text[], $3::text[], $4::text[], $5::text[]) f"
        "  where m.id = $1",
        message_id,
        kinds,
        file_ids,
        file_unique_ids,
        storage_keys,
    )


async def claim_attachments(tx: QueueTx, row: type[Row], *, worker: int, limit: int, lease: timedelta, portions: Portions) -> list[Row]:
    """Files to fetch, fairly between shops as `claim_mailboxes` says."""
    return await many(
        tx,
        row,
        "with recursive shop as ("
        "  (select account_id, due_at from attachments where state = 'waiting' and due_at >= coalesce(now() - $7::interval, '-infinity')"
        "    order by account_id, due_at limit 1)"
        "  union all"
        "  select next.account_id, next.due_at from shop cross join lateral ("
        "    select account_id, due_at from attachments a where a.state = 'waiting'"
        "       and a.account_id > shop.account_id and a.due_at >= coalesce(now() - $7::interval, '-infinity')"
        "     order by a.account_id, a.due_at limit 1) next"
        "), served as materialized ("
        "  select account_id, coalesce(busy, 0) as busy"
        "    from shop left join unnest($4::bigint[], $5::bigint[]) as b (account_id, busy) using (account_id)"
        "   where due_at <= now() and coalesce(busy, 0) < $6 order by 2, due_at limit $2"
        "), due as ("
        "  select a.*, served.busy + row_number() over (partition by a.account_id order by a.due_at) as place"
        "    from served cross join lateral ("
        "      select account_id, id, due_at from attachments a where a.account_id = served.account_id and a.state = 'waiting'"
        "         and a.due_at between coalesce(now() - $7::interval, '-infinity') and now()"
        "         and (a.leased_until is null or a.leased_until < now())"
        "       order by a.account_id, a.due_at limit least($6 - served.busy, (select 4 * $2::bigint / count(*) from served))"
        "         for update skip locked) a"
        ") update attachments a set fence = a.fence + 1, attempts = a.attempts + 1, worker = $1,"
        "         leased_until = clock_timestamp() + $3::interval"
        "    from (select account_id, id from due order by place, due_at limit $2) due"
        "   where (a.account_id, a.id) = (due.account_id, due.id)"
        "   returning a.account_id, a.id, a.fence, a.attempts",
        worker,
        limit,
        lease,
        portions.accounts,
        portions.counts,
        portions.most,
        portions.lately,
    )


async def bury_dead_attachments(tx: QueueTx) -> int:
    """As `bury_dead_turns`: those of a worker that is dead or stuck are free at once."""
    return await execute(
        tx,
        "update attachments a set leased_until = now() - interval '1 ms'"
        " where a.state = 'waiting' and a.leased_until >= now() and a.worker is not null and not exists ("
        "     select from workers w where w.id = a.worker and w.alive_until > now() and (w.alive_until > now() + interval '1 second'"
        "         or exists (select from pg_locks where locktype = 'advisory' and classid = 1 and objsubid = 2 and granted"
        "              and objid::bigint = w.id and database = (select oid from pg_database where datname = current_database()))))",
    )


async def select_wanted(tx: AccountTx, row: type[Row], *, attachment_id: int, fence: int) -> Row | None:
    """What is to be fetched, if it is still ours to fetch."""
    return await maybe(
        tx,
        row,
        "select t.id, t.chat_id, t.bot_id, t.file_id, t.storage_key, b.state as bot_state, b.account_id, b.telegram_id, b.token, a.slug,"
        "       a.data_key"
        "  from attachments t join bots b on b.id = t.bot_id join accounts a on a.id = t.account_id"
        " where t.id = $1 and t.fence = $2 and t.state = 'waiting'",
        attachment_id,
        fence,
    )


async def adopt_twin(tx: AccountTx, *, attachment_id: int, fence: int) -> bool:
    """The shop has this very file already. False: it has not."""
    return await value(
        tx,
        "with twin as (select s.storage_key, s.mime_type, s.size, s.sha256 from attachments a"
        "    join attachments s on s.file_unique_id = a.file_unique_id and s.state = 'stored' and s.file_unique_id <> ''"
        "   where a.id = $1 order by s.id limit 1 for share of s),"
        " stored as (update attachments a set state = 'stored', storage_key = twin.storage_key, mime_type = twin.mime_type,"
        "        size = twin.size, sha256 = twin.sha256, stored_at = now(), leased_until = null, error = null"
        "   from twin where a.id = $1 and a.fence = $2 and a.state = 'waiting' returning a.message_id, a.file_id, a.mime_type),"
        " shown as (update messages m set attachments = (select jsonb_agg(case when e ->> 'file_id' = stored.file_id"
        "            then e || jsonb_build_object('state', 'stored', 'mime_type', stored.mime_type) else e end order by at)"
        "          from jsonb_array_elements(m.attachments) with ordinality t (e, at))"
        "   from stored where m.id = stored.message_id and m.attachments <> '[]')"
        " select exists (select from stored)",
        attachment_id,
        fence,
    )


async def update_stored(tx: AccountTx, *, attachment_id: int, fence: int, mime_type: str, size: int, sha256: bytes) -> bool:
    """The row and what the message shows of it. False: somebody else has it, or it is gone."""
    return await value(
        tx,
        "with stored as (update attachments a set state = 'stored', mime_type = $3, size = $4, sha256 = $5, stored_at = now(),"
        "        leased_until = null, error = null"
        "   where a.id = $1 and a.fence = $2 and a.state = 'waiting' returning a.message_id, a.file_id),"
        " shown as (update messages m set attachments = (select jsonb_agg(case when e ->> 'file_id' = stored.file_id"
        "            then e || jsonb_build_object('state', 'stored', 'mime_type', $3::text) else e end order by at)"
        "          from jsonb_array_elements(m.attachments) with ordinality t (e, at))"
        "   from stored where m.id = stored.message_id and m.attachments <> '[]')"
        " select exists (select from stored)",
        attachment_id,
        fence,
        mime_type,
        size,
        sha256,
    )


async def update_given_up(tx: AccountTx, *, attachment_id: int, fence: int, state: str, error: str) -> bool:
    """``state``: refused by Telegram for good, or failed too often."""
    return await value(
        tx,
        "with ended as (update attachments a set state = $3, error = $4, leased_until = null"
        "   where a.id = $1 and a.fence = $2 and a.state = 'waiting' returning a.message_id, a.file_id),"
        " shown as (update messages m set attachments = (select jsonb_agg(case when e ->> 'file_id' = ended.file_id"
        "            then e || jsonb_build_object('state', $3::text) else e end order by at)"
        "          from jsonb_array_elements(m.attachments) with ordinality t (e, at))"
        "   from ended where m.id = ended.message_id and m.attachments <> '[]')"
        " select exists (select from ended)",
        attachment_id,
        fence,
        state,
        error,
    )


async def update_later(tx: AccountTx, *, attachment_id: int, fence: int, wait: timedelta, error: str, attempts: int) -> None:
    await execute(
        tx,
        "update attachments set due_at = now() + $3::interval, leased_until = null, error = $4, attempts = $5"
        " where id = $1 and fence = $2 and state = 'waiting'",
        attachment_id,
        fence,
        wait,
        error,
        attempts,
    )


async def is_known(tx: AccountTx, attachment_id: int) -> bool:
    return await value(tx, "select exists (select from attachments where id = $1)", attachment_id)


async def select_all(tx: OwnerTx, row: type[Row]) -> list[Row]:
    """Of all shops: where files should be, and how large."""
    return await many(
        tx, row, "select account_id, id, storage_key, state = 'stored' as is_stored, size from attachments order by account_id, id"
    )


async def insert_sent_files(
    tx: AccountTx,
    *,
    message_id: int,
    kinds: list[str],
    keys: list[str],
    names: list[str],
    media_types: list[str],
    sizes: list[int],
    digests: list[bytes],
) -> None:
    """Files of a member's message: they are stored already, and no bot has to fetch them."""
    await execute(
        tx,
        "with file as (select *, split_part(key, '/', 2) as token from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],"
        "                     $7::bytea[]) with ordinality f (kind, key, name, mime_type, size, sha256, at)),"
        " kept as (insert into attachments (chat_id, message_id, bot_id, kind, file_id, file_unique_id, storage_key, state, mime_type,"
        "                                   size, sha256, stored_at)"
        "          select m.chat_id, m.id, c.bot_id, f.kind, f.token, f.token, f.key, 'stored', f.mime_type, f.size, f.sha256, now()"
        "            from file f join messages m on m.id = $1 join chats c on c.id = m.chat_id order by f.at)"
        " update messages set attachments = (select jsonb_agg(jsonb_build_object('kind', kind, 'file_id', token, 'file_unique_id', token,"
        "        'file_name', name, 'mime_type', mime_type) order by at) from file)"
        "  where id = $1",
        message_id,
        kinds,
        keys,
        names,
        media_types,
        sizes,
        digests,
    )
