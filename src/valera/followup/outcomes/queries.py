"""Statements about how dialogues ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, many, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def lock_silence(tx: AccountTx, chat_id: int) -> datetime | None:
    """Since when nobody has said anything, for as long as this transaction lasts. None: the client was erased."""
    return await value(tx, "select last_message_at from chats where id = $1 for no key update", chat_id)


async def last_settled(tx: AccountTx, chat_id: int) -> int:
    """The last message of the stretch before, 0 without one."""
    return await value(tx, "select coalesce(max(last_message_id), 0) from dialogue_outcomes where chat_id = $1", chat_id)


async def select_lines(tx: AccountTx, row: type[Row], chat_id: int, after: int) -> list[Row]:
    """From the client's first words on."""
    return await many(
        tx,
        row,
        "select id, role, content, turn_id, created_at from messages where chat_id = $1 and role in ('user', 'assistant', 'manager')"
        "   and deleted_at is null and id >= (select min(id) from messages where chat_id = $1 and id > $2 and role = 'user')"
        " order by id",
        chat_id,
        after,
    )


async def select_changes(tx: AccountTx, row: type[Row], chat_id: int, since: datetime) -> list[Row]:
    return await many(
        tx,
        row,
        "select e.booking_id, e.event, e.message_id from booking_events e join bookings b on b.id = e.booking_id"
        " where b.chat_id = $1 and e.created_at >= $2 and e.actor <> 'system'"
        "   and e.event in ('requested', 'confirmed', 'moved', 'cancelled') order by e.id",
        chat_id,
        since,
    )


async def select_results(tx: AccountTx, row: type[Row], chat_id: int, since: datetime) -> list[Row]:
    """Of tools that did what they were called for."""
    return await many(
        tx,
        row,
        "select s.turn_id, s.content ->> 'tool' as tool, s.content -> 'content' as content from turns t"
        "  join turn_steps s on s.turn_id = t.id and s.kind = 'tool' and s.content ->> 'outcome' = 'done'"
        "   and jsonb_typeof(s.content -> 'content') = 'object'"
        " where t.chat_id = $1 and t.created_at >= $2 order by s.turn_id, s.step_no",
        chat_id,
        since,
    )


async def select_callback_turns(tx: AccountTx, chat_id: int, since: datetime) -> list[int]:
    return await value(
        tx,
        "select coalesce(array_agg(t.id order by t.id), '{}') from callbacks c join turns t on t.id = c.turn_id"
        " where t.chat_id = $1 and t.created_at >= $2",
        chat_id,
        since,
    )


async def select_waitlist_turns(tx: AccountTx, chat_id: int, since: datetime) -> list[int]:
    """Of those who did not leave it again."""
    return await value(
        tx,
        "select coalesce(array_agg(t.id order by t.id), '{}') from waitlist w join turns t on t.id = w.turn_id"
        " where t.chat_id = $1 and t.created_at >= $2 and w.state <> 'left'",
        chat_id,
        since,
    )


async def is_human_called(tx: AccountTx, chat_id: int, since: datetime) -> bool:
    return await value(tx, "select exists (select from chats where id = $1 and human_called_at >= $2)", chat_id, since)


async def insert_outcome(
    tx: AccountTx,
    *,
    chat_id: int,
    first_message_id: int,
    last_message_id: int,
    outcome: str,
    message_id: int | None,
    began_at: datetime,
    ended_at: datetime,
) -> bool:
    """False: it is known."""
    return bool(
        await execute(
            tx,
            "insert into dialogue_outcomes (chat_id, first_message_id, last_message_id, outcome, message_id, began_at, ended_at)"
            " values ($1, $2, $3, $4, $5, $6, $7) on conflict (account_id, chat_id, first_message_id) do nothing",
            chat_id,
            first_message_id,
            last_message_id,
            outcome,
            message_id,
            began_at,
            ended_at,
        )
    )


async def count_outcomes(tx: AccountTx, since: datetime) -> list[tuple[str, int]]:
    rows = await tx.connection.fetch(
        "select outcome, count(*) as dialogues from dialogue_outcomes where ended_at >= $1"
        " group by outcome order by count(*) desc, outcome",
        since,
    )
    return [(row["outcome"], row["dialogues"]) for row in rows]


async def select_outcomes(tx: AccountTx, row: type[Row], since: datetime, limit: int) -> list[Row]:
    """The newest first."""
    return await many(
        tx,
        row,
        "select o.chat_id, o.outcome, o.message_id, m.content as line, o.ended_at from dialogue_outcomes o"
        "  left join messages m on m.id = o.message_id and m.deleted_at is null where o.ended_at >= $1 order by o.ended_at desc limit $2",
        since,
        limit,
    )


async def select_closed_at(tx: AccountTx, chat_id: int) -> datetime | None:
    """When a member closed it last."""
    return await value(
        tx,
        "select m.created_at from messages m join chats c on c.id = m.chat_id"
        " where m.chat_id = $1 and c.status = 'closed' and m.role = 'system' and m.content = 'closed' order by m.id desc limit 1",
        chat_id,
    )


async def delete_outcome(tx: AccountTx, chat_id: int, *, since: datetime) -> None:
    """The last one, if it was decided by then."""
    await execute(tx, "delete from dialogue_outcomes where chat_id = $1 and decided_at >= $2", chat_id, since)
