"""Statements of the panel beside a thread: the client, cars, bookings, call-backs, what the dialogue was about."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import many, maybe, one

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_client(tx: AccountTx, row: type[Row], client_id: int) -> Row:
    return await one(
        tx,
        row,
        "select c.id, c.name, c.phone, c.source, c.consent_at, c.unreachable_at, c.created_at, c.note,"
        "       (select count(*) from bookings b where b.client_id = c.id and b.status = 'done') as visits,"
        "       (select max(b.scheduled_at) from bookings b where b.client_id = c.id and b.status = 'done') as last_visit_at,"
        "       (select count(*) from chats h where h.client_id = c.id) as chats"
        "  from clients c where c.id = $1",
        client_id,
    )


async def select_cars(tx: AccountTx, row: type[Row], client_id: int, *, limit: int) -> list[Row]:
    """The one spoken of last comes first."""
    return await many(
        tx,
        row,
        "select id, make, model, year, plate, car_class from vehicles where client_id = $1 order by created_at desc, id desc limit $2",
        client_id,
        limit,
    )


async def select_bookings(tx: AccountTx, row: type[Row], client_id: int, *, now: datetime, limit: int) -> list[Row]:
    """Those that are coming, and what is in the shop now; requests that wait for a time first."""
    return await many(
        tx,
        row,
        "select b.number, b.status, b.service_type as service, b.description, lower(b.during) as starts_at, upper(b.during) as ends_at,"
        "       y.name as bay"
        "  from bookings b left join bays y on y.id = b.bay_id"
        " where b.client_id = $1 and b.number is not null and (b.status in ('requested', 'arrived', 'in_work')"
        "        or b.status = 'confirmed' and upper(b.during) > $2)"
        " order by lower(b.during) nulls first, b.id limit $3",
        client_id,
        now,
        limit,
    )


async def select_callback(tx: AccountTx, row: type[Row], client_id: int) -> Row | None:
    """The one that is open."""
    return await maybe(
        tx, row, "select phone, wish, reason, due_at, attempts from callbacks where client_id = $1 and outcome is null", client_id
    )


async def select_summary(tx: AccountTx, row: type[Row], chat_id: int) -> Row | None:
    return await maybe(tx, row, "select content, upto_id from summaries where chat_id = $1 order by upto_id desc limit 1", chat_id)


async def select_price_answers(tx: AccountTx, row: type[Row], chat_id: int, *, after_id: int, limit: int) -> list[Row]:
    """What the price list was asked for in the newest turns of the chat, the newest first: what is in no summary yet."""
    return await many(
        tx,
        row,
        "select s.content -> 'content' as found from turn_steps s"
        " where s.kind = 'tool' and s.content ->> 'tool' = 'find_prices' and s.turn_id in ("
        "     select turn_id from (select m.turn_id, max(m.id) as at from messages m where m.chat_id = $1 and m.id > $2"
        "        and m.role = 'user' and m.turn_id is not null group by m.turn_id order by at desc limit 20) newest)"
        " order by s.turn_id desc, s.step_no desc limit $3",
        chat_id,
        after_id,
        limit,
    )


async def select_outcome(tx: AccountTx, chat_id: int, row: type[Row]) -> Row | None:
    return await maybe(
        tx, row, "select outcome, ended_at from dialogue_outcomes where chat_id = $1 order by first_message_id desc limit 1", chat_id
    )
