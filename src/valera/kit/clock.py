"""The time, asked of an object: leases use the database's clock, everything that people read uses this one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """An aware datetime in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class FixedClock:
    """Stands where it is put; tests and rehearsals move it by hand."""

    at: datetime

    def now(self) -> datetime:
        return self.at
