"""Statements about analytics events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valera.kit.db import execute

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


async def insert_event(tx: AccountTx, event_type: str, properties: dict[str, Any]) -> None:
    await execute(tx, "insert into analytics_events (event_type, properties) values ($1, $2)", event_type, properties)
