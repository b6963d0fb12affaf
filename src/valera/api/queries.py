"""Statements of the API's lists and single rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import many

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


# ---- chats and messages -------------------------------------------------------------------------


async def select_chats(
    tx: AccountTx, row: type[Row], *, chat_id: int | None, status: str | None, client_id: int | None, after: int, limit: int
) -> list[Row]:
    return await many(
        tx,
        row,
        "select h.id, h.client_id, b.username as bot, h.status, h.human_called_at, h.created_at, h.last_message_at"
        "  from chats h join bots b on b.id = h.bot_id"
        " where h.id > $4 and ($1::bigint is null or h.id = $1) and ($2::text is null or h.status = $2)"
        "   and ($3::bigint is null or h.client_id = (select coalesce(merged_into, id) from clients where id = $3))"
        " order by h.id limit $5",
        chat_id,
        status,
        client_id,
        after,
        limit,
    )


async def select_messages(tx: AccountTx, row: type[Row], *, chat_id: int, message_id: int | None, after: int, limit: int) -> list[Row]:
    """What client, assistant and members said to each other; what the team says among itself is not there."""
    return await many(
        tx,
        row,
        "select m.id, m.chat_id, m.role as kept_role, m.content as text, m.attachments as kept_attachments, a.name as author,"
        "       d.state as delivery, m.created_at, m.edited_at"
        "  from messages m left join memberships a on a.id = m.author_id"
        "  left join lateral (select state from deliveries where message_id = m.id order by id desc limit 1) d on true"
        " where m.chat_id = $1 and m.id > $3 and ($2::bigint is null or m.id = $2)"
        "   and m.role in ('user', 'assistant', 'manager') and m.deleted_at is null order by m.id limit $4",
        chat_id,
        message_id,
        after,
        limit,
    )


# ---- clients ------------------------------------------------------------------------------------


async def select_clients(tx: AccountTx, row: type[Row], *, client_id: int | None, phone: str | None, after: int, limit: int) -> list[Row]:
    """A former card's number and phone are its card's."""
    return await many(
        tx,
        row,
        "select c.id, c.name, c.phone, c.source, c.note, c.unreachable_at is null as is_reachable, c.consent_at, c.created_at,"
        "       array(select f.id from clients f where f.merged_into = c.id order by f.id) as merged_ids,"
        "       (select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'make', v.make, 'model', v.model, 'year', v.year,"
        "                                                     'plate', v.plate, 'vin', v.vin) order by v.id), '[]')"
        "          from vehicles v where v.client_id = c.id) as kept_cars"
        "  from clients c where c.id > $3 and c.merged_into is null"
        "   and ($1::bigint is null or c.id = (select coalesce(merged_into, id) from clients where id = $1))"
        "   and ($2::text is null or exists (select from clients f where c.id in (f.id, f.merged_into) and f.phone = $2))"
        " order by c.id limit $4",
        client_id,
        phone,
        after,
        limit,
    )


# ---- bookings -----------------------------------------------------------------------------------


async def select_bookings(
    tx: AccountTx,
    row: type[Row],
    *,
    number: int | None,
    status: str | None,
    client_id: int | None,
    since: datetime | None,
    until: datetime | None,
    after: int,
    limit: int,
) -> list[Row]:
    """Real ones. With ``since`` or ``until`` those that touch the time between."""
    return await many(
        tx,
        row,
        "select b.number, b.status, lower(b.during) as starts_at, upper(b.during) as ends_at, y.name as bay, b.service_type as service,"
        "       b.description as comment, b.client_id, b.vehicle_id as car_id, b.chat_id, b.quote, b.created_at"
        "  from bookings b left join bays y on y.id = b.bay_id"
        " where b.number > $6 and ($1::bigint is null or b.number = $1) and ($2::text is null or b.status = $2)"
        "   and ($3::bigint is null or b.client_id = (select coalesce(merged_into, id) from clients where id = $3))"
        "   and ($4::timestamptz is null or upper(b.during) > $4) and ($5::timestamptz is null or lower(b.during) < $5)"
        " order by b.number limit $7",
        number,
        status,
        client_id,
        since,
        until,
        after,
        limit,
    )


# ---- events -------------------------------------------------------------------------------------


async def select_booking_events(tx: AccountTx, row: type[Row], *, after: int, until: datetime, limit: int) -> list[Row]:
    return await many(
        tx,
        row,
        "select e.id, e.event, e.created_at as at, b.number as booking, b.chat_id, b.client_id, e.actor, lower(e.during) as starts_at"
        "  from booking_events e join bookings b on b.id = e.booking_id"
        " where e.id > $1 and e.created_at < $2 and b.number is not null order by e.id limit $3",
        after,
        until,
        limit,
    )


async def select_analytics_events(
    tx: AccountTx, row: type[Row], *, after: int, until: datetime, limit: int, left_out: list[str]
) -> list[Row]:
    return await many(
        tx,
        row,
        "select id, event_type as event, created_at as at, properties from analytics_events"
        " where id > $1 and created_at < $2 and event_type <> all($4::text[]) order by id limit $3",
        after,
        until,
        limit,
        left_out,
    )
