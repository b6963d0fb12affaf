"""Statements about what stands above a thread, and about who has read what."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, maybe, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_head(tx: AccountTx, row: type[Row], chat_id: int, *, member_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select c.id, c.client_id, cl.name as client_name, cl.phone as client_phone, c.status, c.assignee_id, a.name as assignee_name,"
        "       c.human_called_at, c.human_reason, w.since as waiting_since, u.count as unread_count, c.bot_id, b.username as bot_username,"
        "       cl.unreachable_at is null as is_reachable, v.plate,"
        "       coalesce(concat_ws(' ', nullif(v.make, ''), nullif(v.model, ''), v.year), '') as car"
        "  from chats c join clients cl on cl.id = c.client_id join bots b on b.id = c.bot_id"
        "  left join memberships a on a.id = c.assignee_id"
        "  left join chat_reads r on r.chat_id = c.id and r.member_id = $2"
        "  left join lateral (select make, model, year, plate from vehicles where client_id = cl.id"
        "                      order by created_at desc, id desc limit 1) v on true"
        " cross join lateral (select case when c.status <> 'closed' then least(c.human_called_at, case when c.status = 'human' then"
        "       (select min(m.created_at) from messages m where m.chat_id = c.id and m.role = 'user' and m.turn_id is null"
        "           and m.deleted_at is null) end) end as since) w"
        " cross join lateral (select count(*) from (select from messages m where m.chat_id = c.id and m.id > coalesce(r.upto_id, 0)"
        "       and m.role = 'user' and m.created_at >= (select created_at from memberships where id = $2) limit 100) unseen) u"
        " where c.id = $1",
        chat_id,
        member_id,
    )


async def upsert_seen(tx: AccountTx, chat_id: int, *, member_id: int, upto_id: int) -> bool:
    """Never back, and never further than what there is. False: nothing new was seen."""
    return bool(
        await value(
            tx,
            "with seen as (select max(id) as id from messages where chat_id = $1 and id <= $3)"
            " insert into chat_reads as r (member_id, chat_id, upto_id, seen_at) select $2, $1, id, now() from seen where id is not null"
            " on conflict (account_id, member_id, chat_id) do update set upto_id = greatest(r.upto_id, excluded.upto_id), seen_at = now(),"
            "    marked_at = null"
            "  where excluded.upto_id > r.upto_id or r.marked_at is not null"
            "     or exists (select from chats c where c.id = $1 and c.human_called_at > coalesce(r.seen_at, '-infinity'))"
            " returning true",
            chat_id,
            member_id,
            upto_id,
        )
    )


async def upsert_marked(tx: AccountTx, chat_id: int, *, member_id: int, now: datetime) -> int:
    """The client's last message counts as not seen. 0: there is no such chat."""
    return await execute(
        tx,
        "insert into chat_reads as r (member_id, chat_id, upto_id, marked_at)"
        " select $2, c.id, coalesce((select max(m.id) - 1 from messages m where m.chat_id = c.id and m.role = 'user'), 0), $3"
        "   from chats c where c.id = $1"
        " on conflict (account_id, member_id, chat_id) do update"
        "    set upto_id = least(r.upto_id, excluded.upto_id), marked_at = excluded.marked_at",
        chat_id,
        member_id,
        now,
    )


async def select_upto(tx: AccountTx, chat_id: int, *, member_id: int) -> int | None:
    """The last message that the member has seen. None: they never opened the chat."""
    return await value(tx, "select upto_id from chat_reads where chat_id = $1 and member_id = $2", chat_id, member_id)


async def count_unseen(tx: AccountTx, *, member_id: int) -> int:
    """Chats that need a person and of which this member has not seen why; and those that the member has marked."""
    return await value(
        tx,
        "with waiting as ("
        "    select c.id, c.human_called_at from chats c where c.human_called_at is not null and c.status <> 'closed'"
        "    union"
        "    select c.id, c.human_called_at from chats c where c.status = 'human' and exists (select from messages m"
        "       where m.chat_id = c.id and m.role = 'user' and m.turn_id is null and m.deleted_at is null))"
        " select (select count(*) from waiting w left join chat_reads r on r.chat_id = w.id and r.member_id = $1"
        "         where r.marked_at is null and (w.human_called_at > coalesce(r.seen_at, '-infinity') or exists (select from messages m"
        "               where m.chat_id = w.id and m.id > coalesce(r.upto_id, 0) and m.role = 'user')))"
        "      + (select count(*) from chat_reads r join chats c on c.id = r.chat_id"
        "          where r.member_id = $1 and r.marked_at is not null and c.status <> 'closed')",
        member_id,
    )
