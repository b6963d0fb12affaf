"""Statements about chats, messages and takeover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from valera.kit.db import execute, many, maybe, one, value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_chat(tx: AccountTx, row: type[Row], chat_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select id, bot_id, telegram_chat_id, client_id, status, assignee_id, human_called_at from chats where id = $1",
        chat_id,
    )


async def lock_chat(tx: AccountTx, row: type[Row], chat_id: int) -> Row | None:
    """Whoever decides who speaks next takes this lock first."""
    return await maybe(
        tx,
        row,
        "select id, bot_id, telegram_chat_id, client_id, status, assignee_id, human_called_at from chats where id = $1 for no key update",
        chat_id,
    )


async def select_open_chat(tx: AccountTx, row: type[Row], *, bot_id: int, telegram_chat_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select id, bot_id, telegram_chat_id, client_id, status, assignee_id, human_called_at from chats"
        " where bot_id = $1 and telegram_chat_id = $2 and status <> 'closed' for no key update",
        bot_id,
        telegram_chat_id,
    )


async def insert_chat(tx: AccountTx, row: type[Row], *, bot_id: int, telegram_chat_id: int, telegram_user_id: int, client_id: int) -> Row:
    return await one(
        tx,
        row,
        "insert into chats (bot_id, telegram_chat_id, telegram_user_id, client_id) values ($1, $2, $3, $4)"
        " returning id, bot_id, telegram_chat_id, client_id, status, assignee_id, human_called_at",
        bot_id,
        telegram_chat_id,
        telegram_user_id,
        client_id,
    )


# ---- messages -----------------------------------------------------------------------------------


async def insert_message(
    tx: AccountTx,
    *,
    chat_id: int,
    role: str,
    content: str,
    turn_id: int | None = None,
    author_id: int | None = None,
    llm_response_data: Mapping[str, object] | None = None,
    client_key: str | None = None,
) -> int:
    """What the shop's side says; the client's words come in through `insert_client_message`."""
    return await value(
        tx,
        "with spoken as (update chats set last_message_at = now() where id = $1)"
        " insert into messages (chat_id, role, content, turn_id, author_id, llm_response_data, client_key)"
        " values ($1, $2, $3, $4, $5, $6, $7) returning id",
        chat_id,
        role,
        content,
        turn_id,
        author_id,
        llm_response_data,
        client_key,
    )


async def insert_told_turn(tx: AccountTx, *, chat_id: int, trigger: str) -> int:
    """Takes the chat first, as whoever speaks does."""
    return await value(
        tx,
        "with chat as materialized (select id from chats where id = $1 for no key update)"
        " insert into turns (chat_id, state, trigger, started_at, finished_at)"
        " select id, 'done', $2, clock_timestamp(), clock_timestamp() from chat returning id",
        chat_id,
        trigger,
    )


async def insert_client_message(
    tx: AccountTx,
    row: type[Row],
    *,
    chat_id: int,
    content: str,
    attachments: list[dict[str, Any]],
    bot_id: int,
    update_id: int,
    telegram_message_id: int | None,
    trigger: str | None,
    received_at: datetime,
    quiet: timedelta,
    most: timedelta,
) -> Row | None:
    """None: this very update is in the chat already. Whoever writes can be reached again.

    With a ``trigger`` a turn becomes due, one waiting turn per chat: a burst moves it, and no further than ``most`` after its first
    piece, counted from when Telegram brought the message, whatever it waited for since. ``due_in``: seconds until then.
    """
    return await maybe(
        tx,
        row,
        "with spoken as (update chats set last_message_at = now() where id = $1 returning client_id),"
        " reached as (update clients set unreachable_at = null where id = (select client_id from spoken) and unreachable_at is not null),"
        " said as (insert into messages (chat_id, role, content, attachments, bot_id, update_id, telegram_message_id)"
        "          values ($1, 'user', $2, $3, $4, $5, $6) on conflict do nothing returning id),"
        " due as (insert into turns as t (chat_id, trigger, due_at, settle_until)"
        "         select $1, $7, $8::timestamptz + $9::interval, $8::timestamptz + $10::interval from said where $7::text is not null"
        "         on conflict (account_id, chat_id) where state = 'waiting'"
        "         do update set due_at = least(excluded.due_at, t.settle_until),"
        "             trigger = case when excluded.trigger = 'message' then t.trigger else excluded.trigger end"
        "         returning due_at)"
        " select said.id, greatest(0, extract(epoch from due.due_at - clock_timestamp()))::float8 as due_in"
        "   from said left join due on true",
        chat_id,
        content,
        attachments,
        bot_id,
        update_id,
        telegram_message_id,
        trigger,
        received_at,
        quiet,
        most,
    )


async def update_edited(
    tx: AccountTx, row: type[Row], *, chat_id: int, telegram_message_id: int, content: str, attachments: list[dict[str, str]]
) -> Row | None:
    """The client's message says something else now. Files that were there before keep what is known of them. None: no such message."""
    return await maybe(
        tx,
        row,
        "with before as materialized (select m.id, m.turn_id, m.content <> $3 as has_new_words, o.files is distinct from n.files as"
        "    has_new_files from messages m"
        "    cross join lateral (select array_agg(coalesce(e ->> 'file_unique_id', e ->> 'kind') order by at) as files"
        "                          from jsonb_array_elements(m.attachments) with ordinality t (e, at)) o"
        "    cross join lateral (select array_agg(coalesce(e ->> 'file_unique_id', e ->> 'kind') order by at) as files"
        "                          from jsonb_array_elements($4::jsonb) with ordinality t (e, at)) n"
        "   where m.chat_id = $1 and m.telegram_message_id = $2 and m.role = 'user' order by m.id desc limit 1 for no key update of m),"
        " edited as (update messages m set content = $3, edited_at = now(),"
        "        attachments = case when before.has_new_files then $4 else m.attachments end"
        "   from before where m.id = before.id and (before.has_new_words or before.has_new_files))"
        " select id, turn_id, has_new_words or has_new_files as is_changed, has_new_files from before",
        chat_id,
        telegram_message_id,
        content,
        attachments,
    )


