"""Statements about bays, hours, holidays, durations, and what is taken of each bay."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, execute_many, many, one, value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime, time

    from valera.kit.db import AccountTx

Row = TypeVar("Row")

# ---- the workshop -------------------------------------------------------------------------------


async def select_workshop(tx: AccountTx, row: type[Row], now: datetime) -> Row:
    """Settings, zone, hours, and the days from yesterday on that are not like their weekday, all at once."""
    return await one(
        tx,
        row,
        "select a.settings, a.time_zone, days.first_day,"
        " (select coalesce(jsonb_agg(jsonb_build_array(weekday, opens, closes) order by weekday, opens), '[]')"
        "    from opening_hours) as hours,"
        " (select coalesce(array_agg(closed_on), '{}') from holidays where closed_on >= days.first_day) as holidays,"
        " (select coalesce(jsonb_agg(jsonb_build_array(on_day, opens, closes) order by on_day, opens), '[]') from special_hours"
        "   where on_day >= days.first_day) as special"
        "  from accounts a, lateral (select ($1 at time zone a.time_zone)::date - 1 as first_day) days",
        now,
    )


async def select_hours(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(tx, row, "select weekday, opens, closes from opening_hours order by weekday, opens")


async def delete_hours(tx: AccountTx) -> None:
    await execute(tx, "delete from opening_hours")


async def insert_hours(tx: AccountTx, hours: Iterable[tuple[int, time, time]]) -> None:
    await execute_many(tx, "insert into opening_hours (weekday, opens, closes) values ($1, $2, $3)", hours)


async def upsert_holidays(tx: AccountTx, first: date, last: date, name: str) -> None:
    await execute(
        tx,
        "insert into holidays (closed_on, name) select day, $3 from generate_series($1::date, $2::date, '1 day') as day"
        " on conflict (account_id, closed_on) do update set name = excluded.name",
        first,
        last,
        name,
    )


async def delete_holiday(tx: AccountTx, closed_on: date) -> None:
    await execute(tx, "delete from holidays where closed_on = $1", closed_on)


async def delete_holidays(tx: AccountTx, first: date, last: date) -> None:
    await execute(tx, "delete from holidays where closed_on between $1 and $2", first, last)


async def delete_special_hours(tx: AccountTx, first: date, last: date) -> None:
    await execute(tx, "delete from special_hours where on_day between $1 and $2", first, last)


async def insert_special_hours(tx: AccountTx, hours: Iterable[tuple[date, time, time]]) -> None:
    await execute_many(tx, "insert into special_hours (on_day, opens, closes) values ($1, $2, $3)", hours)


async def insert_bay(tx: AccountTx, name: str) -> int:
    """A bay of that name, opened again if it was there."""
    return await value(
        tx, "insert into bays (name) values ($1) on conflict (account_id, name) do update set is_open = true returning id", name
    )


async def select_bays(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(
        tx,
        row,
        "select id, name, is_open, array(select w.section from bay_works w where w.bay_id = bays.id order by 1) as sections"
        "  from bays order by id",
    )


async def update_bay(tx: AccountTx, bay_id: int, *, is_open: bool) -> None:
    await execute(tx, "update bays set is_open = $2 where id = $1", bay_id, is_open)


async def update_bay_name(tx: AccountTx, bay_id: int, name: str) -> bool:
    """False: there is no such bay."""
    return bool(await execute(tx, "update bays set name = $2 where id = $1", bay_id, name))


async def select_durations(tx: AccountTx) -> dict[str, int]:
    """Section of the price list → minutes."""
    return await value(tx, "select coalesce(jsonb_object_agg(section, minutes), '{}') from service_durations")


async def delete_duration(tx: AccountTx, section: str) -> bool:
    return bool(await execute(tx, "delete from service_durations where section = $1", section))


async def select_coming(tx: AccountTx, row: type[Row], now: datetime, until: datetime) -> list[Row]:
    """Bookings that begin between the two and are neither over nor given up, with what their bay is and does now."""
    return await many(
        tx,
        row,
        "select b.id, b.number, lower(b.during) as starts_at, upper(b.during) as ends_at, b.minutes, b.sections, y.name as bay,"
        "       y.is_open as is_bay_open, array(select w.section from bay_works w where w.bay_id = y.id) as bay_works,"
        "       b.service_type as service, coalesce(c.name, '') as client"
        "  from bookings b join bays y on y.id = b.bay_id left join clients c on c.id = b.client_id"
        " where b.status in ('held', 'requested', 'confirmed') and b.scheduled_at > $1 and b.scheduled_at < $2"
        " order by b.scheduled_at, b.id",
        now,
        until,
    )


async def select_other_days(tx: AccountTx, row: type[Row], since: date) -> list[Row]:
    """Holidays, and days with hours of their own."""
    return await many(
        tx,
        row,
        "select closed_on as on_day, name, '{}'::text[] as hours from holidays where closed_on >= $1"
        " union all"
        " select on_day, '', array_agg(to_char(opens, 'HH24:MI') || '-' || to_char(closes, 'HH24:MI') order by opens) from special_hours"
        "  where on_day >= $1 group by on_day order by 1",
        since,
    )


async def delete_bay_works(tx: AccountTx, bay_id: int) -> None:
    await execute(tx, "delete from bay_works where bay_id = $1", bay_id)


async def insert_bay_works(tx: AccountTx, bay_id: int, sections: list[str]) -> None:
    await execute(tx, "insert into bay_works (bay_id, section) select $1, unnest($2::text[])", bay_id, sections)


async def upsert_duration(tx: AccountTx, section: str, minutes: int) -> None:
    await execute(
        tx,
        "insert into service_durations (section, minutes) values ($1, $2)"
        " on conflict (account_id, section) do update set minutes = excluded.minutes",
        section,
        minutes,
    )


async def select_work_rules(tx: AccountTx, row: type[Row]) -> Row:
    """Settings, section of the price list → minutes, and the sections that some bay is dedicated to."""
    return await one(
        tx,
        row,
        "select settings, (select coalesce(jsonb_object_agg(section, minutes), '{}') from service_durations) as durations,"
        " (select coalesce(array_agg(distinct section), '{}') from bay_works) as dedicated from accounts",
    )


# ---- what is taken ------------------------------------------------------------------------------


async def select_taken(
    tx: AccountTx,
    row: type[Row],
    since: datetime,
    until: datetime,
    *,
    now: datetime,
    chat_id: int | None,
    booking_id: int | None,
    sections: list[str],
) -> list[Row]:
    """One row for each open bay that does these sections, or those of the booking that would be moved; what this chat holds and that
    booking are not in their own way.

    A work that nobody knows goes where everything is done, if there is such a bay. A stay is looked for 31 days back from ``since``, for
    none is longer: row-level security keeps `&&` away from the index.
    """
    return await many(
        tx,
        row,
        "with needed as (select coalesce(nullif((select b.sections from bookings b where b.id = $5), '{}'), $6::text[]) as sections),"
        " able as ("
        "  select y.id, y.works from (select id, array(select w.section from bay_works w where w.bay_id = bays.id) as works"
        "                               from bays where is_open) y, needed n"
        "   where y.works = '{}' or (n.sections <> '{}' and n.sections <@ y.works)"
        "      or (n.sections = '{}' and not exists (select from bays g where g.is_open"
        "          and not exists (select from bay_works w where w.bay_id = g.id)))),"
        " taken as ("
        "  select bay_id, during from bookings"
        "   where status not in ('cancelled', 'expired', 'no_show')"
        "     and scheduled_at < $2 and scheduled_at > $1::timestamptz - interval '31 days' and upper(during) > $1"
        "     and (status <> 'held' or (hold_expires_at > $3 and ($4::bigint is null or chat_id is distinct from $4)))"
        "     and id is distinct from $5::bigint"
        "  union all"
        "  select bay_id, during from proposals"
        "   where state = 'open' and kind = 'move' and expires_at > $3 and ($4::bigint is null or chat_id <> $4)),"
        " merged as (select bay_id, range_agg(during) as stays from taken group by bay_id)"
        " select array(select lower(stay) from unnest(m.stays) as stay) as begins,"
        "        array(select upper(stay) from unnest(m.stays) as stay) as ends"
        "  from able y left join merged m on m.bay_id = y.id order by y.id",
        since,
        until,
        now,
        chat_id,
        booking_id,
        sections,
    )


async def find_free_bay(
    tx: AccountTx,
    starts_at: datetime,
    ends_at: datetime,
    *,
    sections: list[str],
    booking_id: int | None,
    proposal_id: int | None,
    preferred: int | None,
    now: datetime | None = None,
    chat_id: int | None = None,
    only: int | None = None,
) -> int | None:
    """An open bay that does this work and is free all that time, apart from this booking's and this proposal's own. With ``now`` holds and
    proposals that are over are no obstacle, with ``chat_id`` what this chat waits for is none; else they are expired beforehand. ``only``:
    this bay or none.

    A bay that does only some works goes first, so that the others stay free for everything. Then the one where the least of the day is
    lost to the gaps around, so that long works still find room; then the one with the least to do that week.
    """
    return await value(
        tx,
        "with needed as (select coalesce(nullif((select b.sections from bookings b where b.id = $3), '{}'), $6::text[]) as sections),"
        " near as ("
        "  select b.bay_id, b.during from bookings b where b.status not in ('cancelled', 'expired', 'no_show')"
        "     and b.scheduled_at < $2::timestamptz + interval '4 days' and b.scheduled_at > $1::timestamptz - interval '31 days'"
        "     and upper(b.during) > $1::timestamptz - interval '4 days' and b.id is distinct from $3::bigint"
        "     and (b.status <> 'held' or (($7::timestamptz is null or b.hold_expires_at > $7)"
        "                                 and ($8::bigint is null or b.chat_id is distinct from $8)))"
        "  union all"
        "  select p.bay_id, p.during from proposals p where p.state = 'open' and p.kind = 'move' and p.id is distinct from $4::bigint"
        "     and ($7::timestamptz is null or p.expires_at > $7) and ($8::bigint is null or p.chat_id <> $8)),"
        " around as ("
        "  select bay_id, bool_or(during && tstzrange($1, $2)) as is_taken,"
        "         min($1 - upper(during)) filter (where upper(during) <= $1) as before,"
        "         min(lower(during) - $2) filter (where lower(during) >= $2) as after,"
        "         sum(upper(during) - lower(during)) as load"
        "    from near group by bay_id)"
        " select y.id from (select id, array(select w.section from bay_works w where w.bay_id = bays.id) as works"
        "                     from bays where is_open) y"
        "  cross join needed n left join around a on a.bay_id = y.id"
        " where a.is_taken is not true and ($9::bigint is null or y.id = $9)"
        "   and (y.works = '{}' or (n.sections <> '{}' and n.sections <@ y.works)"
        "        or (n.sections = '{}' and not exists (select from bays g where g.is_open"
        "            and not exists (select from bay_works w where w.bay_id = g.id))))"
        " order by y.id = $5::bigint desc nulls last, y.works <> '{}' desc,"
        "  least(coalesce(a.before, interval '12 hours'), interval '12 hours')"
        "  + least(coalesce(a.after, interval '12 hours'), interval '12 hours'), coalesce(a.load, interval '0'), y.id limit 1",
        starts_at,
        ends_at,
        booking_id,
        proposal_id,
        preferred,
        sections,
        now,
        chat_id,
        only,
    )


async def find_minutes(tx: AccountTx, booking_id: int) -> int | None:
    """How long the work of a booking takes, where it was said."""
    return await value(tx, "select minutes from bookings where id = $1", booking_id)


async def has_room(tx: AccountTx, starts_at: datetime, ends_at: datetime, *, now: datetime, chat_id: int) -> bool:
    """Whether any open bay is free all that time, whatever it does: a look before the lock is taken."""
    return await value(
        tx,
        "select exists (select from bays y where y.is_open"
        "   and not exists (select from bookings b where b.bay_id = y.id and b.status not in ('cancelled', 'expired', 'no_show')"
        "         and b.scheduled_at < $2 and b.scheduled_at > $1::timestamptz - interval '31 days' and upper(b.during) > $1"
        "         and (b.status <> 'held' or (b.hold_expires_at > $3 and b.chat_id is distinct from $4))))",
        starts_at,
        ends_at,
        now,
        chat_id,
    )
