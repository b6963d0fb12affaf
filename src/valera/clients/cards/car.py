"""A client's car, as a card shows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CarLine:
    id: int
    make: str
    model: str
    year: int | None
    plate: str | None
    vin: str | None
    car_class: str | None

    @property
    def name(self) -> str:
        return f"{self.make} {self.model}".strip()
