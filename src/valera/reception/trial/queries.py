"""Statements of trial conversations. What they are made of stands in 0022_trials.sql."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from valera.kit.db import execute, maybe, one, value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


# ---- conversations, as they are kept -----------------------------------------------------------------


async def select_trial(tx: AccountTx, row: type[Row], *, member_id: int) -> Row | None:
    return await maybe(tx, row, "select id, has_prices, revision, kept from trials where member_id = $1", member_id)


async def begin_trial(tx: AccountTx, row: type[Row], *, member_id: int, has_prices: bool) -> Row:
    """Instead of the one that this member had."""
    return await one(
        tx,
        row,
        "insert into trials (member_id, has_prices) values ($1, $2)"
        " on conflict (account_id, member_id) do update set has_prices = $2, kept = '{}', revision = trials.revision + 1,"
        "    touched_at = now()"
        " returning id, has_prices, revision, kept",
        member_id,
        has_prices,
    )


async def update_trial(tx: AccountTx, *, trial_id: int, revision: int, kept: dict[str, Any]) -> bool:
    """False: it went on without this answer, or is over."""
    return bool(
        await execute(
            tx,
            "update trials set kept = $3, revision = revision + 1, touched_at = now() where id = $1 and revision = $2",
            trial_id,
            revision,
            kept,
        )
    )


async def delete_trial(tx: AccountTx, *, member_id: int) -> None:
    await execute(tx, "delete from trials where member_id = $1", member_id)


# ---- in the transaction that is rolled back ----------------------------------------------------------


async def put_trial(tx: AccountTx, kept: dict[str, Any]) -> None:
    await value(tx, "select put_trial($1)", kept)


async def select_rows(tx: AccountTx) -> dict[str, Any]:
    """Every row that the conversation has made, by its table."""
    return await value(tx, "select trial_rows()")


async def insert_bot(tx: AccountTx, *, telegram_id: int, key: str) -> int:
    """Known to Telegram by no number that Telegram gives."""
    return await value(
        tx,
        "insert into bots (telegram_id, username, token, webhook_key, webhook_secret_hash, state)"
        " values ($1, 'trial', '', $2, sha256(''), 'paused') returning id",
        telegram_id,
        key,
    )


async def answer_by_itself(tx: AccountTx) -> None:
    """Whoever tries it out wants to read what it says: nobody is there to approve."""
    await execute(tx, "update accounts set settings = settings || '{\"autonomy\": \"answers\"}' where settings ->> 'autonomy' = 'drafts'")


async def select_bot(tx: AccountTx, row: type[Row], *, telegram_id: int) -> Row:
    """And the time by the database's clock: so Telegram's updates are received."""
    return await one(tx, row, "select id, clock_timestamp() as at from bots where telegram_id = $1", telegram_id)
