"""Statements of the board: what stands in the bays, what waits for a time, one booking, and whom and what a new one may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import many, maybe, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_jobs(tx: AccountTx, row: type[Row], *, since: datetime, until: datetime, now: datetime) -> list[Row]:
    """Whatever has a bay between the two: bookings, those who did not come, holds, and times that a client is asked whether to move to."""
    return await many(
        tx,
        row,
        "select b.id, b.number, b.status, b.bay_id, lower(b.during) as starts_at, upper(b.during) as ends_at, b.service_type as service,"
        "       coalesce(c.name, '') as client, coalesce(c.phone, '') as phone, coalesce(v.car, '') as car,"
        "       coalesce(v.plate, '') as plate,"
        "       exists (select from booking_events e where e.booking_id = b.id and e.revision = 1 and e.actor <> 'member')"
        "         as is_by_assistant"
        "  from bookings b left join clients c on c.id = b.client_id"
        "  left join lateral (select concat_ws(' ', nullif(v.make, ''), nullif(v.model, '')) as car, v.plate from vehicles v"
        "                      where v.client_id = b.client_id"
        "                      order by (v.id = b.vehicle_id) desc nulls last, v.created_at desc, v.id desc limit 1) v on true"
        " where b.during is not null and b.status not in ('cancelled', 'expired') and (b.status <> 'held' or b.hold_expires_at > $3)"
        "   and b.scheduled_at < $2 and b.scheduled_at > $1::timestamptz - interval '31 days' and upper(b.during) > $1"
        " union all"
        " select 0, null, 'held', p.bay_id, lower(p.during), upper(p.during), '', '', '', '', '', true from proposals p"
        "  where p.state = 'open' and p.kind = 'move' and p.expires_at > $3 and lower(p.during) < $2 and upper(p.during) > $1"
        " order by starts_at, id",
        since,
        until,
        now,
    )


async def select_requests(tx: AccountTx, row: type[Row], limit: int) -> list[Row]:
    """What waits for a time, the oldest first."""
    return await many(
        tx,
        row,
        "select b.number, b.service_type as service, b.description, coalesce(c.name, '') as client,"
        "       coalesce(v.car, '') as car, b.created_at"
        "  from bookings b left join clients c on c.id = b.client_id"
        "  left join lateral (select concat_ws(' ', nullif(v.make, ''), nullif(v.model, '')) as car from vehicles v"
        "                      where v.client_id = b.client_id"
        "                      order by (v.id = b.vehicle_id) desc nulls last, v.created_at desc, v.id desc limit 1) v on true"
        " where b.status = 'requested' order by b.id limit $1",
        limit,
    )


async def select_page(
    tx: AccountTx, row: type[Row], *, status: str, words: str, digits: str, plate: str, now: datetime, limit: int, offset: int
) -> list[Row]:
    """One page of the list. ``status``: one of a booking's, ``coming`` (the next one first) or empty (the latest first); ``words``,
    ``digits`` and ``plate`` are the same search in three spellings, empty: no search. ``total`` is how many there are.
    """
    return await many(
        tx,
        row,
        "with found as ("
        "  select b.id, b.number, b.status, b.during, b.scheduled_at, b.bay_id, b.service_type, b.client_id, b.vehicle_id,"
        "         coalesce(c.name, '') as client, coalesce(c.phone, '') as phone, count(*) over () as total"
        "    from bookings b left join clients c on c.id = b.client_id"
        "   where b.number is not null"
        "     and case $1::text when '' then true"
        "           when 'coming' then b.status = 'requested'"
        "                              or (b.status in ('confirmed', 'arrived', 'in_work') and upper(b.during) > $5::timestamptz)"
        "           else b.status = $1 end"
        "     and ($2::text = '' or position($2 in lower(c.name)) > 0 or position($2 in lower(b.service_type)) > 0"
        "          or ($3::text <> '' and (b.number::text = $3 or position($3 in coalesce(c.phone, '')) > 0))"
        "          or exists (select from vehicles v where v.client_id = b.client_id and (b.vehicle_id is null or v.id = b.vehicle_id)"
        "                and (position($2 in lower(concat_ws(' ', v.make, v.model))) > 0"
        "                     or ($4::text <> '' and position($4 in replace(translate(upper(coalesce(v.plate, '')), 'ABEKMHOPCTYX',"
        "                                                                          'АВЕКМНОРСТУХ'), ' ', '')) > 0))))"
        "   order by case when $1 = 'coming' then coalesce(b.scheduled_at, '-infinity') end, b.scheduled_at desc nulls first, b.number desc"
        "   limit $6 offset $7)"
        " select f.number, f.status, lower(f.during) as starts_at, upper(f.during) as ends_at, coalesce(y.name, '') as bay,"
        "        f.service_type as service, f.client, f.client_id, f.phone, coalesce(v.car, '') as car, coalesce(v.plate, '') as plate,"
        "        exists (select from booking_events e where e.booking_id = f.id and e.revision = 1 and e.actor <> 'member')"
        "          as is_by_assistant, f.total"
        "   from found f left join bays y on y.id = f.bay_id"
        "   left join lateral (select concat_ws(' ', nullif(v.make, ''), nullif(v.model, '')) as car, v.plate from vehicles v"
        "                       where v.client_id = f.client_id"
        "                       order by (v.id = f.vehicle_id) desc nulls last, v.created_at desc, v.id desc limit 1) v on true"
        "  order by case when $1 = 'coming' then coalesce(f.scheduled_at, '-infinity') end, f.scheduled_at desc nulls first, f.number desc",
        status,
        words,
        digits,
        plate,
        now,
        limit,
        offset,
    )


async def select_one(tx: AccountTx, row: type[Row], number: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select b.id, b.number, b.status, b.bay_id, lower(b.during) as starts_at, upper(b.during) as ends_at, coalesce(y.name, '') as bay,"
        "       b.service_type as service, b.description, b.client_id, b.chat_id, coalesce(c.name, '') as client,"
        "       coalesce(c.phone, '') as phone, coalesce(v.car, '') as car, coalesce(v.plate, '') as plate,"
        "       exists (select from booking_events e where e.booking_id = b.id and e.revision = 1 and e.actor <> 'member')"
        "         as is_by_assistant"
        "  from bookings b left join clients c on c.id = b.client_id left join bays y on y.id = b.bay_id"
        "  left join lateral (select concat_ws(' ', nullif(v.make, ''), nullif(v.model, '')) as car, v.plate from vehicles v"
        "                      where v.client_id = b.client_id"
        "                      order by (v.id = b.vehicle_id) desc nulls last, v.created_at desc, v.id desc limit 1) v on true"
        " where b.number = $1",
        number,
    )


async def count_between(tx: AccountTx, since: datetime, until: datetime) -> int:
    """Bookings that begin then and are neither given up nor over before they began."""
    return await value(
        tx,
        "select count(*) from bookings where scheduled_at >= $1 and scheduled_at < $2"
        "   and status in ('confirmed', 'arrived', 'in_work', 'done')",
        since,
        until,
    )


# ---- what a new booking may name ----------------------------------------------------------------


async def select_found_clients(tx: AccountTx, row: type[Row], *, words: str, digits: str, plate: str, limit: int) -> list[Row]:
    """By name, phone or plate, as `select_page` searches; whoever came last first."""
    return await many(
        tx,
        row,
        "select c.id, c.name, coalesce(c.phone, '') as phone,"
        "       coalesce((select string_agg(concat_ws(' ', nullif(v.make, ''), nullif(v.model, ''), v.plate), ', ' order by v.id desc)"
        "                   from vehicles v where v.client_id = c.id), '') as cars"
        "  from clients c"
        " where c.merged_into is null"
        "   and (position($1 in lower(c.name)) > 0 or ($2::text <> '' and position($2 in coalesce(c.phone, '')) > 0)"
        "    or ($3::text <> '' and exists (select from vehicles v where v.client_id = c.id"
        "         and position($3 in replace(translate(upper(coalesce(v.plate, '')), 'ABEKMHOPCTYX', 'АВЕКМНОРСТУХ'), ' ', '')) > 0)))"
        " order by c.id desc limit $4",
        words,
        digits,
        plate,
        limit,
    )


async def select_client(tx: AccountTx, row: type[Row], client_id: int) -> Row | None:
    return await maybe(tx, row, "select id, name, coalesce(phone, '') as phone, '' as cars from clients where id = $1", client_id)


async def select_vehicles(tx: AccountTx, row: type[Row], client_id: int) -> list[Row]:
    """The latest first."""
    return await many(
        tx,
        row,
        "select id, concat_ws(' ', nullif(make, ''), nullif(model, '')) as car, coalesce(plate, '') as plate from vehicles"
        " where client_id = $1 order by created_at desc, id desc",
        client_id,
    )


async def list_timed_sections(tx: AccountTx) -> list[str]:
    """Sections whose works have a length of their own."""
    return await value(tx, "select coalesce(array_agg(section order by section), '{}') from service_durations")
