"""Statements of intake: mailboxes, their updates, and when a turn is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import AccountTx, QueueTx, execute, many, value

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from valera.kit.db import AccountId
    from valera.kit.portions import Portions

Row = TypeVar("Row")


async def claim_mailboxes(
    tx: QueueTx, row: type[Row], *, worker: int | None, limit: int, lease: timedelta, portions: Portions
) -> list[Row]:
    """Mailboxes with something to take in, fairly between shops: the shop for which this worker does least comes first, and each shop's
    oldest before any shop's second.

    ``shop`` hops from shop to shop in the index, so a backlog costs no more than its shops, and ``served`` keeps those that can get
    something. Of each at most four times its part is looked at. A lease that was never given back counts as a failure, once.
    """
    return await many(
        tx,
        row,
        "with recursive shop as ("
        "  (select account_id, due_at from mailboxes where due_at >= coalesce(now() - $6::interval, '-infinity')"
        "    order by account_id, due_at limit 1)"
        "  union all"
        "  select next.account_id, next.due_at from shop cross join lateral ("
        "    select account_id, due_at from mailboxes m"
        "     where m.account_id > shop.account_id and m.due_at >= coalesce(now() - $6::interval, '-infinity')"
        "     order by m.account_id, m.due_at limit 1) next"
        "), served as materialized ("
        "  select account_id, coalesce(busy, 0) as busy"
        "    from shop left join unnest($3::bigint[], $4::bigint[]) as b (account_id, busy) using (account_id)"
        "   where due_at <= now() and coalesce(busy, 0) < $5 order by 2, due_at limit $1"
        "), due as ("
        "  select m.*, served.busy + row_number() over (partition by m.account_id order by m.due_at) as place"
        "    from served cross join lateral ("
        "      select account_id, bot_id, peer_id, due_at from mailboxes m where m.account_id = served.account_id"
        "         and m.due_at between coalesce(now() - $6::interval, '-infinity') and now()"
        "         and (m.leased_until is null or m.leased_until < now())"
        "       order by m.account_id, m.due_at limit least($5 - served.busy, (select 4 * $1::bigint / count(*) from served))"
        "         for update skip locked) m"
        ") update mailboxes m set lease = m.lease + 1, leased_until = clock_timestamp() + $2::interval, worker = $7,"
        "         failures = greatest(m.failures, (m.leased_until is not null)::int)"
        "    from (select account_id, bot_id, peer_id from due order by place, due_at limit $1) due"
        "   where (m.account_id, m.bot_id, m.peer_id) = (due.account_id, due.bot_id, due.peer_id)"
        "   returning m.account_id, m.bot_id, m.peer_id, m.lease, m.marks, m.failures",
        limit,
        lease,
        portions.accounts,
        portions.counts,
        portions.most,
        portions.lately,
        worker,
    )


async def bury_dead_mailboxes(tx: QueueTx) -> int:
    """As `bury_dead_turns`: those of a worker that is dead or stuck are free at once."""
    return await execute(
        tx,
        "update mailboxes m set leased_until = now() - interval '1 ms'"
        " where m.leased_until >= now() and m.worker is not null and not exists ("
        "     select from workers w where w.id = m.worker and w.alive_until > now() and (w.alive_until > now() + interval '1 second'"
        "         or exists (select from pg_locks where locktype = 'advisory' and classid = 1 and objsubid = 2 and granted"
        "              and objid::bigint = w.id and database = (select oid from pg_database where datname = current_database()))))",
    )


async def select_waiting_updates(tx: AccountTx, row: type[Row], *, bot_id: int, peer_id: int, limit: int) -> list[Row]:
    """In the order of ingest; conflicting bodies after the updates whose id they share. ``chat``: the open one of this peer, locked.
    ``is_awaited``: what the client heard last was said unasked, so that their words may answer it. ``is_stranger``: the bot answers its
    testers only, and they are none.
    """
    return await many(
        tx,
        row,
        "with chat as materialized ("
        "  select id, bot_id, telegram_chat_id, client_id, status, assignee_id, human_called_at from chats"
        "   where bot_id = $1 and telegram_chat_id = $2 and status <> 'closed' for no key update"
        ") select update_id, kind, body, body_hash, is_conflict, received_at, (select to_jsonb(chat) from chat) as chat,"
        "  exists (select from chat cross join lateral ("
        "            select m.turn_id from messages m where m.chat_id = chat.id and m.role in ('assistant', 'manager')"
        "             order by m.id desc limit 1) heard"
        "           where exists (select from reminders r where (r.chat_id, r.turn_id) = (chat.id, heard.turn_id))"
        "              or exists (select from feedback f where (f.chat_id, f.turn_id) = (chat.id, heard.turn_id))"
        "              or exists (select from waitlist_offers o where o.turn_id = heard.turn_id and o.state = 'open')) as is_awaited,"
        "  exists (select from bots b where b.id = $1 and b.test_key is not null and not exists ("
        "            select from testers t where (t.bot_id, t.telegram_user_id) = (b.id, $2))) as is_stranger"
        "  from ("
        "  (select update_id, kind, body, body_hash, false as is_conflict, seq, received_at from telegram_updates"
        "    where bot_id = $1 and peer_id = $2 and done_at is null order by seq limit $3)"
        "  union all"
        "  (select update_id, kind, body, body_hash, true, seq, received_at from telegram_update_conflicts"
        "    where bot_id = $1 and peer_id = $2 and done_at is null order by seq limit $3)"
        ") waiting order by is_conflict, seq limit $3",
        bot_id,
        peer_id,
        limit,
    )


async def was_told(tx: AccountTx, chat_id: int, *, what: str) -> bool:
    """Whether code has said this in the chat within a day."""
    return await value(
        tx,
        "select exists (select from turns t join turn_steps s on (s.account_id, s.turn_id) = (t.account_id, t.id)"
        "   where t.chat_id = $1 and s.kind = 'code' and s.content ->> 'what' = $2 and s.created_at > now() - interval '1 day')",
        chat_id,
        what,
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

    What failed once stays suspicious until the mailbox is empty: whatever is in it is taken in one by one. Mailbox before updates, as in
    ingest: an insert that meets an update waits for whoever is marking it, and would deadlock the other
    way round.
    """
    return await value(
        tx,
        "with released as ("
        "  update mailboxes m set leased_until = null, failures = case when m.marks <> $4 or $7 then least(m.failures, 1) else 0 end,"
        "         due_at = case when m.marks <> $4 or $7 then now() end"
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


async def count_intake_failure(tx: AccountTx, *, bot_id: int, peer_id: int, lease: int, failures: int) -> None:
    """Gives the mailbox back for another try."""
    await execute(
        tx,
        "update mailboxes set failures = $4, leased_until = null, due_at = now() + interval '1 second'"
        " where bot_id = $1 and peer_id = $2 and lease = $3",
        bot_id,
        peer_id,
        lease,
        failures,
    )


async def count_try(tx: QueueTx, *, account_id: AccountId, bot_id: int, peer_id: int, lease: int, failures: int) -> bool:
    """Counted before, for whoever does not live to count it afterwards. False: somebody else has the mailbox."""
    counted = await execute(
        tx,
        "update mailboxes set failures = $5 where account_id = $1 and bot_id = $2 and peer_id = $3 and lease = $4",
        account_id,
        bot_id,
        peer_id,
        lease,
        failures,
    )
    return counted == 1


async def give_back(tx: QueueTx, *, account_id: AccountId, bot_id: int, peer_id: int, lease: int, failures: int) -> None:
    """As if it had not been claimed."""
    await execute(
        tx,
        "update mailboxes set failures = $5, leased_until = null where account_id = $1 and bot_id = $2 and peer_id = $3 and lease = $4",
        account_id,
        bot_id,
        peer_id,
        lease,
        failures,
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


async def answer_anew(tx: AccountTx, *, chat_id: int, received_at: datetime, quiet: timedelta) -> float | None:
    """What is not answered yet was edited. A waiting turn settles once more; one that runs begins a new round before it says anything.
    Returns the seconds until a waiting one is due. Whichever it was when this began: a claim may have it meanwhile.
    """
    return await value(
        tx,
        "with moved as (update turns set is_stale = state = 'running',"
        "     due_at = case when state = 'waiting' then least($2::timestamptz + $3::interval, settle_until) else due_at end"
        "  where chat_id = $1 and state in ('waiting', 'running') returning state, due_at)"
        " select greatest(0, extract(epoch from due_at - clock_timestamp()))::float8 from moved where state = 'waiting'",
        chat_id,
        received_at,
        quiet,
    )


async def update_pressed(tx: AccountTx, message_id: int, *, data: str, under: int) -> None:
    """Which button the client pressed, and under which of the bot's messages it stood."""
    await execute(tx, "update messages set pressed = left($2, 64), pressed_under = $3 where id = $1", message_id, data, under)
