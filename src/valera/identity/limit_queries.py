"""Statements about limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.kit.db import value

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from valera.kit.db import IdentityTx


async def take(tx: IdentityTx, what: str, who: bytes, *, now: datetime, drop: timedelta, within: timedelta) -> datetime | None:
    """When the bucket will be full; None: it is empty, and nothing was taken."""
    return await value(
        tx,
        "insert into limits as l (what, who, free_at) values ($1, $2, $3::timestamptz + $4::interval)"
        " on conflict (what, who) do update set free_at = greatest(l.free_at, $3) + $4::interval"
        "   where greatest(l.free_at, $3) + $4::interval <= $3 + $5::interval"
        " returning free_at",
        what,
        who,
        now,
        drop,
        within,
    )


async def select_free_at(tx: IdentityTx, what: str, who: bytes) -> datetime | None:
    return await value(tx, "select free_at from limits where what = $1 and who = $2", what, who)
