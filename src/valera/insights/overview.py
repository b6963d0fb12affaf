"""Overview: today at a glance, and a period beside the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.insights.cost import Usage, list_usage
from valera.insights.dialogue import DialogueNumbers, count_dialogues
from valera.insights.period import Period
from valera.insights.visit import count_bookings
from valera.insights.waiting import Waiting, list_waiting

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of one period."""

    period: Period
    dialogues: DialogueNumbers
    bookings: dict[str, int]
    usage: list[Usage]


@dataclass(frozen=True, slots=True)
class Overview:
    waiting: list[Waiting]
    today: Numbers
    chosen: Numbers
    before: Numbers


async def look(tx: AccountTx, period: Period, now: datetime) -> Overview:
    """Of one moment: numbers that belong together are read together."""
    await tx.read_one_snapshot()
    today = Period.latest(1, today=now.astimezone(period.zone).date(), zone=period.zone)
    chosen = await _count(tx, period, now)
    return Overview(
        await list_waiting(tx), chosen if today == period else await _count(tx, today, now), chosen, await _count(tx, period.before, now)
    )


async def _count(tx: AccountTx, period: Period, now: datetime) -> Numbers:
    return Numbers(period, await count_dialogues(tx, period), await count_bookings(tx, period, now), await list_usage(tx, period))
