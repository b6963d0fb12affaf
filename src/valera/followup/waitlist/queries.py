"""Statements about the waitlist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from valera.kit.db import execute, many, maybe, one, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


# ---- who waits ----------------------------------------------------------------------------------


async def insert_entry(
    tx: AccountTx,
    row: type[Row],
    *,
    client_id: int,
    chat_id: int,
    turn_id: int,
    service: str,
    duration_minutes: int,
    wish_from: datetime,
    wish_until: datetime,
    wish: dict[str, Any],
) -> Row:
    return await one(
        tx,
        row,
        "insert into waitlist (client_id, chat_id, turn_id, service, duration_minutes, wish_from, wish_until, wish)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)"
        " returning id, client_id, chat_id, service, duration_minutes, wish as stored, state = 'waiting' as is_waiting",
        client_id,
        chat_id,
        turn_id,
        service,
        duration_minutes,
        wish_from,
        wish_until,
        wish,
    )


async def lock_waiting_of(tx: AccountTx, row: type[Row], client_id: int) -> list[Row]:
    """Takes the client, too: of two wishes at once the second finds the first."""
    await execute(tx, "select from clients where id = $1 for no key update", client_id)
    return await select_waiting_of(tx, row, client_id)


async def select_waiting_of(tx: AccountTx, row: type[Row], client_id: int) -> list[Row]:
    return await many(
        tx,
        row,
        "select id, client_id, chat_id, service, duration_minutes, wish as stored, true as is_waiting from waitlist"
        " where client_id = $1 and state = 'waiting' order by id",
        client_id,
    )


async def select_waiting(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(
        tx,
        row,
        "select id, client_id, chat_id, service, duration_minutes, wish as stored, true as is_waiting from waitlist"
        " where state = 'waiting' order by id",
    )


async def select_idle(tx: AccountTx, row: type[Row], limit: int, now: datetime) -> list[Row]:
    """Who waits, can be reached, and has no open offer, in order."""
    return await many(
        tx,
        row,
        "select w.id, w.client_id, w.chat_id, w.service, w.duration_minutes, w.wish as stored, true as is_waiting from waitlist w"
        "  join clients c on c.id = w.client_id and c.unreachable_at is null"
        " where w.state = 'waiting' and w.wish_until > $2"
        "   and not exists (select from waitlist_offers o where o.entry_id = w.id and o.state = 'open')"
        " order by w.id limit $1",
        limit,
        now,
    )


async def has_waiting(tx: AccountTx) -> bool:
    return await value(tx, "select exists (select from waitlist where state = 'waiting')")


async def update_left(tx: AccountTx, client_id: int, now: datetime) -> int:
    return await value(
        tx,
        "with gone as (update waitlist set state = 'left', ended_at = $2 where client_id = $1 and state = 'waiting' returning id),"
        " withdrawn as (update waitlist_offers o set state = 'skipped', decided_at = $2 from gone where o.entry_id = gone.id"
        "                  and o.state = 'open')"
        " select count(*) from gone",
        client_id,
        now,
    )


async def update_off(tx: AccountTx, entry_id: int, now: datetime) -> bool:
    """False: it waits no longer, or is not here."""
    return bool(
        await value(
            tx,
            "with gone as (update waitlist set state = 'left', ended_at = $2 where id = $1 and state = 'waiting' returning id),"
            " withdrawn as (update waitlist_offers o set state = 'skipped', decided_at = $2 from gone where o.entry_id = gone.id"
            "                  and o.state = 'open')"
            " select count(*) from gone",
            entry_id,
            now,
        )
    )


async def update_back(tx: AccountTx, entry_id: int, now: datetime) -> bool:
    """In the old place. False: it did not leave, or the wished time is over."""
    return bool(
        await execute(
            tx,
            "update waitlist set state = 'waiting', ended_at = null where id = $1 and state = 'left' and wish_until > $2",
            entry_id,
            now,
        )
    )


async def update_booked(tx: AccountTx, entry_id: int, *, booking_id: int, now: datetime) -> None:
    await execute(tx, "update waitlist set state = 'booked', booking_id = $2, ended_at = $3 where id = $1", entry_id, booking_id, now)


async def end_fulfilled(tx: AccountTx, booking_id: int, now: datetime) -> int:
    """Whoever booked a time that they waited for, by whichever way, waits for it no longer."""
    return await execute(
        tx,
        "with done as (update waitlist w set state = 'booked', booking_id = b.id, ended_at = $2 from bookings b"
        "   where b.id = $1 and b.status = 'confirmed' and w.state = 'waiting' and w.client_id = b.client_id"
        "     and lower(b.during) >= w.wish_from and lower(b.during) < w.wish_until returning w.id)"
        " update waitlist_offers o set state = 'skipped', decided_at = $2 from done where o.entry_id = done.id and o.state = 'open'",
        booking_id,
        now,
    )


async def expire_entry(tx: AccountTx, entry_id: int, now: datetime) -> bool:
    """The time that was wished is over. False: it ended otherwise, or was erased."""
    return bool(
        await value(
            tx,
            "with ended as (update waitlist set state = 'expired', ended_at = $2 where id = $1 and state = 'waiting' and wish_until <= $2"
            "               returning id),"
            " withdrawn as (update waitlist_offers o set state = 'expired', decided_at = $2 from ended where o.entry_id = ended.id"
            "                  and o.state = 'open')"
            " select count(*) from ended",
            entry_id,
            now,
        )
    )


# ---- offers -------------------------------------------------------------------------------------


async def lock_waitlist(tx: AccountTx) -> None:
    """One of the shop's offers is decided on at a time. Taken before any chat; whoever holds it does not ask for the bookings' lock."""
    await execute(tx, "select pg_advisory_xact_lock(hashtextextended('waitlist', current_setting('app.account_id')::bigint))")


async def insert_offer(tx: AccountTx, *, entry_id: int, key: str, starts_at: datetime, ends_at: datetime, expires_at: datetime) -> int:
    return await value(
        tx,
        "insert into waitlist_offers (entry_id, key, during, expires_at) values ($1, $2, tstzrange($3, $4), $5) returning id",
        entry_id,
        key,
        starts_at,
        ends_at,
        expires_at,
    )


async def update_said(tx: AccountTx, offer_id: int, turn_id: int) -> None:
    await execute(tx, "update waitlist_offers set turn_id = $2 where id = $1", offer_id, turn_id)


async def select_passed(tx: AccountTx, entry_id: int) -> list[tuple[datetime, datetime]]:
    """Times that this one was offered and did not take, and those that are offered to somebody else now."""
    rows = await tx.connection.fetch(
        "select lower(during) as starts_at, upper(during) as ends_at from waitlist_offers"
        " where state = 'open' or (entry_id = $1 and state in ('skipped', 'expired'))",
        entry_id,
    )
    return [(row["starts_at"], row["ends_at"]) for row in rows]


async def lock_offered(tx: AccountTx, row: type[Row], *, chat_id: int, key: str) -> Row | None:
    """The entry that this key was offered to; before the offer itself, as everybody takes them."""
    return await maybe(
        tx,
        row,
        "select id, client_id, chat_id, service, duration_minutes, wish as stored, state = 'waiting' as is_waiting from waitlist w"
        " where chat_id = $1 and id = (select entry_id from waitlist_offers where key = $2) for no key update",
        chat_id,
        key,
    )


async def lock_offer(tx: AccountTx, row: type[Row], key: str) -> Row:
    return await one(
        tx,
        row,
        "select id, key, lower(during) as starts_at, state from waitlist_offers where key = $1 for no key update",
        key,
    )


async def update_decided(tx: AccountTx, offer_id: int, *, state: str, now: datetime) -> None:
    await execute(tx, "update waitlist_offers set state = $2, decided_at = coalesce(decided_at, $3) where id = $1", offer_id, state, now)


async def expire_offer(tx: AccountTx, offer_id: int, now: datetime) -> bool:
    """False: it was decided before."""
    return bool(
        await execute(
            tx,
            "update waitlist_offers set state = 'expired', decided_at = $2 where id = $1 and state = 'open' and expires_at <= $2",
            offer_id,
            now,
        )
    )


async def find_booking(tx: AccountTx, entry_id: int) -> int | None:
    return await value(tx, "select booking_id from waitlist where id = $1", entry_id)
