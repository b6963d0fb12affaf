"""Statements about bays, hours, slots, bookings and proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from valera.kit.db import AccountId, execute, execute_many, many, maybe, one, value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime, time

    from valera.kit.db import AccountTx, QueueTx

Row = TypeVar("Row")

# ---- the workshop -------------------------------------------------------------------------------


async def select_hours(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(tx, row, "select weekday, opens, closes from opening_hours order by weekday, opens")


async def delete_hours(tx: AccountTx) -> None:
    await execute(tx, "delete from opening_hours")


async def insert_hours(tx: AccountTx, hours: Iterable[tuple[int, time, time]]) -> None:
    await execute_many(tx, "insert into opening_hours (weekday, opens, closes) values ($1, $2, $3)", hours)


async def select_holidays(tx: AccountTx, since: date) -> set[date]:
    return set(await value(tx, "select coalesce(array_agg(closed_on), '{}') from holidays where closed_on >= $1", since))


async def upsert_holiday(tx: AccountTx, closed_on: date, name: str) -> None:
    await execute(
        tx,
        "insert into holidays (closed_on, name) values ($1, $2) on conflict (account_id, closed_on) do update set name = excluded.name",
        closed_on,
        name,
    )


async def insert_bay(tx: AccountTx, name: str) -> int:
    """A bay of that name, opened again if it was there."""
    return await value(
        tx, "insert into bays (name) values ($1) on conflict (account_id, name) do update set is_open = true returning id", name
    )


async def upsert_duration(tx: AccountTx, section: str, minutes: int) -> None:
    await execute(
        tx,
        "insert into service_durations (section, minutes) values ($1, $2)"
        " on conflict (account_id, section) do update set minutes = excluded.minutes",
        section,
        minutes,
    )


async def select_durations(tx: AccountTx) -> dict[str, int]:
    """Section of the price list → minutes."""
    return await value(tx, "select coalesce(jsonb_object_agg(section, minutes), '{}') from service_durations")


# ---- what is taken ------------------------------------------------------------------------------


async def lock_bookings(tx: AccountTx) -> None:
    """Changes of one shop's bookings wait for each other, until this transaction ends."""
    await execute(tx, "select pg_advisory_xact_lock(hashtextextended('bookings', current_setting('app.account_id')::bigint))")


async def expire_stale(tx: AccountTx, now: datetime) -> list[int]:
    """Holds and proposals whose time is over; the ids of the holds."""
    return await value(
        tx,
        "with stale as (update bookings set status = 'expired' where status = 'held' and hold_expires_at <= $1 returning id),"
        " closed as (update proposals set state = 'expired', decided_at = $1 where state = 'open' and expires_at <= $1),"
        " noted as (insert into booking_events (booking_id, event, actor) select id, 'expired', 'system' from stale)"
        " select coalesce(array_agg(id order by id), '{}') from stale",
        now,
    )


async def select_taken(
    tx: AccountTx, row: type[Row], since: datetime, until: datetime, *, now: datetime, chat_id: int | None, booking_id: int | None
) -> list[Row]:
    """One row for each open bay; what this chat holds and the booking that would be moved are not in its own way.

    A stay is looked for 31 days back from ``since``: works last a week at most, and row-level security keeps `&&` away from the index.
    """
    return await many(
        tx,
        row,
        "with taken as ("
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
        "  from bays y left join merged m on m.bay_id = y.id where y.is_open order by y.id",
        since,
        until,
        now,
        chat_id,
        booking_id,
    )


async def find_free_bay(
    tx: AccountTx, starts_at: datetime, ends_at: datetime, *, booking_id: int | None, proposal_id: int | None, preferred: int | None
) -> int | None:
    """An open bay that is free all that time, apart from this booking's and this proposal's own. Stale holds are expired beforehand."""
    return await value(
        tx,
        "select y.id from bays y where y.is_open"
        "  and not exists (select from bookings b where b.bay_id = y.id and b.status not in ('cancelled', 'expired', 'no_show')"
        "        and b.scheduled_at < $2 and b.scheduled_at > $1::timestamptz - interval '31 days' and upper(b.during) > $1"
        "        and b.id is distinct from $3::bigint)"
        "  and not exists (select from proposals p where p.bay_id = y.id and p.state = 'open' and p.kind = 'move'"
        "        and p.during && tstzrange($1, $2) and p.id is distinct from $4::bigint)"
        " order by y.id = $5::bigint desc nulls last, y.id limit 1",
        starts_at,
        ends_at,
        booking_id,
        proposal_id,
        preferred,
    )


