"""Statements about summaries. Each reads a bounded number of rows, however long the dialogue is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from valera.kit.db import execute, many

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx
    from valera.reception.briefing.summary.summary import Summary

Row = TypeVar("Row")


async def select_stretch(tx: AccountTx, row: type[Row], chat_id: int, *, after: int, before: int, limit: int) -> list[Row]:
    """The oldest messages between the two, oldest first; none from before the client asked to forget them."""
    return await many(
        tx,
        row,
        "select id, role, content, attachments, turn_id, created_at from messages"
        " where chat_id = $1 and id > (select greatest(history_after, $2) from chats where id = $1) and id < $3"
        "   and deleted_at is null and role <> 'note'"
        " order by id limit $4",
        chat_id,
        after,
        before,
        limit,
    )


async def select_booked(tx: AccountTx, row: type[Row], client_id: int, chat_id: int, *, since: datetime, upto: datetime) -> list[Row]:
    """What became of the bookings that were made in this chat."""
    return await many(
        tx,
        row,
        "select * from ("
        "  select b.number, e.event, e.created_at as at, b.scheduled_at as starts_at, b.service_type as service, e.id"
        "    from bookings b join booking_events e on e.booking_id = b.id"
        "   where b.client_id = $1 and b.chat_id = $2 and b.number is not null and e.event in ('confirmed', 'moved', 'cancelled')"
        "     and e.created_at between $3 and $4 order by e.id desc limit 20) newest order by id",
        client_id,
        chat_id,
        since,
        upto,
    )


async def insert_summary(tx: AccountTx, chat_id: int, summary: Summary) -> None:
    """A worker that was slower finds its own there: both are made from the same rows."""
    await execute(
        tx,
        "insert into summaries (chat_id, upto_id, from_id, messages, first_at, last_at, content) values ($1, $2, $3, $4, $5, $6, $7)"
        " on conflict do nothing",
        chat_id,
        summary.upto_id,
        summary.from_id,
        summary.messages,
        summary.first_at,
        summary.last_at,
        msgspec.to_builtins(summary.content),
    )
