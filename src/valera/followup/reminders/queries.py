"""Statements about reminders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.kit.db import execute, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx


async def is_decided(tx: AccountTx, *, booking_id: int, starts_at: datetime, lead_minutes: int) -> bool:
    return await value(
        tx,
        "select exists (select from reminders where booking_id = $1 and starts_at = $2 and lead_minutes = $3)",
        booking_id,
        starts_at,
        lead_minutes,
    )


async def insert_reminder(
    tx: AccountTx, *, booking_id: int, starts_at: datetime, lead_minutes: int, outcome: str, chat_id: int, turn_id: int | None
) -> None:
    """Raises UniqueViolationError where it was decided before: then nothing of this transaction happens."""
    await execute(
        tx,
        "insert into reminders (booking_id, starts_at, lead_minutes, outcome, chat_id, turn_id) values ($1, $2, $3, $4, $5, $6)",
        booking_id,
        starts_at,
        lead_minutes,
        outcome,
        chat_id,
        turn_id,
    )


async def update_coming(tx: AccountTx, *, booking_id: int, starts_at: datetime, now: datetime) -> bool:
    """False: the client was never reminded of that time."""
    return bool(
        await execute(
            tx,
            "update reminders set coming_at = coalesce(coming_at, $3) where booking_id = $1 and starts_at = $2",
            booking_id,
            starts_at,
            now,
        )
    )


async def withdraw_stale(tx: AccountTx, *, booking_id: int, starts_at: datetime | None) -> None:
    """Reminders of any other time (None: of any time) that have not left yet are not sent any more."""
    await execute(
        tx,
        "update deliveries d set state = 'withdrawn' from reminders r"
        " where r.booking_id = $1 and r.starts_at is distinct from $2 and d.turn_id = r.turn_id and d.state = 'ready' and d.unsure = 0",
        booking_id,
        starts_at,
    )