# ---- offers -------------------------------------------------------------------------------------


async def delete_dead_offers(tx: AccountTx, chat_id: int, now: datetime) -> None:
    await execute(tx, "delete from slot_offers where chat_id = $1 and expires_at <= $2", chat_id, now)


async def insert_offer(
    tx: AccountTx, *, chat_id: int, key: str, starts_at: datetime, duration_minutes: int, service: str, expires_at: datetime
) -> bool:
    """False: the chat has an offer of that key."""
    return bool(
        await execute(
            tx,
            "insert into slot_offers (chat_id, key, starts_at, duration_minutes, service, expires_at) values ($1, $2, $3, $4, $5, $6)"
            " on conflict (account_id, chat_id, key) do nothing",
            chat_id,
            key,
            starts_at,
            duration_minutes,
            service,
            expires_at,
        )
    )


async def find_offer(tx: AccountTx, row: type[Row], *, chat_id: int, key: str, now: datetime) -> Row | None:
    return await maybe(
        tx,
        row,
        "select key, starts_at, duration_minutes, service from slot_offers where chat_id = $1 and key = $2 and expires_at > $3",
        chat_id,
        key,
        now,
    )


# ---- bookings -----------------------------------------------------------------------------------


async def select_booking(tx: AccountTx, row: type[Row], booking_id: int) -> Row:
    return await one(
        tx,
        row,
        "select b.id, b.number, b.status, b.chat_id, b.client_id, b.service_type as service, b.description, lower(b.during) as starts_at,"
        " upper(b.during) as ends_at, b.bay_id, y.name as bay from bookings b join bays y on y.id = b.bay_id where b.id = $1",
        booking_id,
    )


async def select_client_bookings(tx: AccountTx, row: type[Row], client_id: int, now: datetime) -> list[Row]:
    """Real and not over yet, the next one first."""
    return await many(
        tx,
        row,
        "select b.id, b.number, b.status, b.chat_id, b.client_id, b.service_type as service, b.description, lower(b.during) as starts_at,"
        " upper(b.during) as ends_at, b.bay_id, y.name as bay from bookings b join bays y on y.id = b.bay_id"
        " where b.client_id = $1 and b.status in ('requested', 'confirmed', 'arrived', 'in_work') and upper(b.during) > $2"
        " order by b.scheduled_at, b.id",
        client_id,
        now,
    )


async def insert_hold(
    tx: AccountTx,
    *,
    key: str,
    chat_id: int,
    client_id: int,
    bay_id: int,
    starts_at: datetime,
    ends_at: datetime,
    expires_at: datetime,
    service: str,
    description: str,
    turn_id: int | None,
) -> None:
    """The hold, the row that says who made it, and the proposal that would make it real."""
    await execute(
        tx,
        "with held as (insert into bookings (chat_id, client_id, bay_id, during, hold_expires_at, service_type, description)"
        "              values ($1, $2, $3, tstzrange($4, $5), $6, $7, $8) returning id),"
        " noted as (insert into booking_events (booking_id, event, actor, turn_id) select id, 'held', 'assistant', $9::bigint from held)"
        " insert into proposals (chat_id, key, kind, booking_id, turn_id, expires_at) select $1, $10, 'book', id, $9, $6 from held",
        chat_id,
        client_id,
        bay_id,
        starts_at,
        ends_at,
        expires_at,
        service,
        description,
        turn_id,
        key,
    )


async def next_number(tx: AccountTx) -> int:
    """Under the lock, and undone with the transaction: numbers have no gaps."""
    return await value(
        tx,
        "insert into counters (name, value) values ('booking', 1)"
        " on conflict (account_id, name) do update set value = counters.value + 1 returning value",
    )


async def update_confirmed(tx: AccountTx, booking_id: int, number: int) -> None:
    await execute(
        tx,
        "update bookings set status = 'confirmed', number = $2, hold_expires_at = null where id = $1 and status = 'held'",
        booking_id,
        number,
    )


