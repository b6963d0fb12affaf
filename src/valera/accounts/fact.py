"""Facts: what a shop says of itself and its assistant may repeat (address, phone, directions, guarantee …)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.accounts import queries

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


async def list_facts(tx: AccountTx) -> dict[str, str]:
    """Topic → text. Topics with a meaning of their own: ``address``, ``phone``."""
    return await queries.select_facts(tx)


async def state_fact(tx: AccountTx, topic: str, text: str) -> None:
    await queries.upsert_fact(tx, topic, text)


async def withdraw_fact(tx: AccountTx, topic: str) -> str | None:
    """What it said; None: the shop says nothing about that."""
    return await queries.delete_fact(tx, topic)
