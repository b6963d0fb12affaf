"""Statements about whom the demo offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from valera.kit.db import many

if TYPE_CHECKING:
    from valera.kit.db import IdentityTx

Row = TypeVar("Row")


async def select_demo_members(tx: IdentityTx, row: type[Row]) -> list[Row]:
    """Of each shop its owner, and the first of each role beside them."""
    return await many(
        tx,
        row,
        "select account_id, slug, shop_name, id, name, role, is_owner from ("
        "  select a.id as account_id, a.slug, a.name as shop_name, m.id, m.name, m.role, a.owner_id is not distinct from m.id as is_owner,"
        "         row_number() over (partition by a.id, m.role, a.owner_id is not distinct from m.id order by m.id) as nth"
        "    from memberships m join accounts a on a.id = m.account_id where m.removed_at is null) team"
        " where nth = 1 order by account_id, is_owner desc, role, id limit 60",
    )
