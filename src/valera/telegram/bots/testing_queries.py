"""Statements about bots in private test mode and who tests them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, many, value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def update_test_key(tx: AccountTx, bot_id: int, key: str | None) -> None:
    await execute(tx, "update bots set test_key = $2 where id = $1 and state <> 'removed'", bot_id, key)


async def select_test_key(tx: AccountTx, bot_id: int) -> str | None:
    return await value(tx, "select test_key from bots where id = $1 and state <> 'removed'", bot_id)


async def select_testers(tx: AccountTx, row: type[Row], bot_id: int) -> list[Row]:
    return await many(
        tx, row, "select telegram_user_id, name, joined_at from testers where bot_id = $1 order by joined_at, telegram_user_id", bot_id
    )


async def insert_tester(tx: AccountTx, bot_id: int, *, telegram_user_id: int, name: str) -> None:
    """Whoever is one already stays as they came first."""
    await execute(
        tx,
        "insert into testers (bot_id, telegram_user_id, name) values ($1, $2, $3) on conflict do nothing",
        bot_id,
        telegram_user_id,
        name,
    )


async def delete_tester(tx: AccountTx, bot_id: int, telegram_user_id: int) -> bool:
    """False: they were none."""
    return bool(await execute(tx, "delete from testers where bot_id = $1 and telegram_user_id = $2", bot_id, telegram_user_id))
