"""Status: the life of a booking, and which step may follow which. The database holds the same table (0013_booking_life.sql)."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from valera.kit.errors import Conflict


class StatusConflict(Conflict):
    """The booking has moved on: this step no longer follows."""

    def __init__(self, status: Status, following: Status | None = None) -> None:
        done = f"become {following.said}." if following else "be moved."
        super().__init__(f"A booking that is {status.said} cannot {done}")
        self.stands, self.following = status, following


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

    @property
    def said(self) -> str:
        return self.value.replace("_", " ")

    @property
    def is_coming(self) -> bool:
        """Real, and neither over nor given up."""
        return self in COMING


COMING = frozenset({Status.REQUESTED, Status.CONFIRMED, Status.ARRIVED, Status.IN_WORK})


def steps_after(status: Status) -> frozenset[Status]:  # noqa: PLR0911  (a table)
    match status:
        case Status.HELD:
            return frozenset({Status.CONFIRMED, Status.REQUESTED, Status.EXPIRED})
        case Status.REQUESTED:
            return frozenset({Status.CONFIRMED, Status.CANCELLED})
        case Status.CONFIRMED:
            return frozenset({Status.ARRIVED, Status.CANCELLED, Status.NO_SHOW})
        case Status.ARRIVED:
            return frozenset({Status.IN_WORK, Status.CANCELLED})
        case Status.IN_WORK:
            return frozenset({Status.DONE})
        case Status.NO_SHOW:
            return frozenset({Status.ARRIVED})  # late, and still the same day
        case Status.DONE | Status.CANCELLED | Status.EXPIRED:
            return frozenset()
        case _:
            assert_never(status)


def require_step(status: Status, following: Status) -> None:
    if following not in steps_after(status):
        raise StatusConflict(status, following)


def require_movable(status: Status) -> None:
    """A time can change as long as nobody has come."""
    if status is not Status.CONFIRMED:
        raise StatusConflict(status)
