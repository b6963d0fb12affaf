"""When a work would be done, as somebody is filling in a form: what stands in its way, and which times are free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from valera.bookings.desk.acting import as_long
from valera.bookings.desk.looking import Looked, list_free, look
from valera.bookings.desk.times import Term
from valera.bookings.life.booking import Booking
from valera.bookings.schedule.floor import Bay, BayNotFound
from valera.bookings.schedule.queries import select_bays
from valera.bookings.schedule.works import DURATION_MINUTES, plan_work
from valera.dashboard.board.moment import read_day, read_exact, read_id, read_moment

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from valera.bookings.life.booking import Entry
    from valera.kit.db import AccountTx

MOST_FREE = 24
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A form's fields as they were sent. ``at``: an exact moment, before ``day`` and ``time``."""

    day: str = ""
    time: str = ""
    bay: str = ""
    at: str = ""
    minutes: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """``day`` and ``time`` as fields show them; ``starts_at`` None: no time yet, or none that there is (``is_unreadable``). ``planned``:
    minutes that such a work takes here. ``stands``: the booking is there already.
    """

    day: str
    time: str
    bays: tuple[Bay, ...]
    bay: Bay | None
    term: Term | None
    minutes: int
    planned: int
    looked: Looked | None
    free: tuple[datetime, ...]
    is_unreadable: bool = False
    stands: bool = False

    @property
    def is_possible(self) -> bool:
        return self.looked is not None and self.looked.trouble is None and not self.stands

    @property
    def is_wrong(self) -> bool:
        """What was chosen cannot be had."""
        return self.is_unreadable or (self.looked is not None and self.looked.trouble is not None)

    @property
    def is_refused(self) -> bool:
        return self.is_wrong or self.stands

    def name_of(self, bay_id: int | None) -> str:
        return next((bay.name for bay in self.bays if bay.id == bay_id), "")


async def plan_when(tx: AccountTx, asked: Asked, *, service: str, now: datetime, zone: ZoneInfo, entry: Entry | None = None) -> When:
    """``entry``: the booking that would get this time; its work takes as long as it was booked for."""
    work = await plan_work(tx, service)
    bays = tuple(await select_bays(tx, Bay))
    bay = next((bay for bay in bays if bay.id == read_id(asked.bay)), None)
    minutes = _minutes(asked.minutes, work.minutes)
    starts_at = read_exact(asked.at, zone) or read_moment(asked.day, asked.time, zone)
    day = starts_at.date() if starts_at else read_day(asked.day, now.astimezone(zone).date())
    base = Term(starts_at or now, minutes * MINUTE, work.sections)
    if isinstance(entry, Booking):
        base = await as_long(tx, entry, base.starts_at)
    term = Term(base.starts_at, base.duration, base.sections, bay.id if bay else None)
    stands = starts_at is not None and isinstance(entry, Booking) and _stands(entry, starts_at, term.bay_id)
    looked = None
    if starts_at is not None and not stands:
        looked = await _look(tx, term, now=now, entry=entry)
    return When(
        day.isoformat(),
        f"{starts_at:%H:%M}" if starts_at else asked.time,
        bays,
        bay,
        term if starts_at else None,
        minutes,
        work.minutes,
        looked,
        tuple((await list_free(tx, term, day, now=now, entry=entry))[:MOST_FREE]),
        is_unreadable=bool(asked.time) and starts_at is None,
        stands=stands,
    )


def _stands(entry: Booking, starts_at: datetime, bay_id: int | None) -> bool:
    """In UTC: an hour that comes twice equals nothing in another zone."""
    return starts_at.astimezone(UTC) == entry.starts_at.astimezone(UTC) and bay_id in {None, entry.bay_id}


async def _look(tx: AccountTx, term: Term, *, now: datetime, entry: Entry | None) -> Looked | None:
    try:
        return await look(tx, term, now=now, entry=entry)
    except BayNotFound:  # taken away while somebody was choosing
        return None


def _minutes(text: str, planned: int) -> int:
    """As long as somebody said, else as long as such a work takes here."""
    minutes = read_id(text) or planned
    return min(max(minutes, DURATION_MINUTES[0]), DURATION_MINUTES[-1])
