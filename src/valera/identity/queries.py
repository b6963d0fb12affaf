"""Statements about the team."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, maybe, one

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def insert_membership(tx: AccountTx, row: type[Row], *, name: str, role: str) -> Row:
    return await one(tx, row, "insert into memberships (name, role) values ($1, $2) returning id, name, role", name, role)


async def select_member_by_name(tx: AccountTx, row: type[Row], name: str) -> Row | None:
    """Of several who are called so the first."""
    return await maybe(tx, row, "select id, name, role from memberships where name = $1 order by id limit 1", name)


async def select_owner(tx: AccountTx, row: type[Row]) -> Row | None:
    return await maybe(tx, row, "select m.id, m.name, m.role from accounts a join memberships m on m.id = a.owner_id")


async def update_owner(tx: AccountTx, membership_id: int) -> None:
    await execute(tx, "update accounts set owner_id = $1", membership_id)
