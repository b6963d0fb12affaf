"""Statements of pruning: each looks at one stretch of a table, in the order in which it lies on disk, and deletes what is old there.

No index is needed for it, and nothing is read twice. Policies of the schema keep younger rows from being deleted, whatever is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import QueueTx, one, value

if TYPE_CHECKING:
    from datetime import timedelta

Row = TypeVar("Row")
Place = tuple[int, int]
"""Page and line of a row."""


async def take_broom(tx: QueueTx) -> bool:
    """Whether no other process of the installation prunes. Held until the connection ends."""
    return await value(tx, "select pg_try_advisory_lock(2, 1)")


async def prune_updates(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, done_at from telegram_updates where ctid > $1::tid limit $3),"
        " pruned as (delete from telegram_updates t using stretch where t.ctid = stretch.at and stretch.done_at < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_conflicts(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, done_at from telegram_update_conflicts where ctid > $1::tid limit $3),"
        " pruned as (delete from telegram_update_conflicts t using stretch"
        "             where t.ctid = stretch.at and stretch.done_at < now() - $2::interval returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_presses(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, received_at from button_presses where ctid > $1::tid limit $3),"
        " pruned as (delete from button_presses t using stretch where t.ctid = stretch.at and stretch.received_at < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_quarantine(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, received_at from quarantined_updates where ctid > $1::tid limit $3),"
        " pruned as (delete from quarantined_updates t using stretch"
        "             where t.ctid = stretch.at and stretch.received_at < now() - $2::interval returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_deliveries(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, state, created_at from deliveries where ctid > $1::tid limit $3),"
        " pruned as (delete from deliveries t using stretch where t.ctid = stretch.at"
        "               and stretch.state in ('sent', 'failed', 'withdrawn') and stretch.created_at < now() - $2::interval returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_steps(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    """Turns themselves stay: without its turn a client's message would wait for an answer again."""
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, created_at from turn_steps where ctid > $1::tid limit $3),"
        " pruned as (delete from turn_steps t using stretch where t.ctid = stretch.at and stretch.created_at < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_offers(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, expires_at from slot_offers where ctid > $1::tid limit $3),"
        " pruned as (delete from slot_offers t using stretch where t.ctid = stretch.at and stretch.expires_at < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_proposals(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, state, expires_at from proposals where ctid > $1::tid limit $3),"
        " pruned as (delete from proposals t using stretch where t.ctid = stretch.at"
        "               and stretch.state <> 'open' and stretch.expires_at < now() - $2::interval returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_requests(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, created_at from api_requests where ctid > $1::tid limit $3),"
        " pruned as (delete from api_requests t using stretch where t.ctid = stretch.at and stretch.created_at < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_trials(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, touched_at from trials where ctid > $1::tid limit $3),"
        " pruned as (delete from trials t using stretch where t.ctid = stretch.at and stretch.touched_at < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_changes(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    """The web processes do it every minute; this is for an installation in which none runs."""
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as place, at from live_changes where ctid > $1::tid limit $3),"
        " pruned as (delete from live_changes t using stretch where t.ctid = stretch.place and stretch.at < now() - $2::interval"
        "             returning 1)"
        " select (select max(place) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_workers(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, alive_until from workers where ctid > $1::tid limit $3),"
        " pruned as (delete from workers t using stretch where t.ctid = stretch.at and stretch.alive_until < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_sessions(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, ends_at from sessions where ctid > $1::tid limit $3),"
        " pruned as (delete from sessions t using stretch where t.ctid = stretch.at and stretch.ends_at < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_sign_ins(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, expires_at from sign_ins where ctid > $1::tid limit $3),"
        " pruned as (delete from sign_ins t using stretch where t.ctid = stretch.at and stretch.expires_at < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_used_sign_ins(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, expires_at from used_sign_ins where ctid > $1::tid limit $3),"
        " pruned as (delete from used_sign_ins t using stretch where t.ctid = stretch.at and stretch.expires_at < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_login_links(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, expires_at from login_links where ctid > $1::tid limit $3),"
        " pruned as (delete from login_links t using stretch where t.ctid = stretch.at and stretch.expires_at < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_limits(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, free_at from limits where ctid > $1::tid limit $3),"
        " pruned as (delete from limits t using stretch where t.ctid = stretch.at and stretch.free_at < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )


async def prune_job_log(tx: QueueTx, row: type[Row], *, after: Place, keep: timedelta, limit: int) -> Row:
    return await one(
        tx,
        row,
        "with stretch as materialized (select ctid as at, created from jobs.pgqueuer_log where ctid > $1::tid limit $3),"
        " pruned as (delete from jobs.pgqueuer_log t using stretch where t.ctid = stretch.at and stretch.created < now() - $2::interval"
        "             returning 1)"
        " select (select max(at) from stretch) as reached, (select count(*) from pruned) as pruned",
        after,
        keep,
        limit,
    )
