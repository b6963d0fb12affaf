"""Statements of a thread: messages of a stretch, and what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import many, value

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_newest(tx: AccountTx, row: type[Row], chat_id: int, *, since_id: int, limit: int) -> list[Row]:
    """The newest messages, none older than ``since_id``; the newest first."""
    return await many(
        tx,
        row,
        "select m.id, m.role, m.content, m.attachments, m.llm_response_data as origin, m.author_id, a.name as author_name, m.turn_id,"
        "       m.telegram_message_id, m.pressed, m.pressed_under, m.edited_at, m.deleted_at, m.created_at"
        "  from messages m left join memberships a on a.id = m.author_id"
        " where m.chat_id = $1 and m.id >= $2 and m.role <> 'tool' order by m.id desc limit $3",
        chat_id,
        since_id,
        limit,
    )


async def select_before(tx: AccountTx, row: type[Row], chat_id: int, *, before_id: int, limit: int) -> list[Row]:
    """The newest first."""
    return await many(
        tx,
        row,
        "select m.id, m.role, m.content, m.attachments, m.llm_response_data as origin, m.author_id, a.name as author_name, m.turn_id,"
        "       m.telegram_message_id, m.pressed, m.pressed_under, m.edited_at, m.deleted_at, m.created_at"
        "  from messages m left join memberships a on a.id = m.author_id"
        " where m.chat_id = $1 and m.id < $2 and m.role <> 'tool' order by m.id desc limit $3",
        chat_id,
        before_id,
        limit,
    )


async def select_between(tx: AccountTx, row: type[Row], chat_id: int, *, after_id: int, before_id: int, limit: int) -> list[Row]:
    """The oldest first."""
    return await many(
        tx,
        row,
        "select m.id, m.role, m.content, m.attachments, m.llm_response_data as origin, m.author_id, a.name as author_name, m.turn_id,"
        "       m.telegram_message_id, m.pressed, m.pressed_under, m.edited_at, m.deleted_at, m.created_at"
        "  from messages m left join memberships a on a.id = m.author_id"
        " where m.chat_id = $1 and m.id > $2 and m.id < $3 and m.role <> 'tool' order by m.id limit $4",
        chat_id,
        after_id,
        before_id,
        limit,
    )


async def has_message(tx: AccountTx, chat_id: int, message_id: int) -> bool:
    return await value(tx, "select exists (select from messages where chat_id = $1 and id = $2)", chat_id, message_id)


async def select_moment(tx: AccountTx, chat_id: int, message_id: int) -> datetime | None:
    return await value(tx, "select created_at from messages where chat_id = $1 and id = $2", chat_id, message_id)


async def select_moment_before(tx: AccountTx, chat_id: int, message_id: int) -> datetime | None:
    """Of the message before this one."""
    return await value(
        tx,
        "select created_at from messages where chat_id = $1 and id < $2 and role <> 'tool' order by id desc limit 1",
        chat_id,
        message_id,
    )


async def select_first_unanswered(tx: AccountTx, chat_id: int) -> int | None:
    return await value(
        tx,
        "select id from messages where chat_id = $1 and role = 'user' and turn_id is null and deleted_at is null order by id limit 1",
        chat_id,
    )


async def select_first_unseen(tx: AccountTx, chat_id: int, *, upto_id: int) -> int | None:
    """The first message behind it, if the client has said something since."""
    return await value(
        tx,
        "select min(m.id) from messages m where m.chat_id = $1 and m.id > $2 and m.role in ('user', 'assistant', 'manager')"
        " and exists (select from messages c where c.chat_id = $1 and c.id > $2 and c.role = 'user')",
        chat_id,
        upto_id,
    )


async def select_deliveries(tx: AccountTx, row: type[Row], message_ids: list[int]) -> list[Row]:
    return await many(
        tx,
        row,
        "select id, message_id, state, unsure, error, reply_markup as markup, telegram_message_id, sent_at from deliveries"
        " where message_id = any ($1::bigint[]) order by id",
        message_ids,
    )


async def select_files(tx: AccountTx, row: type[Row], message_ids: list[int]) -> list[Row]:
    return await many(
        tx,
        row,
        "select id, message_id, kind, file_id, state, mime_type, size from attachments where message_id = any ($1::bigint[]) order by id",
        message_ids,
    )


async def select_steps(tx: AccountTx, row: type[Row], chat_id: int, turn_ids: list[int]) -> list[Row]:
    """What tools and code did in these turns of the chat, and in the one that runs now; answers of models stay where they are."""
    return await many(
        tx,
        row,
        "select s.turn_id, s.step_no, s.kind, s.content, s.ms, s.created_at from turn_steps s"
        " where s.turn_id in (select unnest($2::bigint[]) union select id from turns where chat_id = $1 and state = 'running')"
        "   and s.kind <> 'model' order by s.turn_id, s.step_no",
        chat_id,
        turn_ids,
    )


async def is_being_answered(tx: AccountTx, chat_id: int) -> bool:
    """By the assistant: it has begun."""
    return await value(tx, "select exists (select from turns where chat_id = $1 and state = 'running')", chat_id)


async def select_presses(tx: AccountTx, row: type[Row], chat_id: int, telegram_message_ids: list[int]) -> list[Row]:
    """Which buttons under these messages were pressed."""
    return await many(
        tx,
        row,
        "select pressed as data, pressed_under as telegram_message_id from messages"
        " where chat_id = $1 and pressed_under = any ($2::bigint[]) and role = 'user' order by id",
        chat_id,
        telegram_message_ids,
    )


# ---- what happened beside it --------------------------------------------------------------------


async def select_booking_events(tx: AccountTx, row: type[Row], chat_id: int, *, since: datetime, until: datetime | None) -> list[Row]:
    """Of the bookings that were made in this chat; a hold and its end are nobody's news."""
    return await many(
        tx,
        row,
        "select e.id, k.number, e.event, e.actor, m.name as member_name, lower(e.during) as starts_at, e.created_at as at"
        "  from bookings k join booking_events e on e.booking_id = k.id left join memberships m on m.id = e.member_id"
        " where k.chat_id = $1 and k.number is not null and e.event not in ('held', 'expired')"
        "   and e.created_at >= $2 and e.created_at < coalesce($3::timestamptz, 'infinity') order by e.id",
        chat_id,
        since,
        until,
    )


