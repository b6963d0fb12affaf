"""Statements about the team."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import execute, one

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

Row = TypeVar("Row")


async def insert_membership(tx: AccountTx, row: type[Row], *, name: str, role: str) -> Row:
    return await one(tx, row, "insert into memberships (name, role) values ($1, $2) returning id, name, role", name, role)


async def update_owner(tx: AccountTx, membership_id: int) -> None:
    await execute(tx, "update accounts set owner_id = $1", membership_id)
