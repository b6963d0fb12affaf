"""Statements about deliveries that Telegram did not carry out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from valera.kit.db import AccountTx, execute, maybe, value

if TYPE_CHECKING:
    from datetime import timedelta

Row = TypeVar("Row")


async def update_failed(tx: AccountTx, *, delivery_id: int, fence: int, error: str) -> None:
    await execute(tx, "update deliveries set state = 'failed', error = $3 where id = $1 and fence = $2", delivery_id, fence, error)


async def update_withdrawn(tx: AccountTx, *, delivery_id: int, fence: int, error: str) -> None:
    await execute(
        tx,
        "update deliveries set state = 'withdrawn', leased_until = null, error = $3 where id = $1 and fence = $2 and state = 'sending'",
        delivery_id,
        fence,
        error,
    )


async def update_later(tx: AccountTx, *, delivery_id: int, fence: int, wait: timedelta, error: str, unsure: int, attempts: int) -> None:
    """``unsure``: how often it may have been sent. A withdrawn one stays withdrawn."""
    await execute(
        tx,
        "update deliveries set state = 'ready', due_at = now() + $3::interval, leased_until = null, error = $4, unsure = $5, attempts = $6"
        " where id = $1 and fence = $2 and state = 'sending'",
        delivery_id,
        fence,
        wait,
        error,
        unsure,
        attempts,
    )


async def update_until_resumed(tx: AccountTx, *, delivery_id: int, fence: int, bot_id: int, unsure: int, attempts: int) -> None:
    """Waits for ``resume_bot``; the bot's row is locked, so that one that goes on at this very moment leaves nothing behind. Looked at
    again now and then all the same.
    """
    await execute(
        tx,
        "update deliveries d set state = 'ready', leased_until = null, error = 'bot-paused', unsure = $4, attempts = $5,"
        "       due_at = now() + case when b.state = 'active' then interval '0' else interval '10 minutes' end"
        "  from (select state from bots where id = $3 for share) b"
        " where d.id = $1 and d.fence = $2 and d.state = 'sending'",
        delivery_id,
        fence,
        bot_id,
        unsure,
        attempts,
    )


async def update_chat_later(tx: AccountTx, *, chat_id: int, wait: timedelta) -> None:
    await execute(
        tx,
        "update deliveries set due_at = greatest(due_at, now() + $2::interval) where chat_id = $1 and state = 'ready'",
        chat_id,
        wait,
    )


async def is_another_chat_waiting(tx: AccountTx, *, bot_id: int, chat_id: int, error: str) -> bool:
    """Whether a delivery of this bot to another chat was put off for this reason and is not due yet, and this chat was not itself told
    twenty things within the last minute.
    """
    return await value(
        tx,
        "select exists (select from deliveries where bot_id = $1 and chat_id <> $2 and state = 'ready' and error = $3 and due_at > now())"
        "   and not exists (select from (select created_at from messages where chat_id = $2 and role <> 'user' order by id desc"
        "                                 offset 19 limit 1) m where m.created_at > now() - interval '1 minute')",
        bot_id,
        chat_id,
        error,
    )


async def update_bot_later(tx: AccountTx, *, bot_id: int, wait: timedelta) -> None:
    """All that is ready and all that comes until then; what somebody else is changing right now is left to them, so that two of these never
    wait for each other.
    """
    await execute(
        tx,
        "with bot as (update bots set flood_until = greatest(flood_until, now() + $2::interval) where id = $1)"
        " update deliveries set due_at = greatest(due_at, now() + $2::interval)"
        " where id in (select id from deliveries where bot_id = $1 and state = 'ready' for no key update skip locked)",
        bot_id,
        wait,
    )


async def strip_entities(tx: AccountTx, delivery_id: int) -> bool:
    """False: it had none."""
    return bool(await execute(tx, "update deliveries set entities = '[]' where id = $1 and entities <> '[]'", delivery_id))


async def move_chat(tx: AccountTx, *, chat_id: int, telegram_chat_id: int) -> bool:
    """The chat and all that is on its way there. A chat that was opened under the new id meanwhile keeps it. False: nothing was to move."""
    return bool(
        await execute(
            tx,
            "with moved as (update chats c set telegram_chat_id = $2 where c.id = $1 and c.telegram_chat_id <> $2"
            "   and not exists (select from chats o where (o.bot_id, o.telegram_chat_id) = (c.bot_id, $2) and o.status <> 'closed'))"
            " update deliveries set telegram_chat_id = $2"
            "  where chat_id = $1 and state in ('ready', 'sending') and telegram_chat_id <> $2",
            chat_id,
            telegram_chat_id,
        )
    )


async def hold_text(tx: AccountTx, row: type[Row], *, chat_id: int, delivery_id: int, fence: int) -> Row | None:
    """Takes the chat and then the delivery, as a takeover does."""
    return await maybe(
        tx,
        row,
        "with chat as materialized (select id from chats where id = $1 for no key update)"
        " select d.text, d.entities from chat join deliveries d on d.chat_id = chat.id"
        "  where d.id = $2 and d.fence = $3 and d.state = 'sending' for no key update of d",
        chat_id,
        delivery_id,
        fence,
    )


async def insert_piece(tx: AccountTx, *, of: int, text: str, entities: list[dict[str, Any]], is_last: bool) -> int:
    """A further part of a delivery; the last one bears its buttons and its message."""
    return await value(
        tx,
        "insert into deliveries (chat_id, bot_id, telegram_chat_id, turn_id, author_id, reply_to, text, entities, message_id, reply_markup)"
        " select chat_id, bot_id, telegram_chat_id, turn_id, author_id, reply_to, $2, $3,"
        "        case when $4 then message_id end, case when $4 then reply_markup end from deliveries where id = $1 returning id",
        of,
        text,
        entities,
        is_last,
    )


async def update_text(tx: AccountTx, *, delivery_id: int, text: str, entities: list[dict[str, Any]]) -> None:
    await execute(
        tx,
        "update deliveries set text = $2, entities = $3, message_id = null, reply_markup = null where id = $1",
        delivery_id,
        text,
        entities,
    )


async def move_behind(tx: AccountTx, *, chat_id: int, after: int, before: int) -> None:
    """What followed ``after`` in its chat is written anew, behind ``before``: the order of ids is that of sending."""
    await execute(
        tx,
        "with moved as (delete from deliveries where chat_id = $1 and id > $2 and id < $3 and state = 'ready' returning *)"
        " insert into deliveries (chat_id, bot_id, telegram_chat_id, message_id, turn_id, author_id, due_at, text, entities, reply_markup,"
        "                         document, files, reply_to, created_at)"
        " select chat_id, bot_id, telegram_chat_id, message_id, turn_id, author_id, due_at, text, entities, reply_markup,"
        "        document, files, reply_to, created_at"
        "   from moved order by id",
        chat_id,
        after,
        before,
    )
