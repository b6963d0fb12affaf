"""Statements of the search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.kit.db import execute

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


async def say_still_here(tx: AccountTx) -> None:
    """PostgreSQL ends a transaction that stands idle for seconds; a long list takes about one to be indexed."""
    await execute(tx, "select 1")
