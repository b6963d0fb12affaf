"""What a merge changed, as its row keeps it: enough to undo it, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class CardFields(msgspec.Struct, frozen=True):
    """Of a card what the other one may complete."""

    name: str
    phone: str | None
    source: str | None
    note: str
    consent_at: datetime | None
    unreachable_at: datetime | None


class CarFields(msgspec.Struct, frozen=True):
    """Of a car what its double may complete."""

    make: str
    model: str
    year: int | None
    plate: str | None
    vin: str | None
    car_class: str | None


class FoldedCar(msgspec.Struct, frozen=True):
    """Both cards had it. ``car_id`` stays with the former card; ``twin_id`` stands for it, completed, also in these bookings."""

    car_id: int
    twin_id: int
    before: CarFields
    after: CarFields
    bookings: list[int]


class Moved(msgspec.Struct, frozen=True):
    """``tables``: table → keys of the rows that changed their card; ``spent``: day → what was added to it; ``newest_car_id``: of the
    shop, then.
    """

    before: CardFields
    after: CardFields
    tables: dict[str, list[Any]] = {}
    cars: list[FoldedCar] = []
    spent: dict[str, str] = {}
    newest_car_id: int = 0