async def select_outcomes(tx: AccountTx, row: type[Row], chat_id: int, *, after_id: int, upto_id: int) -> list[Row]:
    return await many(
        tx,
        row,
        "select outcome, last_message_id, decided_at from dialogue_outcomes"
        " where chat_id = $1 and last_message_id >= $2 and last_message_id <= $3 order by last_message_id",
        chat_id,
        after_id,
        upto_id,
    )


async def select_marks(tx: AccountTx, row: type[Row], chat_id: int, *, since: datetime, until: datetime | None) -> list[Row]:
    """How clients liked their visits."""
    return await many(
        tx,
        row,
        "select f.mark, f.words, k.number, f.marked_at as at from feedback f join bookings k on k.id = f.booking_id"
        " where f.chat_id = $1 and f.marked_at >= $2 and f.marked_at < coalesce($3::timestamptz, 'infinity') order by f.marked_at",
        chat_id,
        since,
        until,
    )


async def select_callbacks(tx: AccountTx, row: type[Row], chat_id: int, *, since: datetime, until: datetime | None) -> list[Row]:
    return await many(
        tx,
        row,
        "select k.id, k.reason, k.wish, k.due_at, k.created_at as at, k.outcome, k.closed_at, m.name as closed_by from callbacks k"
        "  left join memberships m on m.id = k.closed_by"
        " where k.chat_id = $1 and (k.created_at >= $2 and k.created_at < coalesce($3::timestamptz, 'infinity')"
        "        or k.closed_at >= $2 and k.closed_at < coalesce($3::timestamptz, 'infinity')) order by k.id",
        chat_id,
        since,
        until,
    )