async def update_moved(tx: AccountTx, booking_id: int, *, bay_id: int, starts_at: datetime, ends_at: datetime) -> None:
    await execute(tx, "update bookings set bay_id = $2, during = tstzrange($3, $4) where id = $1", booking_id, bay_id, starts_at, ends_at)


async def update_cancelled(tx: AccountTx, booking_id: int) -> None:
    await execute(tx, "update bookings set status = 'cancelled' where id = $1", booking_id)


async def insert_client_event(tx: AccountTx, booking_id: int, event: str, *, message_id: int, details: dict[str, Any]) -> None:
    await execute(
        tx,
        "insert into booking_events (booking_id, event, actor, message_id, details) values ($1, $2, 'client', $3, $4)",
        booking_id,
        event,
        message_id,
        details,
    )


async def find_previous_start(tx: AccountTx, booking_id: int, proposal_key: str) -> datetime | None:
    """Where a booking stood before this proposal moved it."""
    return await value(
        tx,
        "select (details->>'from')::timestamptz from booking_events"
        " where booking_id = $1 and event = 'moved' and details->>'proposal' = $2",
        booking_id,
        proposal_key,
    )


# ---- proposals ----------------------------------------------------------------------------------


async def insert_proposal(
    tx: AccountTx,
    *,
    chat_id: int,
    key: str,
    kind: str,
    booking_id: int,
    turn_id: int | None,
    expires_at: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    bay_id: int | None = None,
) -> None:
    await execute(
        tx,
        "insert into proposals (chat_id, key, kind, booking_id, turn_id, expires_at, during, bay_id)"
        " values ($1, $2, $3, $4, $5, $6, case when $7::timestamptz is not null then tstzrange($7, $8) end, $9)",
        chat_id,
        key,
        kind,
        booking_id,
        turn_id,
        expires_at,
        starts_at,
        ends_at,
        bay_id,
    )


async def select_proposal(tx: AccountTx, row: type[Row], *, chat_id: int, key: str | None = None) -> Row | None:
    """Of this key, else the open one."""
    return await maybe(
        tx,
        row,
        "select p.id, p.key, p.kind, p.state, p.chat_id, p.booking_id, b.number, b.service_type as service,"
        " lower(coalesce(p.during, b.during)) as starts_at, upper(coalesce(p.during, b.during)) as ends_at,"
        " case when p.kind = 'move' then b.scheduled_at end as previous_start, p.bay_id, p.expires_at"
        " from proposals p join bookings b on b.id = p.booking_id"
        " where p.chat_id = $1 and case when $2::text is null then p.state = 'open' else p.key = $2 end",
        chat_id,
        key,
    )


async def renew_proposal(tx: AccountTx, proposal_id: int, expires_at: datetime, turn_id: int | None) -> None:
    await execute(
        tx,
        "with renewed as (update proposals set expires_at = $2, turn_id = coalesce($3, turn_id) where id = $1 returning booking_id)"
        " update bookings b set hold_expires_at = $2 from renewed where b.id = renewed.booking_id and b.status = 'held'",
        proposal_id,
        expires_at,
        turn_id,
    )


async def update_accepted(tx: AccountTx, proposal_id: int, now: datetime) -> None:
    await execute(tx, "update proposals set state = 'accepted', decided_at = $2 where id = $1", proposal_id, now)


async def close_open_proposal(tx: AccountTx, chat_id: int, state: str, now: datetime) -> None:
    """The chat's open proposal, if any, ends without a yes; a hold behind it frees its bay at once."""
    await execute(
        tx,
        "with closed as (update proposals set state = $2, decided_at = $3 where chat_id = $1 and state = 'open' returning booking_id),"
        " freed as (update bookings b set status = 'expired' from closed"
        "            where b.id = closed.booking_id and b.status = 'held' returning b.id)"
        " insert into booking_events (booking_id, event, actor, details)"
        " select id, 'expired', 'system', jsonb_build_object('proposal', $2::text) from freed",
        chat_id,
        state,
        now,
    )


async def accounts_with_stale_holds(tx: QueueTx) -> list[AccountId]:
    """Shops that have something to expire; by the database's clock, ids only."""
    rows = await tx.connection.fetch(
        "select distinct account_id from bookings where status = 'held' and hold_expires_at < now() order by 1"
    )
    return [AccountId(row["account_id"]) for row in rows]
