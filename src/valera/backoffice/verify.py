"""`valera verify`: looks for anything that must never be true. Safe in production: one read-only snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.backoffice import queries
from valera.kit.db import AccountId

if TYPE_CHECKING:
    from valera.kit.db import Database

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Breach:
    account_id: AccountId
    id: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant and the rows that break it; none: it holds."""

    invariant: str
    breaches: tuple[Breach, ...]

    def tell(self) -> str:
        if not self.breaches:
            return f"ok    {self.invariant}"
        rows = ", ".join(f"shop {breach.account_id} row {breach.id}" for breach in self.breaches[:SHOWN])
        more = f" and {len(self.breaches) - SHOWN} more" if len(self.breaches) > SHOWN else ""
        return f"BROKEN {self.invariant}: {rows}{more}"


async def verify(db: Database) -> tuple[Finding, ...]:
    """All invariants on one snapshot of all shops."""
    async with db.owner_tx() as tx:
        return tuple([Finding(name, tuple(await queries.select_breaches(tx, Breach, name))) for name in queries.INVARIANTS])
