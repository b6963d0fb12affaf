"""Statements about requests that may come twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, one

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def insert_request(tx: AccountTx, *, key_id: int, idempotency_key: str, fingerprint: bytes) -> bool:
    """False: it was there."""
    inserted = await execute(
        tx,
        "insert into api_requests (key_id, idempotency_key, fingerprint) values ($1, $2, $3) on conflict do nothing",
        key_id,
        idempotency_key,
        fingerprint,
    )
    return inserted == 1


async def get_request(tx: AccountTx, row: type[Row], *, key_id: int, idempotency_key: str) -> Row:
    return await one(
        tx,
        row,
        "select fingerprint, made_id from api_requests where key_id = $1 and idempotency_key = $2",
        key_id,
        idempotency_key,
    )


async def update_made(tx: AccountTx, *, key_id: int, idempotency_key: str, made_id: int) -> None:
    await execute(tx, "update api_requests set made_id = $3 where key_id = $1 and idempotency_key = $2", key_id, idempotency_key, made_id)
