"""Statements about who answers a chat: taking it over, handing it back, what happens to words that are on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.kit.db import execute, value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


async def find_holder(tx: AccountTx, chat_id: int) -> str | None:
    """The name of the member who answers, if one does who is still in the team."""
    return await value(
        tx,
        "select m.name from chats c join memberships m on m.id = c.assignee_id"
        " where c.id = $1 and c.status = 'human' and m.removed_at is null",
        chat_id,
    )


async def has_another_open(tx: AccountTx, chat_id: int) -> bool:
    """Of the same client with the same bot."""
    return await value(
        tx,
        "select exists (select from chats c join chats o on (o.bot_id, o.telegram_chat_id) = (c.bot_id, c.telegram_chat_id)"
        " where c.id = $1 and o.id <> c.id and o.status <> 'closed')",
        chat_id,
    )


async def find_by_key(tx: AccountTx, chat_id: int, key: str) -> int | None:
    return await value(tx, "select id from messages where chat_id = $1 and client_key = $2", chat_id, key)


async def has_newer_words(tx: AccountTx, chat_id: int, *, after: int) -> bool:
    """Of the client."""
    return await value(tx, "select exists (select from messages where chat_id = $1 and id > $2 and role = 'user')", chat_id, after)


async def drop_drafts(tx: AccountTx, chat_id: int) -> None:
    """What the assistant proposed is answered by somebody's own words."""
    await execute(tx, "update drafts set state = 'dropped', decided_at = now() where chat_id = $1 and state = 'open'", chat_id)


async def update_taken_over(tx: AccountTx, chat_id: int, *, assignee_id: int) -> None:
    await execute(
        tx,
        "update chats set status = 'human', assignee_id = $2, human_called_at = null, human_reason = null where id = $1",
        chat_id,
        assignee_id,
    )


async def withdraw_automation(tx: AccountTx, chat_id: int) -> None:
    """The assistant's words that are not sent yet, and turns that nobody has begun; what code said to a press stands. An answer of which
    the client can have seen nothing is taken back whole: its questions are open again. One on the wire counts as sent when it was.
    """
    await execute(
        tx,
        "with unsent as (select d.id, d.turn_id, d.state = 'ready' and d.unsure = 0 as is_unseen from deliveries d"
        "                  join turns t on t.id = d.turn_id and t.fence > 0"
        "                 where d.chat_id = $1 and d.state in ('ready', 'sending') for no key update of d),"
        " withdrawn as (update deliveries d set state = 'withdrawn' from unsent where d.id = unsent.id),"
        " unseen as (update turns t set state = 'withdrawn'"
        "              from (select turn_id from unsent group by turn_id having bool_and(is_unseen)) of"
        "             where t.id = of.turn_id and not exists (select from deliveries s where s.turn_id = t.id and s.state = 'sent')"
        "            returning t.id),"
        " unsaid as (update messages m set deleted_at = now() from unseen"
        "             where m.chat_id = $1 and m.turn_id = unseen.id and m.role = 'assistant')"
        " update messages m set turn_id = null from unseen where m.chat_id = $1 and m.turn_id = unseen.id and m.role = 'user'",
        chat_id,
    )
    await execute(
        tx,
        "with waiting as (update turns set state = 'withdrawn', finished_at = now() where chat_id = $1 and state = 'waiting')"
        " select pg_notify('takeover', '')",
        chat_id,
    )


async def update_handed_back(tx: AccountTx, chat_id: int) -> None:
    """An answer that its sender may or may not have sent when the chat was taken over is that sender's again, or, if it is gone, the next
    one's; unless a person has answered.
    """
    await execute(
        tx,
        "with back as (update chats set status = 'assistant', assignee_id = null where id = $1)"
        " update deliveries d set state = 'sending', leased_until = coalesce(d.leased_until, now()) from turns t"
        "  where t.chat_id = $1 and t.state in ('done', 'failed') and d.turn_id = t.id and d.state = 'withdrawn'"
        "    and not exists (select from messages m where m.chat_id = $1 and m.role = 'manager' and m.created_at > t.finished_at)",
        chat_id,
    )


async def wake_turn(tx: AccountTx, chat_id: int) -> None:
    await execute(
        tx,
        "with due as (insert into turns (chat_id, trigger) values ($1, 'hand_back')"
        "  on conflict (account_id, chat_id) where state = 'waiting' do update set due_at = now())"
        " select pg_notify('turn', '')",
        chat_id,
    )


async def update_human_called(tx: AccountTx, chat_id: int, *, reason: str) -> None:
    await execute(
        tx,
        "update chats set human_called_at = coalesce(human_called_at, now()), human_reason = $2 where id = $1",
        chat_id,
        reason,
    )
