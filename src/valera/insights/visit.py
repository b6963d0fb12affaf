"""Bookings of a period: those that were made in it, and the visits that were due in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.insights import queries

if TYPE_CHECKING:
    from valera.insights.period import Period
    from valera.kit.db import AccountTx

FIGURES = frozenset(
    {
        "made",
        "made:assistant",
        "made:team",
        "visits",
        "visits:arrived",
        "visits:missed",
        "visits:expected",
        "visits:unmarked",
        "visits:cancelled",
    }
)


@dataclass(frozen=True, slots=True)
class _Counted:
    figure: str
    number: int


@dataclass(frozen=True, slots=True)
class Visit:
    """``made_at`` and ``made_by`` are None where it was made before the period; ``starts_at`` where it has no time yet."""

    number: int
    status: str
    service: str
    chat_id: int | None
    client_id: int | None
    client: str
    made_at: datetime | None
    made_by: str | None
    starts_at: datetime | None


async def count_bookings(tx: AccountTx, period: Period, now: datetime) -> dict[str, int]:
    """Figures that nothing counts to are left out."""
    rows = await queries.count_bookings(tx, _Counted, (period.since, period.until), now)
    return {counted.figure: counted.number for counted in rows}


async def list_bookings(tx: AccountTx, period: Period, now: datetime, figure: str, *, most: int, after: int = 0) -> list[Visit]:
    return await queries.select_bookings(tx, Visit, (period.since, period.until), now, figure=figure, limit=most, offset=after)
