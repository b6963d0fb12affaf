"""Status: the life of a booking, and which step may follow which."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from valera.kit.errors import Conflict


class StatusConflict(Conflict):
    """The booking has moved on: this step no longer follows."""


class Status(StrEnum):
    """Requested → confirmed → arrived → in work → done, or cancelled, or no-show. Held: waits for the client's yes; expired: had none."""

    HELD = "held"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    IN_WORK = "in_work"
    DONE = "done"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    EXPIRED = "expired"


def steps_after(status: Status) -> frozenset[Status]:
    match status:
        case Status.HELD:
            return frozenset({Status.CONFIRMED, Status.EXPIRED})
        case Status.REQUESTED:
            return frozenset({Status.CONFIRMED, Status.CANCELLED})
        case Status.CONFIRMED:
            return frozenset({Status.ARRIVED, Status.CANCELLED, Status.NO_SHOW})
        case Status.ARRIVED:
            return frozenset({Status.IN_WORK, Status.CANCELLED})
        case Status.IN_WORK:
            return frozenset({Status.DONE})
        case Status.DONE | Status.CANCELLED | Status.NO_SHOW | Status.EXPIRED:
            return frozenset()
        case _:
            assert_never(status)


def require_step(status: Status, following: Status) -> None:
    if following not in steps_after(status):
        raise StatusConflict(f"A booking that is {status.value} cannot become {following.value}.")
