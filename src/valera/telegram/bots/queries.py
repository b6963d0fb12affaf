"""Statements about the bots of shops."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import AccountTx, IdentityTx, execute, many, maybe, one, value

if TYPE_CHECKING:
    from datetime import timedelta

Row = TypeVar("Row")


async def insert_bot(
    tx: AccountTx, row: type[Row], *, telegram_id: int, username: str, token: bytes, webhook_key: str, secret_hash: bytes, delivery: str
) -> Row | None:
    """None: some shop has it."""
    return await maybe(
        tx,
        row,
        "insert into bots (telegram_id, username, token, webhook_key, webhook_secret_hash, delivery) values ($1, $2, $3, $4, $5, $6)"
        " on conflict do nothing"
        " returning id, telegram_id, username, webhook_key, previous_webhook_key, delivery, state, paused_at",
        telegram_id,
        username,
        token,
        webhook_key,
        secret_hash,
        delivery,
    )


async def select_bots(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(
        tx,
        row,
        "select id, telegram_id, username, webhook_key, previous_webhook_key, delivery, state, paused_at"
        "  from bots where state <> 'removed' order by id",
    )


async def select_bot(tx: AccountTx, row: type[Row], bot_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select id, telegram_id, username, webhook_key, previous_webhook_key, delivery, state, paused_at"
        "  from bots where id = $1 and state <> 'removed'",
        bot_id,
    )


async def select_routes(tx: IdentityTx, row: type[Row]) -> list[Row]:
    return await many(tx, row, "select account_id, id, telegram_id, username, state from bots where state <> 'removed' order by id")


async def select_token(tx: AccountTx, row: type[Row], bot_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select b.account_id, a.slug, a.data_key, b.telegram_id, b.token"
        "  from bots b join accounts a on a.id = b.account_id where b.id = $1 and b.state <> 'removed'",
        bot_id,
    )


async def notify_change(tx: AccountTx, bot_id: int) -> None:
    """Whoever looks after bots hears it after the commit."""
    await execute(tx, "select pg_notify('bot', $1::bigint::text)", bot_id)


# ---- Telegram refuses the token, or takes it again ----------------------------------------------


async def pause_bot(tx: AccountTx, bot_id: int) -> str | None:
    """Its username; None: it is held after a restore, or removed."""
    return await value(tx, "update bots set state = 'paused' where id = $1 and state in ('active', 'paused') returning username", bot_id)


async def activate_bot(tx: AccountTx, bot_id: int) -> bool:
    """Only a bot that was paused for its token, and by no person."""
    return bool(
        await execute(
            tx,
            "update bots set state = 'active' where id = $1 and state = 'paused' and paused_at is null and exists ("
            "   select from notices n where n.bot_id = $1 and n.kind = 'token_revoked' and n.resolved_at is null)",
            bot_id,
        )
    )


async def update_resumed(tx: AccountTx, bot_id: int) -> None:
    """What waited for this bot is due, and workers are told."""
    await execute(tx, "update deliveries set due_at = now() where bot_id = $1 and state = 'ready' and error = 'bot-paused'", bot_id)
    await execute(tx, "select pg_notify('delivery', '')")


# ---- what a person does with a bot --------------------------------------------------------------


async def update_paused(tx: AccountTx, bot_id: int) -> bool:
    """False: a person has paused it already."""
    return bool(
        await execute(
            tx,
            "update bots set paused_at = now(), state = case when state = 'active' then 'paused' else state end"
            " where id = $1 and state <> 'removed' and paused_at is null",
            bot_id,
        )
    )


async def update_unpaused(tx: AccountTx, bot_id: int) -> str | None:
    """Its state now: paused still, if Telegram refuses its token; None: no person had paused it."""
    return await value(
        tx,
        "update bots b set paused_at = null, state = case when state = 'paused' and not exists ("
        "    select from notices n where n.bot_id = b.id and n.kind = 'token_revoked' and n.resolved_at is null)"
        "  then 'active' else state end where id = $1 and state <> 'removed' and paused_at is not null returning state",
        bot_id,
    )


async def select_removed(tx: AccountTx, telegram_id: int) -> int | None:
    """The row of a bot that this shop had before."""
    return await value(tx, "select id from bots where telegram_id = $1 and state = 'removed' order by id desc limit 1", telegram_id)


async def update_returned(tx: AccountTx, row: type[Row], bot_id: int, *, username: str, token: bytes, delivery: str) -> Row:
    """Raises UniqueViolationError where another shop has it now."""
    return await one(
        tx,
        row,
        "update bots set state = 'active', username = $2, token = $3, delivery = $4, paused_at = null where id = $1"
        " returning id, telegram_id, username, webhook_key, previous_webhook_key, delivery, state, paused_at",
        bot_id,
        username,
        token,
        delivery,
    )


async def update_token(tx: AccountTx, bot_id: int, *, username: str, token: bytes) -> bool:
    return bool(
        await execute(tx, "update bots set token = $2, username = $3 where id = $1 and state <> 'removed'", bot_id, token, username)
    )


async def update_delivery(tx: AccountTx, bot_id: int, delivery: str) -> None:
    await execute(tx, "update bots set delivery = $2 where id = $1", bot_id, delivery)


async def update_webhook_key(tx: AccountTx, bot_id: int, *, webhook_key: str, secret_hash: bytes, lasts: timedelta) -> None:
    """The key before it is taken as well, at the longest until then."""
    await execute(
        tx,
        "update bots set previous_webhook_key = webhook_key, previous_secret_hash = webhook_secret_hash,"
        "       previous_until = now() + $4::interval, webhook_key = $2, webhook_secret_hash = $3 where id = $1",
        bot_id,
        webhook_key,
        secret_hash,
        lasts,
    )


async def end_previous_key(tx: AccountTx, bot_id: int, *, lasts: timedelta) -> None:
    """Telegram uses the new one: what is under way with the old one may still arrive."""
    await execute(tx, "update bots set previous_until = least(previous_until, now() + $2::interval) where id = $1", bot_id, lasts)


async def update_removed(tx: AccountTx, bot_id: int) -> None:
    """Its token is destroyed; its keys open nothing any more."""
    await execute(
        tx,
        "update bots set state = 'removed', token = '', paused_at = null,"
        "       previous_webhook_key = null, previous_secret_hash = null, previous_until = null where id = $1",
        bot_id,
    )


async def withdraw_unsent(tx: AccountTx, bot_id: int) -> int:
    """What nobody will send; it stays in its chat's history."""
    return await execute(
        tx,
        "update deliveries set state = 'withdrawn', leased_until = null, error = 'bot-removed' where bot_id = $1 and state = 'ready'",
        bot_id,
    )


async def resolve_notices(tx: AccountTx, bot_id: int) -> None:
    await execute(tx, "update notices set resolved_at = now() where bot_id = $1 and resolved_at is null", bot_id)
