"""Statements about the bots of shops."""

from __future__ import annotations

from typing import TypeVar

from valera.kit.db import AccountTx, IdentityTx, execute, many, maybe, value

Row = TypeVar("Row")


async def insert_bot(
    tx: AccountTx, row: type[Row], *, telegram_id: int, username: str, token: bytes, webhook_key: str, secret_hash: bytes
) -> Row | None:
    return await maybe(
        tx,
        row,
        "insert into bots (telegram_id, username, token, webhook_key, webhook_secret_hash) values ($1, $2, $3, $4, $5)"
        " on conflict do nothing returning id, telegram_id, username, webhook_key, state",
        telegram_id,
        username,
        token,
        webhook_key,
        secret_hash,
    )


async def select_bots(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(tx, row, "select id, telegram_id, username, webhook_key, state from bots order by id")


async def select_routes(tx: IdentityTx, row: type[Row]) -> list[Row]:
    return await many(tx, row, "select account_id, id, telegram_id, username from bots order by id")


async def select_token(tx: AccountTx, row: type[Row], bot_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select b.account_id, a.slug, a.data_key, b.telegram_id, b.token"
        "  from bots b join accounts a on a.id = b.account_id where b.id = $1",
        bot_id,
    )


async def pause_bot(tx: AccountTx, bot_id: int) -> str | None:
    """Its username; None: it was paused already, or is held after a restore."""
    return await value(tx, "update bots set state = 'paused' where id = $1 and state = 'active' returning username", bot_id)


async def activate_bot(tx: AccountTx, bot_id: int) -> bool:
    """Only a bot that was paused for its token."""
    return bool(
        await execute(
            tx,
            "update bots set state = 'active' where id = $1 and state = 'paused' and exists ("
            "   select from notices n where n.bot_id = $1 and n.kind = 'token_revoked' and n.resolved_at is null)",
            bot_id,
        )
    )


async def update_resumed(tx: AccountTx, bot_id: int) -> None:
    """What waited for this bot is due, and workers are told."""
    await execute(tx, "update deliveries set due_at = now() where bot_id = $1 and state = 'ready' and error = 'bot-paused'", bot_id)
    await execute(tx, "select pg_notify('delivery', '')")
