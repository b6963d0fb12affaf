"""When to call: the client's wish, as far as somebody is there to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from valera.bookings.schedule.workshop import Workshop
    from valera.russian.time.when import Wish

DAYTIME = (time(9), time(21))
"""A shop that has not said when it is open calls between these hours."""


@dataclass(frozen=True, slots=True)
class Due:
    """``is_shut``: the wished time is outside the opening hours, so ``at`` is the next opening. ``is_now``: as soon as somebody can."""

    at: datetime
    is_exact: bool = False
    is_now: bool = False
    is_shut: bool = False


def due_for(wish: Wish | None, workshop: Workshop) -> Due:
    """No wish: as soon as possible."""
    now = workshop.now.replace(second=0, microsecond=0)
    wanted = now if wish is None or wish.soonest else max(_earliest(wish), now)
    at = _open_from(workshop, wanted)
    is_exact = wish is not None and wish.exact and at == wanted
    return Due(at, is_exact=is_exact, is_now=at == now, is_shut=at != wanted and (wish is None or wish.soonest or at >= wish.end))


def _earliest(wish: Wish) -> datetime:
    """Of a wish over several days with hours of their own, the first of these hours."""
    if wish.hours is None:
        return wish.start.astimezone(UTC)
    return max(wish.start, datetime.combine(wish.start.date(), wish.hours[0], wish.start.tzinfo)).astimezone(UTC)


def _open_from(workshop: Workshop, moment: datetime) -> datetime:
    """The moment itself if the shop is open then, else its next opening."""
    calendar = workshop.calendar
    if calendar.window_at(moment) is not None:
        return moment
    following = next((window.opens for window in calendar.windows if window.opens > moment), None)
    return following or _in_daytime(workshop, moment)


def _in_daytime(workshop: Workshop, moment: datetime) -> datetime:
    local = moment.astimezone(workshop.zone)
    begins, ends = DAYTIME
    if begins <= local.time() < ends:
        return moment
    day = local.date() + timedelta(days=local.time() >= ends)
    return datetime.combine(day, begins, workshop.zone).astimezone(UTC)
