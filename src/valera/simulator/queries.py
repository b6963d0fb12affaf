"""What the panel and a dialogue read of the shop: their own statements, across several domains, changing nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import AccountId, many, maybe, one, value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx, IdentityTx

Row = TypeVar("Row")


async def select_account_id(tx: IdentityTx, bot_telegram_id: int) -> AccountId | None:
    found = await value(tx, "select account_id from bots where telegram_id = $1 and state <> 'removed'", bot_telegram_id)
    return None if found is None else AccountId(found)


async def select_shop(tx: AccountTx, row: type[Row]) -> Row:
    return await one(
        tx,
        row,
        "select a.name, a.time_zone, m.id as member_id, m.name as member_name from accounts a"
        " left join lateral (select id, name from memberships where removed_at is null order by id limit 1) m on true",
    )


async def select_panel_chat(tx: AccountTx, row: type[Row], *, bot_telegram_id: int, telegram_chat_id: int) -> Row | None:
    """The open chat if there is one, else the last that was closed."""
    return await maybe(
        tx,
        row,
        "select c.id, c.status, m.name as assignee, c.human_called_at, c.human_reason from chats c"
        " join bots b on b.id = c.bot_id left join memberships m on m.id = c.assignee_id"
        " where b.telegram_id = $1 and c.telegram_chat_id = $2 order by (c.status <> 'closed') desc, c.id desc limit 1",
        bot_telegram_id,
        telegram_chat_id,
    )


async def select_turns(tx: AccountTx, row: type[Row], chat_id: int, *, limit: int) -> list[Row]:
    """The newest first."""
    return await many(
        tx,
        row,
        "select id, state, trigger, round, attempts, created_at, started_at, finished_at from turns"
        " where chat_id = $1 order by id desc limit $2",
        chat_id,
        limit,
    )


async def select_steps(tx: AccountTx, row: type[Row], turn_ids: list[int]) -> list[Row]:
    return await many(
        tx,
        row,
        "select turn_id, step_no, round, kind, content, ms from turn_steps where turn_id = any($1) order by turn_id, step_no",
        turn_ids,
    )


async def select_replies(tx: AccountTx, row: type[Row], turn_ids: list[int]) -> list[Row]:
    """What the turns said, how it was made and what became of it on its way to Telegram."""
    return await many(
        tx,
        row,
        "select m.turn_id, m.content, m.llm_response_data, d.state, d.error from messages m"
        " left join deliveries d on d.message_id = m.id where m.role = 'assistant' and m.turn_id = any($1) order by m.id",
        turn_ids,
    )


async def select_questions(tx: AccountTx, row: type[Row], turn_ids: list[int]) -> list[Row]:
    return await many(tx, row, "select turn_id, content from messages where role = 'user' and turn_id = any($1) order by id", turn_ids)


async def select_chat_bookings(tx: AccountTx, row: type[Row], chat_id: int) -> list[Row]:
    return await many(
        tx,
        row,
        "select b.id, b.number, b.status, b.service_type, b.scheduled_at, upper(b.during) as ends_at, y.name as bay, b.hold_expires_at"
        " from bookings b join bays y on y.id = b.bay_id where b.chat_id = $1 and b.status <> 'expired' order by b.id desc limit 5",
        chat_id,
    )


# ---- a dialogue from the client's side ----------------------------------------------------------


async def is_at_rest(tx: AccountTx, *, bot_telegram_id: int, update_id: int) -> bool:
    """This update was taken in, and nothing in its chat waits: no turn, no delivery."""
    return await value(
        tx,
        "select exists (select from telegram_updates u join bots b on b.id = u.bot_id"
        "    where b.telegram_id = $1 and u.update_id = $2 and u.done_at is not null"
        "      and not exists (select from chats c join turns t on t.chat_id = c.id"
        "             where c.bot_id = b.id and c.telegram_chat_id = u.peer_id and t.state in ('waiting', 'running'))"
        "      and not exists (select from chats c join deliveries d on d.chat_id = c.id"
        "             where c.bot_id = b.id and c.telegram_chat_id = u.peer_id and d.state in ('ready', 'sending')))",
        bot_telegram_id,
        update_id,
    )


async def find_origin(tx: AccountTx, row: type[Row], *, bot_telegram_id: int, telegram_chat_id: int, message_id: int) -> Row | None:
    """What led to a delivered message."""
    return await maybe(
        tx,
        row,
        "select d.turn_id, m.llm_response_data from deliveries d join bots b on b.id = d.bot_id left join messages m on m.id = d.message_id"
        " where b.telegram_id = $1 and d.telegram_chat_id = $2 and d.telegram_message_id = $3",
        bot_telegram_id,
        telegram_chat_id,
        message_id,
    )
