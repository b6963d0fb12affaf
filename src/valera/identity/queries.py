"""Statements about the team."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, many, maybe, one

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountId, AccountTx, IdentityTx

Row = TypeVar("Row")


async def insert_membership(tx: AccountTx, row: type[Row], *, name: str, role: str, telegram_user_id: int | None) -> Row:
    return await one(
        tx,
        row,
        "insert into memberships (name, role, telegram_user_id) values ($1, $2, $3) returning id, name, role",
        name,
        role,
        telegram_user_id,
    )


async def select_team(tx: AccountTx, row: type[Row]) -> list[Row]:
    return await many(
        tx,
        row,
        "select m.id, m.name, m.role, a.owner_id is not distinct from m.id as is_owner, m.telegram_user_id is not null as has_telegram,"
        "       m.created_at from memberships m join accounts a on a.id = m.account_id where m.removed_at is null"
        " order by is_owner desc, m.role, m.name, m.id",
    )


async def select_member_by_name(tx: AccountTx, row: type[Row], name: str) -> Row | None:
    """Of several who are called so the first."""
    return await maybe(tx, row, "select id, name, role from memberships where name = $1 and removed_at is null order by id limit 1", name)


async def select_owner(tx: AccountTx, row: type[Row]) -> Row | None:
    return await maybe(tx, row, "select m.id, m.name, m.role from accounts a join memberships m on m.id = a.owner_id")


async def update_owner(tx: AccountTx, membership_id: int) -> None:
    await execute(tx, "update accounts set owner_id = $1", membership_id)


async def lock_member(tx: IdentityTx, row: type[Row], account_id: AccountId, member_id: int) -> Row | None:
    return await maybe(
        tx,
        row,
        "select m.id, m.name, m.role, a.owner_id is not distinct from m.id as is_owner"
        "  from memberships m join accounts a on a.id = m.account_id"
        " where m.account_id = $1 and m.id = $2 and m.removed_at is null for no key update of m",
        account_id,
        member_id,
    )


async def update_role(tx: AccountTx, member_id: int, *, role: str) -> None:
    await execute(tx, "update memberships set role = $2 where id = $1", member_id, role)


async def update_removed(tx: AccountTx, member_id: int, *, now: datetime) -> None:
    await execute(tx, "update memberships set removed_at = $2, telegram_user_id = null where id = $1", member_id, now)
