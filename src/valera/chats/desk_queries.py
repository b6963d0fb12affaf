"""Statements of what members do in a chat beside answering."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, many, maybe, value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def find_member_name(tx: AccountTx, member_id: int) -> str | None:
    """Of who is in the team now."""
    return await value(tx, "select name from memberships where id = $1 and removed_at is null", member_id)


async def update_closed(tx: AccountTx, chat_id: int) -> None:
    await execute(tx, "update chats set status = 'closed', human_called_at = null, human_reason = null where id = $1", chat_id)


async def update_reopened(tx: AccountTx, chat_id: int) -> None:
    await execute(
        tx,
        "update chats c set status = case when exists (select from memberships m where m.id = c.assignee_id and m.removed_at is null)"
        "                                then 'human' else 'assistant' end where c.id = $1",
        chat_id,
    )


async def insert_event(tx: AccountTx, *, chat_id: int, event: str, author_id: int, values: Mapping[str, object] | None) -> None:
    """What was done with the chat is nothing that was said in it: the time of its last message stays."""
    await execute(
        tx,
        "insert into messages (chat_id, role, content, author_id, llm_response_data) values ($1, 'system', $2, $3, $4)",
        chat_id,
        event,
        author_id,
        values,
    )


async def insert_note(tx: AccountTx, *, chat_id: int, content: str, author_id: int, client_key: str | None) -> int:
    return await value(
        tx,
        "insert into messages (chat_id, role, content, author_id, client_key) values ($1, 'note', $2, $3, $4) returning id",
        chat_id,
        content,
        author_id,
        client_key,
    )


# ---- canned replies -----------------------------------------------------------------------------


async def select_replies(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(tx, row, "select id, title, text from canned_replies order by lower(title)")


async def select_reply(tx: AccountTx, row: type[Row], reply_id: int) -> Row | None:
    return await maybe(tx, row, "select id, title, text from canned_replies where id = $1", reply_id)


async def insert_reply(tx: AccountTx, *, title: str, text: str) -> int | None:
    """None: another one has this title."""
    return await value(
        tx,
        "insert into canned_replies (title, text) values ($1, $2) on conflict (account_id, lower(title)) do nothing returning id",
        title,
        text,
    )


async def update_reply(tx: AccountTx, reply_id: int, *, title: str, text: str) -> bool | None:
    """None: another one has this title; False: there is no such reply."""
    return await value(
        tx,
        "with taken as (select from canned_replies where lower(title) = lower($2) and id <> $1),"
        " changed as (update canned_replies set title = $2, text = $3, updated_at = now() where id = $1 and not exists (table taken)"
        "             returning id)"
        " select case when exists (table taken) then null else exists (table changed) end",
        reply_id,
        title,
        text,
    )


async def delete_reply(tx: AccountTx, reply_id: int) -> bool:
    return bool(await execute(tx, "delete from canned_replies where id = $1", reply_id))


async def select_client_words(tx: AccountTx, row: type[Row], chat_id: int, *, now: datetime) -> Row | None:
    """What a canned reply may name: the client, their car, their next visit."""
    return await maybe(
        tx,
        row,
        "select cl.name, a.name as shop, coalesce(concat_ws(' ', nullif(v.make, ''), nullif(v.model, '')), '') as car,"
        "       b.starts_at, b.number"
        "  from chats c join clients cl on cl.id = c.client_id join accounts a on a.id = c.account_id"
        "  left join lateral (select make, model from vehicles where client_id = cl.id order by created_at desc, id desc limit 1) v on true"
        "  left join lateral (select lower(during) as starts_at, number from bookings where client_id = cl.id and lower(during) > $2"
        "                        and status in ('requested', 'confirmed') and number is not null order by during limit 1) b on true"
        " where c.id = $1",
        chat_id,
        now,
    )


# ---- who is at the desk -------------------------------------------------------------------------


async def upsert_presence(tx: AccountTx, chat_id: int, member_id: int, *, now: datetime, is_typing: bool, stays: timedelta) -> bool | None:
    """Whether colleagues see something new by it. None: there is no such chat."""
    return await value(
        tx,
        "with long_ago as ("
        "   delete from desk_presence where seen_at < $3::timestamptz - interval '1 hour' and (chat_id, member_id) <> ($1, $2)),"
        " before as (select seen_at, typing_at from desk_presence where chat_id = $1 and member_id = $2),"
        " here as (insert into desk_presence as p (chat_id, member_id, seen_at, typing_at)"
        "   select id, $2, $3::timestamptz, case when $4 then $3::timestamptz end from chats where id = $1"
        "   on conflict (account_id, chat_id, member_id) do update set seen_at = $3, typing_at = coalesce(excluded.typing_at, p.typing_at)"
        "   returning true)"
        " select (select $4 or coalesce((select seen_at < $3::timestamptz - $5::interval from before), true) from here)",
        chat_id,
        member_id,
        now,
        is_typing,
        stays,
    )


async def delete_presence(tx: AccountTx, chat_id: int, member_id: int) -> None:
    await execute(tx, "delete from desk_presence where chat_id = $1 and member_id = $2", chat_id, member_id)


async def select_colleagues(
    tx: AccountTx, row: type[Row], chat_id: int, *, but: int, seen_since: datetime, typed_since: datetime
) -> list[Row]:
    """Who types stands first."""
    return await many(
        tx,
        row,
        "select m.name, coalesce(p.typing_at > $4, false) as is_typing from desk_presence p join memberships m on m.id = p.member_id"
        " where p.chat_id = $1 and p.member_id <> $2 and p.seen_at > $3 and m.removed_at is null order by 2 desc, m.name",
        chat_id,
        but,
        seen_since,
        typed_since,
    )
