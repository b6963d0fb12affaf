"""What forms and addresses say of days and times."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)


def read_day(text: str, default: date) -> date:
    """«2026-11-24»; whatever else an address says means the default."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return default
    return day if FIRST <= day <= LAST else default


def read_moment(day: str, clock: str, zone: ZoneInfo) -> datetime | None:
    """A local day and hour. None: it is none, or the clock is put forward over it."""
    try:
        naive = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock))
    except ValueError:
        return None
    if naive.tzinfo is not None or not FIRST <= naive.date() <= LAST:
        return None
    moment = naive.replace(tzinfo=zone)
    return moment if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) == naive else None


def read_exact(text: str, zone: ZoneInfo) -> datetime | None:
    """«2026-11-24T08:00:00+00:00» → that moment in the shop's zone. None: it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or not FIRST <= moment.date() <= LAST:
        return None
    return moment.astimezone(zone)


def read_id(text: str) -> int | None:
    """None: nothing was chosen, or no id can be written so."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None  # noqa: PLR2004  (fits a bigint)
