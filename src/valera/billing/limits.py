"""What models may cost: a sum for each budget, in US dollars."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_LIMIT = "none"
SETTING = "budgets"
"""Where a shop's settings hold its own."""


class Scope(StrEnum):
    """One client's dialogue in a day of the shop; the shop in a day; the shop in a month."""

    CLIENT = "client"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Limits:
    """None: no limit."""

    client: Decimal | None = None
    day: Decimal | None = None
    month: Decimal | None = None

    def of_shop(self, own: Mapping[str, str] | None) -> Limits:
        """These, where the shop has set none of its own."""
        if not own:
            return self
        return Limits(**(asdict(self) | {name: read_limit(text) for name, text in own.items() if name in FIELDS}))

    def get(self, scope: Scope) -> Decimal | None:
        match scope:
            case Scope.CLIENT:
                return self.client
            case Scope.DAY:
                return self.day
            case Scope.MONTH:
                return self.month


FIELDS = {field.name for field in fields(Limits)}


def read_limit(text: str) -> Decimal | None:
    """``none``, or a sum. Raises ValueError with a sentence."""
    if text.strip().lower() == NO_LIMIT:
        return None
    try:
        limit = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        limit = Decimal(-1)
    if not limit.is_finite() or not 0 <= limit < 10**9:
        raise ValueError(f"{text!r} is no budget: a sum of US dollars such as 2.50, or none")
    return limit


def write_limit(limit: Decimal | None) -> str:
    return NO_LIMIT if limit is None else str(limit)
