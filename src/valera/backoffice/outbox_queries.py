"""Statements about what waits to be sent: in a shop that was restored it waits for an operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import AccountTx, Tx, execute, maybe, one, value

if TYPE_CHECKING:
    from datetime import datetime

Row = TypeVar("Row")


# ---- restoring: as valera_owner -----------------------------------------------------------------


async def insert_schema_version(tx: Tx, version: str) -> None:
    await execute(tx, "insert into alembic_version (version_num) values ($1)", version)


async def pause_bots(tx: Tx) -> None:
    """Whatever schema the backup has, a paused bot sends nothing."""
    await execute(tx, "update bots set state = 'paused' where state = 'active'")


async def insert_restores(tx: Tx, *, backed_up_at: datetime) -> None:
    """A backup may have been made of a shop that was held itself: it stays held, with all that came before this."""
    await execute(
        tx,
        "insert into restores (account_id, backed_up_at, last_update_seq, last_conflict_seq, last_turn_id, last_delivery_id)"
        " select a.id, $1, (select coalesce(max(seq), 0) from telegram_updates),"
        "        (select coalesce(max(seq), 0) from telegram_update_conflicts),"
        "        (select coalesce(max(id), 0) from turns), (select coalesce(max(id), 0) from deliveries) from accounts a"
        " on conflict (account_id) where released_at is null do update"
        "    set backed_up_at = excluded.backed_up_at, restored_at = now(), last_update_seq = excluded.last_update_seq,"
        "        last_conflict_seq = excluded.last_conflict_seq, last_turn_id = excluded.last_turn_id,"
        "        last_delivery_id = excluded.last_delivery_id",
        backed_up_at,
    )


async def hold_bots(tx: Tx) -> None:
    """Deliveries count as due from now; a button's spinner of another day is nobody's concern."""
    await execute(tx, "update bots set state = 'held' where state <> 'removed'")
    await execute(tx, "update deliveries set due_at = now() where state = 'ready'")
    await execute(tx, "update button_presses set acknowledged_at = now() where acknowledged_at is null")


async def insert_notices(tx: Tx, kind: str) -> None:
    await execute(
        tx,
        "insert into notices (account_id, kind) select id, $1 from accounts"
        " on conflict (account_id, kind, bot_id, subject) where resolved_at is null do nothing",
        kind,
    )


# ---- looking and releasing: one shop ------------------------------------------------------------


async def select_outbox(tx: AccountTx, row: type[Row]) -> Row:
    return await one(
        tx,
        row,
        "select r.backed_up_at, r.restored_at,"
        "       count(d.id) filter (where d.is_old) as old, min(d.created_at) filter (where d.is_old) as old_since,"
        "       count(d.id) filter (where not d.is_old) as new, min(d.created_at) filter (where not d.is_old) as new_since,"
        "       coalesce(work_before_restore(), 0) as unfinished"
        "  from (select 1) shop left join restores r on r.released_at is null"
        "  left join (select id, created_at, id in (select deliveries_before_restore()) as is_old from deliveries"
        "              where state in ('ready', 'sending')) d on true"
        " group by r.backed_up_at, r.restored_at",
    )


async def lock_restore(tx: AccountTx, row: type[Row]) -> Row | None:
    return await maybe(
        tx, row, "select id, coalesce(work_before_restore(), 0) as unfinished from restores where released_at is null for update"
    )


async def withdraw_old(tx: AccountTx) -> int:
    return await execute(
        tx,
        "update deliveries set state = 'withdrawn', leased_until = null, error = 'dropped-after-restore'"
        " where id in (select deliveries_before_restore())",
    )


async def mark_old_unsure(tx: AccountTx) -> int:
    """It may be a repeat, so it is sent as a reply to the client's own message."""
    return await execute(tx, "update deliveries set unsure = greatest(unsure, 1) where id in (select deliveries_before_restore())")


async def activate_held_bots(tx: AccountTx) -> int:
    """Returns how many deliveries are due now."""
    return await value(
        tx,
        "with active as (update bots set state = case when paused_at is null then 'active' else 'paused' end where state = 'held'"
        "                returning id),"
        " due as (update deliveries d set due_at = now(), error = null from active"
        "          where d.bot_id = active.id and d.state = 'ready' returning d.id)"
        " select count(*) from due",
    )


async def close_restore(tx: AccountTx, restore_id: int) -> None:
    await execute(tx, "update restores set released_at = now() where id = $1", restore_id)
