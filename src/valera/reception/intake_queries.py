"""Statements of intake: mailboxes, their updates, and when a turn is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import AccountTx, QueueTx, execute, many, value

if TYPE_CHECKING:
    from datetime import datetime, timedelta

Row = TypeVar("Row")


async def claim_mailboxes(tx: QueueTx, row: type[Row], *, limit: int, lease: timedelta) -> list[Row]:
    return await many(
        tx,
        row,
        "update mailboxes m set lease = m.lease + 1, leased_until = clock_timestamp() + $2::interval"
        "  from (select account_id, bot_id, peer_id from mailboxes"
        "         where due_at <= now() and (leased_until is null or leased_until < now())"
        "         order by due_at limit $1 for update skip locked) due"
        " where (m.account_id, m.bot_id, m.peer_id) = (due.account_id, due.bot_id, due.peer_id)"
        " returning m.account_id, m.bot_id, m.peer_id, m.lease, m.marks, m.failures",
        limit,
        lease,
    )


async def select_waiting_updates(tx: AccountTx, row: type[Row], *, bot_id: int, peer_id: int, limit: int) -> list[Row]:
    """In the order of ingest; conflicting bodies after the updates whose id they share."""
    return await many(
        tx,
        row,
        "select update_id, body, body_hash, is_conflict, received_at from ("
        "  (select update_id, body, body_hash, false as is_conflict, seq, received_at from telegram_updates"
        "    where bot_id = $1 and peer_id = $2 and done_at is null order by seq limit $3)"
        "  union all"
        "  (select update_id, body, body_hash, true, seq, received_at from telegram_update_conflicts"
        "    where bot_id = $1 and peer_id = $2 and done_at is null order by seq limit $3)"
        ") waiting order by is_conflict, seq limit $3",
        bot_id,
        peer_id,
        limit,
    )


async def finish_intake(
    tx: AccountTx,
    *,
    bot_id: int,
    peer_id: int,
    lease: int,
    marks: int,
    done: list[int],
    done_conflicts: list[bytes],
    is_full: bool,
) -> bool | None:
    """Last statement of intake: checks the fence, marks each update done by itself. True: more is waiting; None: the lease is lost.

    Mailbox before updates, as in ingest: an insert that meets an update waits for whoever is marking it, and would deadlock the other
    way round.
    """
    return await value(
        tx,
        "with released as ("
        "  update mailboxes m set leased_until = null, failures = 0, due_at = case when m.marks <> $4 or $7 then now() end"
        "   where bot_id = $1 and peer_id = $2 and lease = $3 returning due_at is not null as more"
        "), done as ("
        "  update telegram_updates set done_at = now()"
        "   where bot_id = $1 and update_id = any($5::bigint[]) and exists (select from released)"
        "), done_conflicts as ("
        "  update telegram_update_conflicts set done_at = now()"
        "   where bot_id = $1 and peer_id = $2 and body_hash = any($6::bytea[]) and exists (select from released)"
        ") select more from released",
        bot_id,
        peer_id,
        lease,
        marks,
        done,
        done_conflicts,
        is_full,
    )


async def count_intake_failure(tx: AccountTx, *, bot_id: int, peer_id: int, lease: int) -> None:
    await execute(
        tx,
        "update mailboxes set failures = failures + 1, leased_until = null, due_at = now() + interval '1 second'"
        " where bot_id = $1 and peer_id = $2 and lease = $3",
        bot_id,
        peer_id,
        lease,
    )


async def park_first_update(tx: AccountTx, *, bot_id: int, peer_id: int, lease: int) -> None:
    await execute(
        tx,
        "with released as ("
        "  update mailboxes set failures = 0, leased_until = null, due_at = now()"
        "   where bot_id = $1 and peer_id = $2 and lease = $3 returning 1"
        "), first as ("
        "  select update_id, body from telegram_updates where bot_id = $1 and peer_id = $2 and done_at is null order by seq limit 1"
        "), kept as ("
        "  insert into quarantined_updates (bot_id, body, reason)"
        "  select $1, body, 'could not be taken in' from first where exists (select from released)"
        "), first_conflict as ("
        "  update telegram_update_conflicts c set done_at = now()"
        "   where c.bot_id = $1 and c.peer_id = $2 and c.done_at is null and not exists (select from first)"
        "     and exists (select from released)"
        ") update telegram_updates u set done_at = now() from first where u.bot_id = $1 and u.update_id = first.update_id"
        "    and exists (select from released)",
        bot_id,
        peer_id,
        lease,
    )


async def make_turn_due(tx: AccountTx, *, chat_id: int, trigger: str, received_at: datetime, quiet: timedelta, most: timedelta) -> float:
    """One waiting turn per chat: a burst moves it, and no further than ``most`` after its first piece. Counted from when Telegram brought
    the message, whatever it waited for since. Returns the seconds until it is due.
    """
    return await value(
        tx,
        "insert into turns as t (chat_id, trigger, due_at, settle_until) values ($1, $2, $3::timestamptz + $4::interval,"
        "     $3::timestamptz + $5::interval)"
        " on conflict (account_id, chat_id) where state = 'waiting'"
        " do update set due_at = least(excluded.due_at, t.settle_until),"
        "     trigger = case when excluded.trigger = 'message' then t.trigger else excluded.trigger end"
        " returning greatest(0, extract(epoch from due_at - clock_timestamp()))::float8",
        chat_id,
        trigger,
        received_at,
        quiet,
        most,
    )
