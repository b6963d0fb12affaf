"""How often somebody may do what costs money or invites guessing. Counted in the database: the bound holds for all processes together.

A bucket of ``most`` drops that fills again within ``within``, kept as one moment: when it will be full. Taking a drop is one short
transaction of its own, committed before what it guards begins, so that what fails has been counted, too.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from valera.identity import limit_queries as queries
from valera.kit.errors import LimitReached

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import Database


class TooOften(LimitReached):
    """Somebody has done this as often as anybody may for now."""


@dataclass(frozen=True, slots=True)
class Limit:
    """``what`` names the bucket; nobody takes more than ``most`` at once, and no more than ``most`` in ``within`` in the long run."""

    what: str
    most: int
    within: timedelta


async def limit(db: Database, bound: Limit, who: str, *, now: datetime) -> None:
    """Take one drop of ``who``'s bucket. Raises TooOften with the seconds until there is another.

    ``who`` is whatever tells people apart there: an address, an account, a member. Only its hash is stored, until the bucket is full again.
    """
    drop = bound.within / bound.most
    async with db.identity_tx() as tx:
        free_at = await queries.take(tx, bound.what, _hashed(bound.what, who), now=now, drop=drop, within=bound.within)
        if free_at is not None:
            return
        full_at = await queries.select_free_at(tx, bound.what, _hashed(bound.what, who))
    wait = max(1.0, (full_at + drop - bound.within - now).total_seconds()) if full_at else 1.0
    raise TooOften(f"This was done too often. Try again in {_told(wait)}.", retry_after=wait)


def _hashed(what: str, who: str) -> bytes:
    return hashlib.sha256(f"{what}\0{who}".encode("utf-8", "surrogatepass")).digest()


def _told(seconds: float) -> str:
    minutes = -(-int(seconds) // 60)
    return f"{int(seconds)} s" if seconds < 2 * 60 else f"{minutes} min"
