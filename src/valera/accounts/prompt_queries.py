"""Statements about a shop's prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, many, maybe, value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_prompts(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(
        tx,
        row,
        "select p.version, p.text, p.note, m.name as author, p.created_at, p.published_at"
        "  from prompts p left join memberships m on m.id = p.author_id order by p.version desc",
    )


async def select_prompt(tx: AccountTx, row: type[Row], version: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select p.version, p.text, p.note, m.name as author, p.created_at, p.published_at"
        "  from prompts p left join memberships m on m.id = p.author_id where p.version = $1",
        version,
    )


async def select_newest(tx: AccountTx, row: type[Row]) -> Row | None:
    return await maybe(
        tx,
        row,
        "select p.version, p.text, p.note, m.name as author, p.created_at, p.published_at"
        "  from prompts p left join memberships m on m.id = p.author_id order by p.version desc limit 1",
    )


async def select_published(tx: AccountTx, row: type[Row]) -> Row | None:
    return await maybe(
        tx,
        row,
        "select p.version, p.text, p.note, m.name as author, p.created_at, p.published_at"
        "  from prompts p left join memberships m on m.id = p.author_id"
        " where p.published_at is not null order by p.published_at desc, p.version desc limit 1",
    )


async def insert_prompt(tx: AccountTx, *, text: str, note: str, author_id: int | None, is_published: bool) -> int:
    """The next version. Two that are written at once take turns: the lock is held until the transaction ends."""
    await value(tx, "select pg_advisory_xact_lock(hashtextextended('prompts ' || current_setting('app.account_id'), 0))")
    return await value(
        tx,
        "insert into prompts (version, text, note, author_id, published_at)"
        " select coalesce(max(version), 0) + 1, $1, $2, $3, case when $4 then clock_timestamp() end from prompts returning version",
        text,
        note,
        author_id,
        is_published,
    )


async def update_published(tx: AccountTx, version: int) -> None:
    await execute(tx, "update prompts set published_at = clock_timestamp() where version = $1", version)


# ---- the draft ----------------------------------------------------------------------------------


async def select_draft(tx: AccountTx, row: type[Row]) -> Row | None:
    return await maybe(
        tx,
        row,
        "select d.text, d.revision, m.name as author, d.saved_at  from prompt_drafts d left join memberships m on m.id = d.author_id",
    )


async def lock_draft(tx: AccountTx) -> None:
    await value(tx, "select revision from prompt_drafts for update")


async def upsert_draft(tx: AccountTx, *, text: str, revision: int, author_id: int | None) -> bool:
    """``revision``: that the writer knows, 0: none. False: it is another one."""
    return bool(
        await execute(
            tx,
            "insert into prompt_drafts as d (text, author_id)"
            " select $1, $3 where $2 = 0 or exists (select from prompt_drafts where revision = $2)"
            " on conflict (account_id) do update set text = $1, author_id = $3, revision = d.revision + 1, saved_at = now()"
            "   where d.revision = $2",
            text,
            revision,
            author_id,
        )
    )


async def delete_draft(tx: AccountTx, *, revision: int) -> bool:
    return bool(await execute(tx, "delete from prompt_drafts where revision = $1", revision))
