"""A shop's price list: versions that stay, classes of cars as columns, rows with their number in the source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NewType

PriceListId = NewType("PriceListId", int)
PriceItemId = NewType("PriceItemId", int)


@dataclass(frozen=True, slots=True)
class CarClass:
    """A column of the list: its name and what the shop says it means."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """In units of the list's currency. A range has ``upto`` above ``amount``; both equal mean «at most»; ``is_from``: at least."""

    amount: Decimal
    upto: Decimal | None = None
    is_from: bool = False

    @property
    def is_at_most(self) -> bool:
        return self.upto == self.amount


@dataclass(frozen=True, slots=True)
class PriceItem:
    """One row. ``prices`` has one entry per class of the list, or a single one if it has no classes; None: no price for that class."""

    id: PriceItemId
    row_no: int
    section: str
    name: str
    prices: tuple[Price | None, ...]


@dataclass(frozen=True, slots=True)
class PriceList:
    """One published version. No classes: one price for every car."""

    id: PriceListId
    version: int
    source: str
    currency: str
    classes: tuple[CarClass, ...]
    published_at: datetime


@dataclass(frozen=True, slots=True)
class PriceListCount:
    """A published version in a line: ``items`` counts its works."""

    version: int
    source: str
    currency: str
    published_at: datetime
    items: int
