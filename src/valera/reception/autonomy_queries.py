"""Statements about how much the assistant of a shop does by itself. Its policies show each shop only its own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.kit.db import execute, value

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


async def select_autonomy(tx: AccountTx) -> str | None:
    return await value(tx, "select settings ->> 'autonomy' from accounts")


async def update_autonomy(tx: AccountTx, autonomy: str) -> None:
    await execute(
        tx,
        "update accounts set settings = settings || jsonb_build_object('autonomy', $1::text)",
        autonomy,
    )
