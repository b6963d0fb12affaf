"""What the first start asks of a shop's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import one

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def select_progress(tx: AccountTx, row: type[Row]) -> Row:
    """A greeting, and the sentence of a bot that is closed, are no answers."""
    return await one(
        tx,
        row,
        "select exists (select from opening_hours) as has_hours, exists (select from bays where is_open) as has_bay,"
        " exists (select from price_lists where published_at is not null) as has_prices,"
        " exists (select from price_drafts where closed_at is null) as has_draft,"
        " exists (select from bots where state <> 'removed') as has_bot,"
        " (exists (select from messages m where m.role = 'assistant' and not exists ("
        "            select from turn_steps s where s.turn_id = m.turn_id and s.kind = 'code'"
        "                                       and s.content ->> 'what' in ('start', 'closed')))"
        "  or exists (select from trials where kept <> '{}')) as has_talked",
    )
