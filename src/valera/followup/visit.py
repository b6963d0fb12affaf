"""Visit: a booking, as far as it concerns what is said about it unasked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

CONFIRMED, DONE = "confirmed", "done"
DIGITS = 10
"""At the most, of a number in a button."""


@dataclass(frozen=True, slots=True)
class Visit:
    """``starts_at`` None: a request that has no time yet."""

    id: int
    number: int
    status: str
    chat_id: int
    service: str
    starts_at: datetime | None

    def is_expected(self, at: datetime, now: datetime) -> bool:
        """The client is still to come, and at that very time."""
        return self.status == CONFIRMED and self.starts_at == at and at > now


def seconds_of(moment: datetime) -> int:
    """As a job's payload and a button hold it."""
    return round(moment.timestamp())


def numbers_of(key: str, count: int) -> tuple[int, ...] | None:
    """«12-1795852800» → (12, 1795852800). None: no key of ours."""
    parts = key.split("-")
    is_ours = len(parts) == count and all(part.isascii() and part.isdigit() and len(part) <= DIGITS for part in parts)
    return tuple(int(part) for part in parts) if is_ours else None
