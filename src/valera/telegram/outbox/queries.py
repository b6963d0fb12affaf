"""Statements about the outbox, and about presses that wait for their acknowledgement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from valera.kit.db import AccountTx, QueueTx, execute, many, maybe, one

if TYPE_CHECKING:
    from datetime import timedelta

    from valera.kit.portions import Portions

Row = TypeVar("Row")


async def claim_button_presses(tx: QueueTx, row: type[Row], limit: int) -> list[Row]:
    """Marked before they are acknowledged: an acknowledgement that fails is not repeated, the press itself goes through intake."""
    return await many(
        tx,
        row,
        "update button_presses p set acknowledged_at = now()"
        " from (select account_id, bot_id, callback_query_id from button_presses"
        "        where acknowledged_at is null and received_at > now() - interval '150 seconds'"
        "        order by received_at limit $1 for update skip locked) due"
        " where (p.account_id, p.bot_id, p.callback_query_id) = (due.account_id, due.bot_id, due.callback_query_id)"
        " returning p.account_id, p.bot_id, p.callback_query_id",
        limit,
    )


async def insert_delivery(
    tx: AccountTx,
    row: type[Row],
    *,
    chat_id: int,
    message_id: int | None,
    turn_id: int | None,
    author_id: int | None,
    text: str,
    entities: list[dict[str, Any]],
    reply_markup: dict[str, Any] | None,
    sender: int | None,
    lease: timedelta,
) -> Row:
    """With a ``sender`` it begins as claimed by that worker, if the bot may send now and nothing unsent of the chat stands before it."""
    return await one(
        tx,
        row,
        "with written as ("
        "  insert into deliveries (chat_id, bot_id, telegram_chat_id, message_id, turn_id, author_id, text, entities, reply_markup,"
        "                          reply_to, due_at, state, worker, fence, attempts, leased_until)"
        "  select c.id, c.bot_id, c.telegram_chat_id, $2, $3, $4, $5, $6, $7,"
        "         (select m.telegram_message_id from messages m where m.chat_id = c.id and m.role = 'user'"
        "           and m.telegram_message_id is not null order by m.id desc limit 1),"
        "         greatest(now(), b.flood_until),"
        "         case when departs then 'sending' else 'ready' end, case when departs then $8::int end, departs::int, departs::int,"
        "         case when departs then clock_timestamp() + $9::interval end"
        "    from chats c join bots b on b.id = c.bot_id cross join lateral ("
        "           select $8::int is not null and b.state = 'active' and coalesce(b.flood_until <= now(), true) and not exists ("
        "                  select from deliveries e where e.chat_id = c.id and e.state in ('ready', 'sending')) as departs) d"
        "   where c.id = $1"
        "  returning *"
        ") select w.*, b.state as bot_state, b.telegram_id, b.token, a.slug, a.data_key"
        "    from written w join bots b on b.id = w.bot_id join accounts a on a.id = w.account_id",
        chat_id,
        message_id,
        turn_id,
        author_id,
        text,
        entities,
        reply_markup,
        sender,
        lease,
    )


async def insert_document(
    tx: AccountTx, *, chat_id: int, turn_id: int | None, author_id: int | None, text: str, document: dict[str, str]
) -> None:
    """A file behind what was said. ``text`` is its caption."""
    await execute(
        tx,
        "insert into deliveries (chat_id, bot_id, telegram_chat_id, turn_id, author_id, text, document, reply_to, due_at)"
        " select c.id, c.bot_id, c.telegram_chat_id, $2, $3, $4, $5,"
        "        (select m.telegram_message_id from messages m where m.chat_id = c.id and m.role = 'user'"
        "          and m.telegram_message_id is not null order by m.id desc limit 1), greatest(now(), b.flood_until)"
        "   from chats c join bots b on b.id = c.bot_id where c.id = $1",
        chat_id,
        turn_id,
        author_id,
        text,
        document,
    )


async def insert_files(
    tx: AccountTx, *, chat_id: int, message_id: int, author_id: int, text: str, entities: list[dict[str, Any]], files: list[dict[str, str]]
) -> None:
    """Photos or files of a member that go together. ``text`` is the caption of the first."""
    await execute(
        tx,
        "insert into deliveries (chat_id, bot_id, telegram_chat_id, message_id, author_id, text, entities, files, reply_to, due_at)"
        " select c.id, c.bot_id, c.telegram_chat_id, $2, $3, $4, $5, $6,"
        "        (select m.telegram_message_id from messages m where m.chat_id = c.id and m.role = 'user'"
        "          and m.telegram_message_id is not null order by m.id desc limit 1), greatest(now(), b.flood_until)"
        "   from chats c join bots b on b.id = c.bot_id where c.id = $1",
        chat_id,
        message_id,
        author_id,
        text,
        entities,
        files,
    )


async def update_again(tx: AccountTx, delivery_id: int, *, chat_id: int) -> bool:
    """A failed delivery of this chat is due once more. False: there is none."""
    return bool(
        await execute(
            tx,
            "update deliveries set state = 'ready', due_at = now(), leased_until = null, error = null, unsure = 0, attempts = 0"
            " where id = $1 and chat_id = $2 and state = 'failed'",
            delivery_id,
            chat_id,
        )
    )


async def wake(tx: AccountTx) -> None:
    await execute(tx, "select pg_notify('delivery', '')")


async def claim_deliveries(tx: QueueTx, row: type[Row], *, worker: int, limit: int, lease: timedelta, portions: Portions) -> list[Row]:
    """The first unsent delivery of each chat, fairly between shops: the shop for which this worker sends least comes first, and each
    shop's oldest before any shop's second. And before them, when it is not only asked for the latest, those that somebody took and whose
    lease is over: they may have been sent, and are counted as unsure.

    ``shop`` hops from shop to shop in the index, so a backlog costs no more than its shops.
    """
    return await many(
        tx,
        row,
        "with recursive shop as ("
        "  (select account_id, due_at from deliveries where state = 'ready' and due_at >= coalesce(now() - $7::interval, '-infinity')"
        "    order by account_id, due_at limit 1)"
        "  union all"
        "  select next.account_id, next.due_at from shop cross join lateral ("
        "    select account_id, due_at from deliveries d where d.state = 'ready'"
        "       and d.account_id > shop.account_id and d.due_at >= coalesce(now() - $7::interval, '-infinity')"
        "     order by d.account_id, d.due_at limit 1) next"
        "), served as materialized ("
        "  select account_id, coalesce(busy, 0) as busy"
        "    from shop left join unnest($4::bigint[], $5::bigint[]) as b (account_id, busy) using (account_id)"
        "   where due_at <= now() and coalesce(busy, 0) < $6 order by 2, due_at limit $2"
        "), due as ("
        "  select d.*, served.busy + row_number() over (partition by d.account_id order by d.due_at) as place"
        "    from served cross join lateral ("
        "      select account_id, id, state, due_at from deliveries d where d.account_id = served.account_id and d.state = 'ready'"
        "         and d.due_at between coalesce(now() - $7::interval, '-infinity') and now()"
        "         and d.id = (select e.id from deliveries e where (e.account_id, e.chat_id) = (d.account_id, d.chat_id)"
        "                        and e.state in ('ready', 'sending') order by e.account_id, e.chat_id, e.id limit 1)"
        "       order by d.account_id, d.due_at limit least($6 - served.busy, (select 4 * $2::bigint / count(*) from served))"
        "         for update skip locked) d"
        "), left_behind as ("
        "  select account_id, id, state, due_at, 0 as place from deliveries"
        "   where $7::interval is null and state = 'sending' and leased_until < now() order by due_at limit $2 for update skip locked"
        ") update deliveries d set state = 'sending', fence = d.fence + 1, attempts = d.attempts + 1, worker = $1,"
        "         unsure = d.unsure + (due.state = 'sending')::int, leased_until = clock_timestamp() + $3::interval"
        "    from (select account_id, id, state from (table due union all table left_behind) found order by place, due_at limit $2) due"
        "   where (d.account_id, d.id) = (due.account_id, due.id)"
        "   returning d.account_id, d.id, d.chat_id, d.bot_id, d.fence, d.attempts,"
        "     (select n.id from deliveries n where (n.account_id, n.chat_id) = (d.account_id, d.chat_id) and n.id > d.id"
        "         and n.state in ('ready', 'sending') order by n.account_id, n.chat_id, n.id limit 1) is not null as has_followers",
        worker,
        limit,
        lease,
        portions.accounts,
        portions.counts,
        portions.most,
        portions.lately,
    )


async def select_parcel(tx: AccountTx, row: type[Row], *, delivery_id: int, fence: int) -> Row | None:
    """What is to be sent, if it is still ours to send."""
    return await maybe(
        tx,
        row,
        "select d.id, d.chat_id, d.bot_id, d.state, d.fence, d.attempts,"
        "       d.telegram_chat_id, d.text, d.entities, d.reply_markup, d.reply_to, d.unsure, d.document, d.files, b.state as bot_state,"
        "       b.account_id, b.telegram_id, b.token, a.slug, a.data_key"
        "  from deliveries d join bots b on b.id = d.bot_id join accounts a on a.id = d.account_id"
        " where d.id = $1 and d.fence = $2 and d.state = 'sending'",
        delivery_id,
        fence,
    )


async def select_address(tx: AccountTx, row: type[Row], chat_id: int) -> Row | None:
    """Of a private chat whose bot may speak, and in which the assistant answers."""
    return await maybe(
        tx,
        row,
        "select c.bot_id, c.telegram_chat_id, b.account_id, b.telegram_id, b.token, a.slug, a.data_key"
        "  from chats c join bots b on b.id = c.bot_id join accounts a on a.id = c.account_id"
        " where c.id = $1 and c.telegram_chat_id > 0 and c.status = 'assistant' and b.state = 'active'",
        chat_id,
    )


async def mark_sent(tx: QueueTx, *, account_ids: list[int], delivery_ids: list[int], telegram_message_ids: list[int]) -> None:
    """Without the fence: whoever sent it knows best that it was sent."""
    await execute(
        tx,
        "update deliveries d set state = 'sent', sent_at = clock_timestamp(), telegram_message_id = m.telegram_message_id, error = null"
        "  from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as m (account_id, id, telegram_message_id)"
        " where (d.account_id, d.id) = (m.account_id, m.id)",
        account_ids,
        delivery_ids,
        telegram_message_ids,
    )


async def bury_dead_deliveries(tx: QueueTx) -> int:
    """A worker holds pg_advisory_lock(1, worker) on its liveness connection and renews its row. Who lost both is dead, and what it was
    sending is unsure. Who lost one lives, or is stuck with a request on its way: to send that again would send it twice.
    """
    return await execute(
        tx,
        "update deliveries set leased_until = now() - interval '1 ms'"
        " where state = 'sending' and leased_until >= now() and worker not in ("
        "     select objid::bigint from pg_locks where locktype = 'advisory' and classid = 1 and objsubid = 2 and granted"
        "        and database = (select oid from pg_database where datname = current_database()))"
        "   and not exists (select from workers w where w.id = worker and w.alive_until > now() + interval '1 second')",
    )
