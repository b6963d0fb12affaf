"""Statements about Telegram's users, and about the commands that it shows for a bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import AccountTx, IdentityTx, execute, value

if TYPE_CHECKING:
    from valera.telegram.update import User

Row = TypeVar("Row")


async def upsert_telegram_user(tx: IdentityTx, user: User) -> None:
    await execute(
        tx,
        "insert into telegram_users (telegram_id, username, first_name, last_name, language) values ($1, $2, $3, $4, $5)"
        " on conflict (telegram_id) do update set username = excluded.username, first_name = excluded.first_name,"
        " last_name = excluded.last_name, language = excluded.language, updated_at = now()",
        user.id,
        user.username,
        user.first_name,
        user.last_name,
        user.language_code,
    )


async def select_commands_version(tx: AccountTx, bot_id: int) -> str | None:
    return await value(tx, "select commands_version from bots where id = $1", bot_id)


async def update_commands_version(tx: AccountTx, bot_id: int, version: str) -> None:
    await execute(tx, "update bots set commands_version = $2 where id = $1", bot_id, version)
