"""Statements about Telegram's users, bots and the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from valera.kit.db import AccountTx, IdentityTx, QueueTx, execute, many, maybe, value

if TYPE_CHECKING:
    from datetime import timedelta

    from valera.telegram.update import User

Row = TypeVar("Row")

# ---- people and bots ----------------------------------------------------------------------------


async def upsert_telegram_user(tx: IdentityTx, user: User) -> None:
    await execute(
        tx,
        "insert into telegram_users (telegram_id, username, first_name, last_name, language) values ($1, $2, $3, $4, $5)"
        " on conflict (telegram_id) do update set username = excluded.username, first_name = excluded.first_name,"
        " last_name = excluded.last_name, language = excluded.language, updated_at = now()",
        user.id,
        user.username,
        user.first_name,
        user.last_name,
        user.language_code,
    )


async def insert_bot(
    tx: AccountTx, row: type[Row], *, telegram_id: int, username: str, token: bytes, webhook_key: str, secret_hash: bytes
) -> Row | None:
    return await maybe(
        tx,
        row,
        "insert into bots (telegram_id, username, token, webhook_key, webhook_secret_hash) values ($1, $2, $3, $4, $5)"
        " on conflict do nothing returning id, telegram_id, username, webhook_key, state",
        telegram_id,
        username,
        token,
        webhook_key,
        secret_hash,
    )


async def select_bots(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(tx, row, "select id, telegram_id, username, webhook_key, state from bots order by id")


async def select_routes(tx: IdentityTx, row: type[Row]) -> list[Row]:
    return await many(tx, row, "select account_id, id, telegram_id, username from bots order by id")


async def select_token(tx: AccountTx, row: type[Row], bot_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select b.account_id, a.slug, a.data_key, b.telegram_id, b.token"
        "  from bots b join accounts a on a.id = b.account_id where b.id = $1",
        bot_id,
    )


async def pause_bot(tx: AccountTx, bot_id: int) -> None:
    await execute(tx, "update bots set state = 'paused' where id = $1", bot_id)


# ---- button presses -----------------------------------------------------------------------------


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


# ---- the outbox ---------------------------------------------------------------------------------


async def insert_delivery(
    tx: AccountTx,
    *,
    chat_id: int,
    message_id: int | None,
    turn_id: int | None,
    author_id: int | None,
    text: str,
    entities: list[dict[str, Any]],
    reply_markup: dict[str, Any] | None,
) -> int:
    return await value(
        tx,
        "insert into deliveries (chat_id, bot_id, telegram_chat_id, message_id, turn_id, author_id, text, entities, reply_markup, reply_to)"
        " select c.id, c.bot_id, c.telegram_chat_id, $2, $3, $4, $5, $6, $7,"
        "        (select m.telegram_message_id from messages m where m.chat_id = c.id and m.role = 'user'"
        "          and m.telegram_message_id is not null order by m.id desc limit 1)"
        " from chats c where c.id = $1 returning id",
        chat_id,
        message_id,
        turn_id,
        author_id,
        text,
        entities,
        reply_markup,
    )


async def wake(tx: AccountTx) -> None:
    await execute(tx, "select pg_notify('delivery', '')")


async def claim_deliveries(tx: QueueTx, row: type[Row], *, worker: int, limit: int, lease: timedelta) -> list[Row]:
    """The first unsent delivery of each chat. One that somebody took before may have been sent: counted as unsure."""
    return await many(
        tx,
        row,
        "update deliveries d set state = 'sending', fence = d.fence + 1, attempts = d.attempts + 1, worker = $1,"
        "       unsure = d.unsure + (due.state = 'sending')::int,"
        "       leased_until = clock_timestamp() + $3::interval"
        "  from (select account_id, id, state from deliveries c"
        "         where ((state = 'ready' and due_at <= now()) or (state = 'sending' and leased_until < now()))"
        "           and not exists (select from deliveries earlier where (earlier.account_id, earlier.chat_id) = (c.account_id, c.chat_id)"
        "                            and earlier.id < c.id and earlier.state in ('ready', 'sending'))"
        "         order by due_at limit $2 for update skip locked) due"
        " where (d.account_id, d.id) = (due.account_id, due.id)"
        " returning d.account_id, d.id, d.chat_id, d.bot_id, d.fence, d.attempts,"
        "   exists (select from deliveries n where (n.account_id, n.chat_id) = (d.account_id, d.chat_id) and n.id > d.id"
        "            and n.state = 'ready') as has_followers",
        worker,
        limit,
        lease,
    )


async def select_parcel(tx: AccountTx, row: type[Row], *, delivery_id: int, fence: int) -> Row | None:
    """What is to be sent, if it is still ours to send."""
    return await maybe(
        tx,
        row,
        "select d.telegram_chat_id, d.text, d.entities, d.reply_markup, d.reply_to, d.unsure, b.state as bot_state,"
        "       b.account_id, b.telegram_id, b.token, a.slug, a.data_key"
        "  from deliveries d join bots b on b.id = d.bot_id join accounts a on a.id = d.account_id"
        " where d.id = $1 and d.fence = $2 and d.state = 'sending'",
        delivery_id,
        fence,
    )


async def update_sent(tx: AccountTx, *, delivery_id: int, telegram_message_id: int) -> None:
    """Without the fence: whoever sent it knows best that it was sent."""
    await execute(
        tx,
        "with sent as (update deliveries set state = 'sent', sent_at = now(), telegram_message_id = $2, error = null"
        "               where id = $1 returning message_id)"
        " update messages m set telegram_message_id = $2 from sent where m.id = sent.message_id and m.telegram_message_id is null",
        delivery_id,
        telegram_message_id,
    )


async def update_failed(tx: AccountTx, *, delivery_id: int, fence: int, error: str) -> None:
    await execute(tx, "update deliveries set state = 'failed', error = $3 where id = $1 and fence = $2", delivery_id, fence, error)


async def update_later(tx: AccountTx, *, delivery_id: int, fence: int, wait: timedelta, error: str, unsure: int) -> None:
    """``unsure``: 1 if it may have been sent, else 0. A withdrawn one stays withdrawn."""
    await execute(
        tx,
        "update deliveries set state = 'ready', due_at = now() + $3::interval, leased_until = null, error = $4, unsure = unsure + $5"
        " where id = $1 and fence = $2 and state = 'sending'",
        delivery_id,
        fence,
        wait,
        error,
        unsure,
    )


async def update_chat_later(tx: AccountTx, *, chat_id: int, wait: timedelta) -> None:
    await execute(
        tx,
        "update deliveries set due_at = greatest(due_at, now() + $2::interval) where chat_id = $1 and state = 'ready'",
        chat_id,
        wait,
    )


async def is_another_chat_waiting(tx: AccountTx, *, bot_id: int, chat_id: int, error: str) -> bool:
    """Whether a delivery of this bot to another chat was put off for this reason and is not due yet."""
    return await value(
        tx,
        "select exists (select from deliveries where bot_id = $1 and chat_id <> $2 and state = 'ready' and error = $3 and due_at > now())",
        bot_id,
        chat_id,
        error,
    )


async def update_bot_later(tx: AccountTx, *, bot_id: int, wait: timedelta) -> None:
    """All that is ready; what somebody else is changing right now is left to them, so that two of these never wait for each other."""
    await execute(
        tx,
        "update deliveries set due_at = greatest(due_at, now() + $2::interval)"
        " where id in (select id from deliveries where bot_id = $1 and state = 'ready' for no key update skip locked)",
        bot_id,
        wait,
    )


async def strip_entities(tx: AccountTx, delivery_id: int) -> None:
    await execute(tx, "update deliveries set entities = '[]' where id = $1", delivery_id)


async def move_chat(tx: AccountTx, *, chat_id: int, telegram_chat_id: int) -> None:
    await execute(
        tx,
        "with moved as (update chats set telegram_chat_id = $2 where id = $1)"
        " update deliveries set telegram_chat_id = $2 where chat_id = $1 and state in ('ready', 'sending')",
        chat_id,
        telegram_chat_id,
    )


async def bury_dead_deliveries(tx: QueueTx) -> int:
    """A worker holds pg_advisory_lock(1, worker) on its liveness connection; whose lock is gone is dead."""
    return await execute(
        tx,
        "update deliveries set leased_until = now() - interval '1 ms'"
        " where state = 'sending' and leased_until >= now() and worker not in ("
        "     select objid::bigint from pg_locks where locktype = 'advisory' and classid = 1 and objsubid = 2 and granted"
        "        and database = (select oid from pg_database where datname = current_database()))",
    )
