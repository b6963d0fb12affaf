"""Quiet hours: when something may be said that nobody asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from valera.followup.settings import Quiet

BEFORE = timedelta(minutes=30)
"""What cannot wait for the end of the quiet hours is said so long before they begin."""


def is_quiet(moment: datetime, quiet: Quiet) -> bool:
    clock = moment.astimezone(quiet.zone).time()
    if quiet.begins <= quiet.ends:
        return quiet.begins <= clock < quiet.ends
    return clock >= quiet.begins or clock < quiet.ends


def after(moment: datetime, quiet: Quiet) -> datetime:
    """The moment itself, or the end of the quiet hours in which it falls."""
    return _edges(moment, quiet)[1] if is_quiet(moment, quiet) else moment


def last_before(moment: datetime, quiet: Quiet) -> datetime:
    """The moment itself, or half an hour before the quiet hours in which it falls."""
    return _edges(moment, quiet)[0] - BEFORE if is_quiet(moment, quiet) else moment


def _edges(moment: datetime, quiet: Quiet) -> tuple[datetime, datetime]:
    """Beginning and end of the quiet hours around a moment: by the wall clock, so a night of a DST change is shorter or longer."""
    local = moment.astimezone(quiet.zone)
    crosses_midnight = quiet.begins > quiet.ends
    first_day = local.date() - timedelta(days=1) if crosses_midnight and local.time() < quiet.ends else local.date()
    last_day = first_day + timedelta(days=1) if crosses_midnight else first_day
    begins = datetime.combine(first_day, quiet.begins, quiet.zone)
    ends = datetime.combine(last_day, quiet.ends, quiet.zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)
