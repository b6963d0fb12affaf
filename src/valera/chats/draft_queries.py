"""Statements about drafts of the assistant."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, maybe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def insert_draft(
    tx: AccountTx,
    *,
    chat_id: int,
    turn_id: int,
    upto_id: int,
    kind: str,
    text: str,
    reason: str,
    keyboard: list[list[dict[str, object]]] | None,
    origin: Mapping[str, object],
) -> None:
    await execute(
        tx,
        "update drafts set state = 'replaced', decided_at = now() where chat_id = $1 and state = 'open'",
        chat_id,
    )
    await execute(
        tx,
        "insert into drafts (chat_id, turn_id, upto_id, kind, text, reason, keyboard, origin) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        chat_id,
        turn_id,
        upto_id,
        kind,
        text,
        reason,
        keyboard,
        origin,
    )


async def select_open(tx: AccountTx, row: type[Row], chat_id: int) -> Row | None:
    """One for approval answers something while a message of the client up to it is open; one that the gates refused, until a person
    speaks.
    """
    return await maybe(
        tx,
        row,
        "select d.id, d.chat_id, d.turn_id, d.upto_id, d.kind, d.text, d.reason, d.keyboard, d.origin, d.created_at from drafts d"
        " where d.chat_id = $1 and d.state = 'open' and case when d.kind = 'refused'"
        "       then not exists (select from messages m where m.chat_id = $1 and m.id > d.upto_id and m.role = 'manager')"
        "       else exists (select from messages m where m.chat_id = $1 and m.id <= d.upto_id and m.role = 'user'"
        "                                             and m.turn_id is null) end",
        chat_id,
    )


async def select_hint(tx: AccountTx, row: type[Row], chat_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select hint, text as draft from (select hint, text, state from drafts where chat_id = $1 order by id desc limit 1) newest"
        " where state = 'hinted'",
        chat_id,
    )


async def update_decided(tx: AccountTx, draft_id: int, *, state: str, by: int, hint: str | None = None) -> None:
    await execute(
        tx,
        "update drafts set state = $2, decided_by = $3, hint = $4, decided_at = now() where id = $1",
        draft_id,
        state,
        by,
        hint,
    )


async def finish_approved(tx: AccountTx, *, chat_id: int, turn_id: int, upto_id: int) -> None:
    """The turn that wrote it has said it now, in answer to all that it knew of."""
    await execute(
        tx,
        "with approved as (update turns set state = 'done' where id = $2),"
        " answered as (update messages set turn_id = $2 where chat_id = $1 and role = 'user' and turn_id is null and id <= $3)"
        " update chats set human_called_at = null, human_reason = null where id = $1",
        chat_id,
        turn_id,
        upto_id,
    )


async def clear_called(tx: AccountTx, chat_id: int) -> None:
    """A person has answered."""
    await execute(tx, "update chats set human_called_at = null, human_reason = null where id = $1", chat_id)


async def wake_hinted(tx: AccountTx, chat_id: int) -> None:
    """A turn for the hint, or the one that waits already."""
    await execute(
        tx,
        "with due as (insert into turns (chat_id, trigger) values ($1, 'hint')"
        "  on conflict (account_id, chat_id) where state = 'waiting' do update set due_at = now(), trigger = 'hint')"
        " select pg_notify('turn', '')",
        chat_id,
    )
