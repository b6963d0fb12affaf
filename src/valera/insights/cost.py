"""What the assistant's models cost in a period: one row for each day and model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from valera.insights import queries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.insights.period import Period
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Usage:
    """``cost`` in US dollars, ``charged`` in ``currency``; ``unpriced``: answers whose price nobody knows."""

    day: date
    provider: str
    model: str
    currency: str
    answers: int
    input_tokens: int
    output_tokens: int
    unpriced: int
    cost: Decimal
    charged: Decimal

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}" if self.provider else self.model


@dataclass(frozen=True, slots=True)
class ModelCost:
    """One model's rows together."""

    name: str
    currency: str
    answers: int
    tokens: int
    unpriced: int
    cost: Decimal
    charged: Decimal


async def list_usage(tx: AccountTx, period: Period) -> list[Usage]:
    """The latest day first."""
    return await queries.select_usage(tx, Usage, period.first, period.last)


def total(rows: Iterable[Usage]) -> Decimal:
    return sum((row.cost for row in rows), Decimal(0))


def by_model(rows: Iterable[Usage]) -> list[ModelCost]:
    """The dearest first."""
    found: dict[tuple[str, str], list[Usage]] = {}
    for row in rows:
        found.setdefault((row.name, row.currency), []).append(row)
    models = [
        ModelCost(
            name,
            currency,
            sum(row.answers for row in of_it),
            sum(row.input_tokens + row.output_tokens for row in of_it),
            sum(row.unpriced for row in of_it),
            total(of_it),
            sum((row.charged for row in of_it), Decimal(0)),
        )
        for (name, currency), of_it in found.items()
    ]
    return sorted(models, key=lambda model: (-model.cost, model.name, model.currency))
