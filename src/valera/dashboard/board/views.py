"""What the pages of the board show: a day, a week, a page of the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from valera.bookings.life.status import Status
from valera.bookings.schedule.floor import Bay
from valera.bookings.schedule.queries import select_bays
from valera.bookings.schedule.workshop import load_workshop
from valera.dashboard.board import queries
from valera.dashboard.board.grid import DAY, Grid, Place, bounds, lay_out_grid
from valera.dashboard.board.rows import Job, Line, Request
from valera.russian.plates import fold_plate

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from valera.bookings.schedule.calendar import Calendar
    from valera.bookings.schedule.workshop import Workshop
    from valera.kit.db import AccountTx

MOST_REQUESTS = 50
WEEK = 7
PER_PAGE = 50
NOON = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Placed:
    """``ends_at``: of the work; the bay's rest comes after it."""

    job: Job
    place: Place
    ends_at: datetime

    @property
    def is_movable(self) -> bool:
        return self.job.status is Status.CONFIRMED


@dataclass(frozen=True, slots=True)
class Column:
    """``works``: sections of the price list; none: everything."""

    bay: Bay
    jobs: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class DayBoard:
    """``absent``: who did not come; they take no bay and may still come the same day."""

    grid: Grid
    columns: tuple[Column, ...]
    requests: tuple[Request, ...]
    absent: tuple[Job, ...]
    now_row: int | None
    has_hours: bool

    @property
    def count(self) -> int:
        return sum(placed.job.number is not None for column in self.columns for placed in column.jobs)


@dataclass(frozen=True, slots=True)
class WeekDay:
    day: date
    is_open: bool
    jobs: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class WeekBoard:
    days: tuple[WeekDay, ...]
    bays: dict[int, str]
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    lines: tuple[Line, ...]
    total: int
    page: int

    @property
    def has_more(self) -> bool:
        return self.page * PER_PAGE < self.total


async def view_day(tx: AccountTx, day: date, *, now: datetime, zone: ZoneInfo) -> DayBoard:
    workshop = await load_workshop(tx, datetime(day.year, day.month, day.day, 12, tzinfo=zone))
    whole = bounds(workshop.calendar, day)
    jobs = await queries.select_jobs(tx, Job, since=whole.opens, until=whole.closes, now=now)
    bays = await select_bays(tx, Bay)
    requests = await queries.select_requests(tx, Request, MOST_REQUESTS)
    return lay_out_day(workshop, day, bays, jobs, requests, now=now)


def lay_out_day(workshop: Workshop, day: date, bays: list[Bay], jobs: list[Job], requests: list[Request], *, now: datetime) -> DayBoard:
    """Bays that are closed come last, in sight: what was booked before stands in them."""
    standing = [job for job in jobs if job.status is not Status.NO_SHOW]
    grid = lay_out_grid(workshop.calendar, day, [(job.starts_at, job.ends_at) for job in standing])
    ordered = sorted(bays, key=lambda bay: not bay.is_open)
    columns = tuple(Column(bay, _place(grid, [job for job in standing if job.bay_id == bay.id], workshop.rules.buffer)) for bay in ordered)
    absent = tuple(job for job in jobs if job.status is Status.NO_SHOW)
    return DayBoard(grid, columns, tuple(requests), absent, grid.row_of(now), bool(workshop.calendar.openings))


async def view_week(tx: AccountTx, day: date, *, now: datetime, zone: ZoneInfo) -> WeekBoard:
    """The week, from Monday, in which that day lies."""
    monday = day - timedelta(days=day.weekday())
    workshop = await load_workshop(tx, datetime(monday.year, monday.month, monday.day, 12, tzinfo=zone))
    since, until = bounds(workshop.calendar, monday).opens, bounds(workshop.calendar, monday + WEEK * DAY).opens
    jobs = await queries.select_jobs(tx, Job, since=since, until=until, now=now)
    bays = await select_bays(tx, Bay)
    requests = await queries.select_requests(tx, Request, MOST_REQUESTS)
    days = tuple(lay_out_week_day(workshop.calendar, monday + n * DAY, jobs, workshop.rules.buffer) for n in range(WEEK))
    return WeekBoard(days, {bay.id: bay.name for bay in bays}, tuple(requests))


def lay_out_week_day(calendar: Calendar, day: date, jobs: list[Job], rest: timedelta) -> WeekDay:
    """A work that stands for days is seen on each of them."""
    whole = bounds(calendar, day)
    on_day = [job for job in jobs if job.starts_at < whole.closes and job.ends_at > whole.opens and job.status is not Status.NO_SHOW]
    is_open = any(window.opens < whole.closes and window.closes > whole.opens for window in calendar.windows)
    placed = [
        Placed(job, Place(0, 0, job.starts_at < whole.opens, job.ends_at - rest > whole.closes), job.ends_at - rest) for job in on_day
    ]
    return WeekDay(day, is_open, tuple(placed))


async def view_list(tx: AccountTx, *, status: str, search: str, page: int, now: datetime) -> ListPage:
    spellings = spell(search)
    lines = await queries.select_page(
        tx, Line, status=status, words=spellings.words, digits=spellings.digits, plate=spellings.plate, now=now, limit=PER_PAGE,
        offset=(page - 1) * PER_PAGE,
    )  # fmt: skip
    return ListPage(tuple(lines), lines[0].total if lines else 0, page)


async def count_today(tx: AccountTx, now: datetime, zone: ZoneInfo) -> int:
    """Bookings that begin on this local day."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return await queries.count_between(tx, midnight, (midnight + DAY + NOON).replace(hour=0))


# ---- searching ----------------------------------------------------------------------------------

SHORTEST_DIGITS = 3
LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True)
class Spellings:
    """One search as words, as digits of a phone, as a plate with Latin look-alikes folded; empty: it is none of that."""

    words: str = ""
    digits: str = ""
    plate: str = ""


def spell(search: str) -> Spellings:
    cleaned = " ".join(search.replace("\x00", "").split())[:LONGEST_SEARCH]
    digits = "".join(filter(str.isdecimal, cleaned))
    if len(digits) > 10 and digits[0] == "8":  # noqa: PLR2004  («8 916 …» is «+7 916 …»)
        digits = digits[1:]
    is_number = cleaned.lstrip("№ ").isdecimal()
    folded = fold_plate(cleaned)
    is_plate = bool(digits) and any(map(str.isalpha, folded))
    return Spellings(
        cleaned.lower(),
        digits if is_number or (len(digits) >= SHORTEST_DIGITS and not is_plate) else "",
        folded if is_plate or len(digits) >= SHORTEST_DIGITS else "",
    )


def _place(grid: Grid, jobs: list[Job], rest: timedelta) -> tuple[Placed, ...]:
    places = grid.place([(job.starts_at, job.ends_at) for job in jobs])
    return tuple(Placed(job, place, max(job.ends_at - rest, job.starts_at)) for job, place in zip(jobs, places, strict=True))
