"""Statements of the desk: the book of a shop, and the life of one booking."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import many, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def find_open_chat(tx: AccountTx, client_id: int) -> int | None:
    """Where this client writes to the shop; the latest of several."""
    return await value(tx, "select id from chats where client_id = $1 and status <> 'closed' order by id desc limit 1", client_id)


async def select_book(
    tx: AccountTx, row: type[Row], *, since: datetime | None, until: datetime | None, status: str | None, number: int | None
) -> list[Row]:
    """Real bookings that touch the time between, requests of any time first; each filter may be left out."""
    return await many(
        tx,
        row,
        "select b.number, b.status, lower(b.during) as starts_at, upper(b.during) as ends_at, coalesce(y.name, '') as bay,"
        "  b.service_type as service, b.description, coalesce(c.name, '') as client, c.id as client_id, coalesce(c.phone, '') as phone,"
        "  coalesce(concat_ws(' ', nullif(v.make, ''), nullif(v.model, '')), '') as car"
        " from bookings b left join bays y on y.id = b.bay_id left join clients c on c.id = b.client_id"
        " left join vehicles v on v.id = b.vehicle_id"
        " where b.number is not null and ($1::timestamptz is null or b.during is null or upper(b.during) > $1)"
        "   and ($2::timestamptz is null or b.during is null or lower(b.during) < $2)"
        "   and ($3::text is null or b.status = $3) and ($4::bigint is null or b.number = $4)"
        "   and (b.during is not null or b.status = 'requested' or $4 is not null or $3 is not null)"
        " order by b.scheduled_at nulls first, b.number",
        since,
        until,
        status,
        number,
    )


async def select_events(tx: AccountTx, row: type[Row], number: int) -> list[Row]:
    return await many(
        tx,
        row,
        "select e.event, e.actor, coalesce(m.name, '') as member, lower(e.during) as starts_at,"
        "  coalesce(e.details ->> 'reason', '') as reason, e.created_at"
        " from bookings b join booking_events e on e.booking_id = b.id left join memberships m on m.id = e.member_id"
        " where b.number = $1 order by e.revision",
        number,
    )


async def select_in_the_way(
    tx: AccountTx, row: type[Row], *, bay_id: int, starts_at: datetime, ends_at: datetime, booking_id: int | None, now: datetime
) -> list[Row]:
    """What takes this bay between the two, apart from this booking; a hold and what a client would move to have no number."""
    return await many(
        tx,
        row,
        "select number, lower(during) as starts_at, upper(during) as ends_at from bookings"
        " where bay_id = $1 and scheduled_at < $3 and scheduled_at > $2::timestamptz - interval '31 days' and upper(during) > $2"
        "   and status not in ('cancelled', 'expired', 'no_show') and (status <> 'held' or hold_expires_at > $5)"
        "   and id is distinct from $4::bigint"
        " union all"
        " select null, lower(during), upper(during) from proposals"
        "  where bay_id = $1 and state = 'open' and kind = 'move' and expires_at > $5 and lower(during) < $3 and upper(during) > $2"
        " order by 2",
        bay_id,
        starts_at,
        ends_at,
        booking_id,
        now,
    )
