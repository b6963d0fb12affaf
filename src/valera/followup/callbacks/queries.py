"""Statements about call-backs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, many, maybe, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def insert_callback(
    tx: AccountTx, *, client_id: int, chat_id: int, turn_id: int, phone: str, wish: str, reason: str, due_at: datetime
) -> int:
    return await value(
        tx,
        "insert into callbacks (client_id, chat_id, turn_id, phone, wish, reason, due_at) values ($1, $2, $3, $4, $5, $6, $7) returning id",
        client_id,
        chat_id,
        turn_id,
        phone,
        wish,
        reason,
        due_at,
    )


async def update_asked(
    tx: AccountTx, callback_id: int, *, chat_id: int, turn_id: int, phone: str, wish: str, reason: str, due_at: datetime
) -> None:
    """The timer begins anew; a reason that is not given again stands."""
    await execute(
        tx,
        "update callbacks set chat_id = $2, turn_id = $3, phone = $4, wish = $5, reason = coalesce(nullif($6, ''), reason), due_at = $7,"
        "       escalated_at = null where id = $1",
        callback_id,
        chat_id,
        turn_id,
        phone,
        wish,
        reason,
        due_at,
    )


async def update_closed(tx: AccountTx, callback_id: int, *, outcome: str, by: int | None, now: datetime) -> None:
    await execute(tx, "update callbacks set outcome = $2, closed_by = $3, closed_at = $4 where id = $1", callback_id, outcome, by, now)


async def update_again(tx: AccountTx, callback_id: int, *, due_at: datetime) -> None:
    await execute(
        tx,
        "update callbacks set attempts = attempts + 1, due_at = $2, escalated_at = null, taken_by = null, taken_at = null where id = $1",
        callback_id,
        due_at,
    )


async def update_taken(tx: AccountTx, callback_id: int, *, by: int, now: datetime) -> bool:
    """False: somebody else has it."""
    return bool(
        await execute(
            tx,
            "update callbacks set taken_by = $2, taken_at = $3 where id = $1 and (taken_by is null or taken_by = $2)",
            callback_id,
            by,
            now,
        )
    )


async def update_let_go(tx: AccountTx, callback_id: int) -> None:
    await execute(tx, "update callbacks set taken_by = null, taken_at = null where id = $1", callback_id)


async def update_escalated(tx: AccountTx, callback_id: int, now: datetime) -> bool:
    """False: the team was told already."""
    return bool(await execute(tx, "update callbacks set escalated_at = $2 where id = $1 and escalated_at is null", callback_id, now))


async def select_open(tx: AccountTx, row: type[Row], client_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select b.id, client_id, c.name as client_name, chat_id, b.phone, wish, reason, due_at, attempts, outcome, b.created_at"
        "  from callbacks b join clients c on c.id = b.client_id where client_id = $1 and outcome is null",
        client_id,
    )


async def lock_open(tx: AccountTx, row: type[Row], client_id: int) -> Row | None:
    """Takes the client, too: of two requests at once the second finds the first."""
    await execute(tx, "select from clients where id = $1 for no key update", client_id)
    return await select_open(tx, row, client_id)


async def select_callback(tx: AccountTx, row: type[Row], callback_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select b.id, client_id, c.name as client_name, chat_id, b.phone, wish, reason, due_at, attempts, outcome, b.created_at"
        "  from callbacks b join clients c on c.id = b.client_id where b.id = $1",
        callback_id,
    )


async def lock_callback(tx: AccountTx, row: type[Row], callback_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select b.id, client_id, c.name as client_name, chat_id, b.phone, wish, reason, due_at, attempts, outcome, b.created_at"
        "  from callbacks b join clients c on c.id = b.client_id where b.id = $1 for no key update of b",
        callback_id,
    )


async def select_callbacks(tx: AccountTx, row: type[Row], closed_since: datetime | None) -> list[Row]:
    return await many(
        tx,
        row,
        "select b.id, client_id, c.name as client_name, chat_id, b.phone, wish, reason, due_at, attempts, outcome, b.created_at"
        "  from callbacks b join clients c on c.id = b.client_id where outcome is null or closed_at >= $1"
        " order by outcome is not null, due_at, b.id",
        closed_since,
    )


async def select_said(tx: AccountTx, chat_id: int, limit: int) -> list[str]:
    """What the client wrote in this chat, the newest first."""
    return await value(
        tx,
        "select coalesce(array_agg(content), '{}') from (select content from messages where chat_id = $1 and role = 'user'"
        "    and deleted_at is null order by id desc limit $2) newest",
        chat_id,
        limit,
    )
