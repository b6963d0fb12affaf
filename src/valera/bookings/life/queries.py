"""Statements about bookings and their events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from valera.kit.db import execute, many, maybe, one, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def lock_bookings(tx: AccountTx) -> None:
    """Changes of one shop's bookings wait for each other, until this transaction ends."""
    await execute(tx, "select pg_advisory_xact_lock(hashtextextended('bookings', current_setting('app.account_id')::bigint))")


# ---- reading ------------------------------------------------------------------------------------


async def find_booking(tx: AccountTx, row: type[Row], booking_id: int) -> Row | None:
    """None: it has no time."""
    return await maybe(
        tx,
        row,
        "select b.id, b.number, b.status, b.chat_id, b.client_id, b.service_type as service, b.description, lower(b.during) as starts_at,"
        " upper(b.during) as ends_at, b.bay_id, y.name as bay, b.revision from bookings b join bays y on y.id = b.bay_id where b.id = $1",
        booking_id,
    )


async def get_request(tx: AccountTx, row: type[Row], booking_id: int) -> Row:
    return await one(
        tx,
        row,
        "select id, number, status, chat_id, client_id, service_type as service, description, revision from bookings"
        " where id = $1 and during is null",
        booking_id,
    )


async def find_id(tx: AccountTx, number: int) -> int | None:
    return await value(tx, "select id from bookings where number = $1", number)


async def select_client_bookings(tx: AccountTx, row: type[Row], client_id: int, now: datetime) -> list[Row]:
    """Real and not over yet, the next one first."""
    return await many(
        tx,
        row,
        "select b.id, b.number, b.status, b.chat_id, b.client_id, b.service_type as service, b.description, lower(b.during) as starts_at,"
        " upper(b.during) as ends_at, b.bay_id, y.name as bay, b.revision from bookings b join bays y on y.id = b.bay_id"
        " where b.client_id = $1 and b.status in ('confirmed', 'arrived', 'in_work') and upper(b.during) > $2"
        " order by b.scheduled_at, b.id",
        client_id,
        now,
    )


async def select_client_requests(tx: AccountTx, row: type[Row], client_id: int) -> list[Row]:
    return await many(
        tx,
        row,
        "select id, number, status, chat_id, client_id, service_type as service, description, revision from bookings"
        " where client_id = $1 and status = 'requested' order by id",
        client_id,
    )


# ---- changing -----------------------------------------------------------------------------------


async def next_number(tx: AccountTx) -> int:
    """Under the lock, and undone with the transaction: numbers have no gaps."""
    return await value(
        tx,
        "insert into counters (name, value) values ('booking', 1)"
        " on conflict (account_id, name) do update set value = counters.value + 1 returning value",
    )


async def change(
    tx: AccountTx,
    booking_id: int,
    *,
    event: str,
    status: str,
    number: int | None,
    bay_id: int | None,
    starts_at: datetime | None,
    ends_at: datetime | None,
    actor: str,
    member_id: int | None,
    message_id: int | None,
    turn_id: int | None,
    details: dict[str, Any],
) -> None:
    """The row and what is told of it. No time: it keeps the one that it has."""
    await execute(
        tx,
        "with changed as (update bookings set status = $3, number = $4, hold_expires_at = null,"
        "                 during = case when $6::timestamptz is null then during else tstzrange($6, $7) end,"
        "                 bay_id = coalesce($5, bay_id)"
        "                  where id = $1 returning id)"
        " insert into booking_events (booking_id, event, actor, member_id, message_id, turn_id, details)"
        " select id, $2, $8, $9, $10, $11, $12 from changed",
        booking_id,
        event,
        status,
        number,
        bay_id,
        starts_at,
        ends_at,
        actor,
        member_id,
        message_id,
        turn_id,
        details,
    )


async def insert_hold(
    tx: AccountTx,
    *,
    chat_id: int,
    client_id: int,
    bay_id: int | None,
    starts_at: datetime | None,
    ends_at: datetime | None,
    minutes: int | None,
    sections: list[str],
    expires_at: datetime,
    service: str,
    description: str,
    turn_id: int | None,
) -> int:
    """What waits for the client's yes, and the row that says who made it. No time: it would be a request."""
    return await value(
        tx,
        "with held as (insert into bookings (chat_id, client_id, bay_id, during, hold_expires_at, service_type, description,"
        "                                    minutes, sections)"
        "              values ($1, $2, $3, case when $4::timestamptz is not null then tstzrange($4, $5) end, $6, $7, $8, $10, $11)"
        "              returning id)"
        " insert into booking_events (booking_id, event, actor, turn_id) select id, 'held', 'assistant', $9::bigint from held"
        " returning booking_id",
        chat_id,
        client_id,
        bay_id,
        starts_at,
        ends_at,
        expires_at,
        service,
        description,
        turn_id,
        minutes,
        sections,
    )


async def insert_confirmed(
    tx: AccountTx,
    *,
    number: int,
    chat_id: int | None,
    client_id: int,
    bay_id: int,
    starts_at: datetime,
    ends_at: datetime,
    service: str,
    description: str,
    member_id: int,
    minutes: int,
    sections: list[str],
    vehicle_id: int | None = None,
) -> int:
    """What a member wrote into the book."""
    return await value(
        tx,
        "with made as (insert into bookings (status, number, chat_id, client_id, bay_id, during, service_type, description,"
        "                                    minutes, sections, vehicle_id)"
        "              values ('confirmed', $1, $2, $3, $4, tstzrange($5, $6), $7, $8, $10, $11, $12) returning id)"
        " insert into booking_events (booking_id, event, actor, member_id) select id, 'confirmed', 'member', $9::bigint from made"
        " returning booking_id",
        number,
        chat_id,
        client_id,
        bay_id,
        starts_at,
        ends_at,
        service,
        description,
        member_id,
        minutes,
        sections,
        vehicle_id,
    )
