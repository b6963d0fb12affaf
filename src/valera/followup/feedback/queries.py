"""Statements about feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, maybe, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def is_asked(tx: AccountTx, booking_id: int) -> bool:
    return await value(tx, "select exists (select from feedback where booking_id = $1)", booking_id)


async def insert_feedback(tx: AccountTx, *, booking_id: int, chat_id: int, turn_id: int, now: datetime) -> None:
    """Raises UniqueViolationError where it was asked before: then nothing of this transaction happens."""
    await execute(
        tx,
        "insert into feedback (booking_id, chat_id, turn_id, asked_at) values ($1, $2, $3, $4)",
        booking_id,
        chat_id,
        turn_id,
        now,
    )


async def hold_feedback(tx: AccountTx, row: type[Row], *, chat_id: int, number: int) -> Row | None:
    """What was asked in this chat about the booking of that number."""
    return await maybe(
        tx,
        row,
        "select f.booking_id, b.number, f.asked_at, f.turn_id, f.mark, f.marked_at, f.words is not null as has_words"
        "  from feedback f join bookings b on b.id = f.booking_id where f.chat_id = $1 and b.number = $2 for no key update of f",
        chat_id,
        number,
    )


async def hold_of_booking(tx: AccountTx, row: type[Row], booking_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select f.booking_id, b.number, f.asked_at, f.mark, f.marked_at, f.words is not null as has_words"
        "  from feedback f join bookings b on b.id = f.booking_id where f.booking_id = $1 for no key update of f",
        booking_id,
    )


async def update_mark(tx: AccountTx, *, booking_id: int, mark: int, now: datetime) -> None:
    await execute(tx, "update feedback set mark = $2, marked_at = coalesce(marked_at, $3) where booking_id = $1", booking_id, mark, now)


async def update_thanked(tx: AccountTx, *, booking_id: int, turn_id: int | None) -> None:
    """The turn that thanks for the mark: what is said next may be the word."""
    await execute(tx, "update feedback set turn_id = $2 where booking_id = $1", booking_id, turn_id)


async def update_words(tx: AccountTx, *, booking_id: int, words: str, message_id: int) -> None:
    await execute(tx, "update feedback set words = $2, message_id = $3 where booking_id = $1", booking_id, words, message_id)
