"""Statements about offers and proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from valera.kit.db import AccountId, execute, maybe, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx, QueueTx

Row = TypeVar("Row")


async def has_calendar(tx: AccountTx) -> bool:
    """Whether times can be looked up at all: without bays or hours a shop works by request."""
    return await value(tx, "select exists (select from bays where is_open) and exists (select from opening_hours)")


# ---- offers -------------------------------------------------------------------------------------


async def delete_dead_offers(tx: AccountTx, chat_id: int, now: datetime) -> None:
    await execute(tx, "delete from slot_offers where chat_id = $1 and expires_at <= $2", chat_id, now)


async def insert_offers(
    tx: AccountTx,
    *,
    chat_id: int,
    keys: list[str],
    starts: list[datetime],
    expires: list[datetime],
    duration_minutes: int,
    service: str,
    sections: list[str],
) -> list[str]:
    """The keys that the chat had no offer of."""
    return await value(
        tx,
        "with made as (insert into slot_offers (chat_id, key, starts_at, expires_at, duration_minutes, service, sections)"
        "              select $1, key, starts_at, expires_at, $5, $6, $7"
        "                from unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) as shown (key, starts_at, expires_at)"
        "              on conflict (account_id, chat_id, key) do nothing returning key)"
        " select coalesce(array_agg(key), '{}') from made",
        chat_id,
        keys,
        starts,
        expires,
        duration_minutes,
        service,
        sections,
    )


async def find_offer(tx: AccountTx, row: type[Row], *, chat_id: int, key: str, now: datetime) -> Row | None:
    return await maybe(
        tx,
        row,
        "select key, starts_at, duration_minutes, service, sections from slot_offers where chat_id = $1 and key = $2 and expires_at > $3",
        chat_id,
        key,
        now,
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
    beside: list[int] | None = None,
) -> None:
    await execute(
        tx,
        "insert into proposals (chat_id, key, kind, booking_id, turn_id, expires_at, during, bay_id, beside)"
        " values ($1, $2, $3, $4, $5, $6, case when $7::timestamptz is not null then tstzrange($7, $8) end, $9, $10)",
        chat_id,
        key,
        kind,
        booking_id,
        turn_id,
        expires_at,
        starts_at,
        ends_at,
        bay_id,
        beside or [],
    )


async def select_proposal(tx: AccountTx, row: type[Row], *, chat_id: int, key: str | None = None) -> Row | None:
    """Of this key, else the open one."""
    return await maybe(
        tx,
        row,
        "select p.id, p.key, p.kind, p.state, p.chat_id, p.booking_id, b.number, b.service_type as service, b.description as wish,"
        " lower(coalesce(p.during, b.during)) as starts_at, upper(coalesce(p.during, b.during)) as ends_at,"
        " case when p.kind = 'move' then b.scheduled_at end as previous_start, p.bay_id, p.expires_at, p.beside"
        " from proposals p join bookings b on b.id = p.booking_id"
        " where p.chat_id = $1 and case when $2::text is null then p.state = 'open' else p.key = $2 end",
        chat_id,
        key,
    )


async def renew_proposal(tx: AccountTx, proposal_id: int, expires_at: datetime, *, turn_id: int | None, beside: list[int]) -> None:
    await execute(
        tx,
        "with renewed as (update proposals set expires_at = $2, turn_id = coalesce($3, turn_id), beside = $4 where id = $1"
        "                 returning booking_id)"
        " update bookings b set hold_expires_at = $2 from renewed where b.id = renewed.booking_id and b.status = 'held'",
        proposal_id,
        expires_at,
        turn_id,
        beside,
    )


async def update_accepted(tx: AccountTx, proposal_id: int, now: datetime) -> None:
    await execute(tx, "update proposals set state = 'accepted', decided_at = $2 where id = $1", proposal_id, now)


async def close_open_proposal(tx: AccountTx, chat_id: int, state: str, now: datetime) -> int | None:
    """The hold that stood behind the chat's open proposal, if any."""
    return await value(
        tx,
        "with closed as (update proposals set state = $2, decided_at = $3 where chat_id = $1 and state = 'open' returning booking_id)"
        " select b.id from closed join bookings b on b.id = closed.booking_id where b.status = 'held'",
        chat_id,
        state,
        now,
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


# ---- what a booking is about --------------------------------------------------------------------


async def select_service(tx: AccountTx, booking_id: int) -> str:
    return await value(tx, "select service_type from bookings where id = $1", booking_id)


async def select_price_answers(tx: AccountTx, chat_id: int, limit: int) -> list[dict[str, Any]]:
    """What `find_prices` answered in this chat, the last one first."""
    return await value(
        tx,
        "select coalesce(array_agg(content order by turn_id desc, step_no desc), '{}') from ("
        "  select s.content -> 'content' as content, s.turn_id, s.step_no from turns t join turn_steps s on s.turn_id = t.id"
        "   where t.chat_id = $1 and s.kind = 'tool' and s.content ->> 'tool' = 'find_prices' and s.content ->> 'outcome' = 'done'"
        "   order by s.turn_id desc, s.step_no desc limit $2) latest",
        chat_id,
        limit,
    )


async def update_quoted(tx: AccountTx, booking_id: int, *, quote: dict[str, Any] | None) -> None:
    await execute(
        tx,
        "update bookings b set quote = $2, vehicle_id = coalesce(vehicle_id, (select v.id from vehicles v where v.client_id = b.client_id"
        "    order by v.created_at desc, v.id desc limit 1)) where b.id = $1",
        booking_id,
        quote,
    )


# ---- what waited too long -----------------------------------------------------------------------


async def expire_stale_proposals(tx: AccountTx, now: datetime) -> None:
    await execute(tx, "update proposals set state = 'expired', decided_at = $1 where state = 'open' and expires_at <= $1", now)


async def list_stale_holds(tx: AccountTx, now: datetime) -> list[int]:
    return await value(
        tx, "select coalesce(array_agg(id order by id), '{}') from bookings where status = 'held' and hold_expires_at <= $1", now
    )


async def accounts_with_stale_holds(tx: QueueTx) -> list[AccountId]:
    """Shops that have something to expire; by the database's clock, ids only."""
    rows = await tx.connection.fetch(
        "select distinct account_id from bookings where status = 'held' and hold_expires_at < now() order by 1"
    )
    return [AccountId(row["account_id"]) for row in rows]
