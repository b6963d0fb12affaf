"""Statements about drafts of price lists and what was corrected in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from valera.kit.db import execute, many, maybe, one, value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx
    from valera.pricing.reading.draft import Draft


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """``base_version``: the newest version when it was begun; ``content``: the draft as it was read, before any correction, in JSON that
    nobody has read yet: of a large list that is work, and may be done when the transaction is over.
    """

    id: int
    source: str
    base_version: int
    content: str
    created_at: datetime
    closed_at: datetime | None
    published_version: int | None


@dataclass(frozen=True, slots=True)
class Made:
    """A correction as it is stored."""

    no: int
    correction: Any
    made_at: datetime
    undone_at: datetime | None


async def insert_draft(tx: AccountTx, *, source: str, content: Draft) -> StoredDraft:
    return await one(
        tx,
        StoredDraft,
        """
        insert into price_drafts (source, base_version, content)
        select $1, coalesce(max(version) filter (where published_at is not null), 0), $2 from price_lists
        returning id, source, base_version, content::text as content, created_at, closed_at, published_version
        """,
        source,
        content,
    )


async def find_open_draft(tx: AccountTx) -> StoredDraft | None:
    return await maybe(
        tx,
        StoredDraft,
        """
        select id, source, base_version, content::text as content, created_at, closed_at, published_version
        from price_drafts where closed_at is null
        """,
    )


async def find_open_source(tx: AccountTx) -> str | None:
    """What the open draft was read from; None: there is none."""
    return await value(tx, "select source from price_drafts where closed_at is null")


async def lock_draft(tx: AccountTx, draft_id: int) -> StoredDraft | None:
    """Held until the transaction ends: corrections and publishing take turns."""
    return await maybe(
        tx,
        StoredDraft,
        """
        select id, source, base_version, content::text as content, created_at, closed_at, published_version
        from price_drafts where id = $1 for no key update
        """,
        draft_id,
    )


async def update_replaced(tx: AccountTx) -> int:
    """The open draft gives way to another."""
    return await execute(tx, "update price_drafts set closed_at = now() where closed_at is null")


async def update_draft_published(tx: AccountTx, draft_id: int, version: int) -> None:
    await execute(tx, "update price_drafts set closed_at = now(), published_version = $2 where id = $1", draft_id, version)


async def delete_old_drafts(tx: AccountTx) -> int:
    """Closed for a month: what they became is a version, or nothing."""
    return await execute(tx, "delete from price_drafts where closed_at < now() - interval '30 days'")


async def list_corrections(tx: AccountTx, draft_id: int) -> list[Made]:
    return await many(
        tx, Made, "select no, correction, made_at, undone_at from price_corrections where draft_id = $1 order by no", draft_id
    )


async def insert_correction(tx: AccountTx, draft_id: int, correction: Any) -> int:
    return await value(
        tx,
        """
        insert into price_corrections (draft_id, no, correction)
        select $1, coalesce(max(no), 0) + 1, $2 from price_corrections where draft_id = $1 returning no
        """,
        draft_id,
        correction,
    )


async def update_undone(tx: AccountTx, draft_id: int, no: int) -> None:
    await execute(tx, "update price_corrections set undone_at = now() where draft_id = $1 and no = $2", draft_id, no)