async def insert_note_once(tx: AccountTx, *, chat_id: int, content: str) -> None:
    """For the team and the assistant, unless it is what was noted last."""
    await execute(
        tx,
        "insert into messages (chat_id, role, content) select $1, 'system', $2 where $2 is distinct from"
        " (select case when role = 'system' then content end from messages where chat_id = $1 order by id desc limit 1)",
        chat_id,
        content,
    )


async def forget_conversation(tx: AccountTx, chat_id: int, *, turn_id: int) -> None:
    """What is not answered yet counts as answered by ``turn_id``, and history begins after the newest message. The messages stay."""
    await execute(
        tx,
        "with answered as (update messages set turn_id = $2 where chat_id = $1 and role = 'user' and turn_id is null),"
        " withdrawn as (update turns set state = 'withdrawn', finished_at = now() where chat_id = $1 and state = 'waiting')"
        " update chats set history_after = (select max(id) from messages where chat_id = $1) where id = $1",
        chat_id,
        turn_id,
    )


async def select_messages(tx: AccountTx, row: type[Row], chat_id: int, limit: int, *, after: int = 0) -> list[Row]:
    """The newest ``limit`` messages after that one, oldest first, without the team's notes; none from before the client asked to forget
    them.
    """
    return await many(
        tx,
        row,
        "select * from (select id, role, content, attachments, turn_id, created_at from messages"
        "                where chat_id = $1 and deleted_at is null and role <> 'note'"
        "                  and id > (select greatest(history_after, $3) from chats where id = $1)"
        "                order by id desc limit $2) newest order by id",
        chat_id,
        limit,
        after,
    )


async def has_unanswered(tx: AccountTx, chat_id: int) -> bool:
    return await value(tx, "select exists (select from messages where chat_id = $1 and role = 'user' and turn_id is null)", chat_id)


async def mark_answered_by_human(tx: AccountTx, chat_id: int) -> None:
    """The member's answer stands for a turn: one row, so that every client message points to what answered it."""
    await execute(
        tx,
        "with open as (select array_agg(id) as ids from messages where chat_id = $1 and role = 'user' and turn_id is null),"
        " answered as (insert into turns (chat_id, state, finished_at)"
        "              select $1, 'withdrawn', now() from open where ids is not null returning id)"
        " update messages m set turn_id = answered.id from answered, open where m.id = any (open.ids)",
        chat_id,
    )
