"""When a reminder is due: its lead before the booking, moved out of the quiet hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from valera.followup.quiet import after, last_before

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.followup.settings import Quiet


@dataclass(frozen=True, slots=True)
class Planned:
    """``at`` is when it is said, about ``lead`` before the start."""

    lead: timedelta
    at: datetime


def plan(starts_at: datetime, leads: Iterable[timedelta], quiet: Quiet, *, since: datetime) -> tuple[Planned, ...]:
    """The reminders of a booking that has this time ``since`` then, the earliest first.

    None for a lead that was over when the time was settled: the client has just heard it. In the quiet hours a reminder waits for their
    end, if half of its lead is left then; else it comes before they begin, unless an earlier one is said within a day of it anyway.
    """
    planned: list[Planned] = []
    for lead in sorted(leads, reverse=True):
        due_at = starts_at - lead
        if due_at <= since:
            continue
        at = after(due_at, quiet)
        if is_late(starts_at, lead, at):
            at = last_before(due_at, quiet)
            if at <= since or any(starts_at - earlier.at <= timedelta(days=1) for earlier in planned):
                continue
        planned.append(Planned(lead, at))
    return tuple(planned)


def is_late(starts_at: datetime, lead: timedelta, at: datetime) -> bool:
    """Less than half of the lead is left: too late to change one's plans by."""
    return starts_at - at < lead / 2
