"""Who waits for a person at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.insights import queries

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Waiting:
    """``reason``: why the assistant called somebody."""

    chat_id: int
    client: str
    waits_since: datetime
    reason: str | None


async def list_waiting(tx: AccountTx) -> list[Waiting]:
    """Who has waited longest comes first."""
    return await queries.select_waiting(tx, Waiting)
