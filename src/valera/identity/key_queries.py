"""Statements about keys of programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, many, maybe, value

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from valera.kit.db import AccountTx, IdentityTx

Row = TypeVar("Row")


async def count_keys(tx: AccountTx) -> int:
    return await value(tx, "select count(*) from api_keys where revoked_at is null")


async def insert_key(tx: AccountTx, *, name: str, prefix: str, key_hash: bytes, scope: str, by: int) -> None:
    await execute(
        tx,
        "insert into api_keys (name, prefix, key_hash, scope, created_by) values ($1, $2, $3, $4, $5)",
        name,
        prefix,
        key_hash,
        scope,
        by,
    )


async def select_keys(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(
        tx,
        row,
        "select k.id, k.name, k.prefix, k.scope, k.created_at, m.name as created_by, k.last_used_at from api_keys k"
        "  join memberships m on m.id = k.created_by where k.revoked_at is null order by k.id desc",
    )


async def revoke_key(tx: AccountTx, key_id: int, *, now: datetime) -> bool:
    return bool(await execute(tx, "update api_keys set revoked_at = $2 where id = $1 and revoked_at is null", key_id, now))


async def revoke_of_member(tx: AccountTx, member_id: int, *, now: datetime) -> None:
    await execute(tx, "update api_keys set revoked_at = $2 where created_by = $1 and revoked_at is null", member_id, now)


async def select_key(tx: IdentityTx, row: type[Row], key_hash: bytes, *, now: datetime, fresh: timedelta) -> Row | None:
    return await maybe(
        tx,
        row,
        "with found as (select k.account_id, k.id, k.scope, k.created_by, k.last_used_at from api_keys k"
        "                 join memberships m on m.account_id = k.account_id and m.id = k.created_by and m.removed_at is null"
        "                where k.key_hash = $1 and k.revoked_at is null),"
        " used as (update api_keys k set last_used_at = $2::timestamptz from found"
        "           where (k.account_id, k.id) = (found.account_id, found.id)"
        "            and (found.last_used_at is null or found.last_used_at < $2::timestamptz - $3::interval))"
        " select account_id, id as key_id, scope, created_by as member_id from found",
        key_hash,
        now,
        fresh,
    )
