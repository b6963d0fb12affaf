"""Statements about analytics events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valera.kit.db import value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


async def insert_event(tx: AccountTx, event_type: str, properties: dict[str, Any]) -> str | None:
    """None, or the SQLSTATE of what went wrong: the function has a savepoint of its own."""
    return await value(tx, "select track_event($1, $2)", event_type, properties)
