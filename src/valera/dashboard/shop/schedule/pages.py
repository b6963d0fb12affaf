"""Hours of the week and of single days, bays and their works, how long a work takes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody

from valera.bookings.schedule import queries
from valera.bookings.schedule.floor import (
    Bay,
    BayNameInvalid,
    BayNameTaken,
    BayNotFound,
    free_bay_name,
    get_bay_by_id,
    read_day_hours,
    rename_bay,
)
from valera.bookings.schedule.hours_grammar import HoursUnreadable
from valera.bookings.schedule.opening_hours import WEEK
from valera.bookings.schedule.week import WeekUnreadable, read_week
from valera.bookings.schedule.works import DurationInvalid, set_duration
from valera.bookings.schedule.workshop import ClosureInvalid, close_between, dedicate_bay, open_bay, open_on, set_hours
from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.shop.schedule.changing import change
from valera.dashboard.shop.schedule.view import Asked, load_schedule
from valera.identity.permission import Permission

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx, Database

MOST_BAYS = 100
NOTHING_ASKED = Asked()

Line = Annotated[str, msgspec.Meta(max_length=200)]
Day = Annotated[str, msgspec.Meta(max_length=10)]
Name = Annotated[str, msgspec.Meta(max_length=100)]


class WeekForm(msgspec.Struct):
    """A line a day, Monday first. ``agreed``: «on» where somebody has seen whom it leaves out."""

    day_1: Line = ""
    day_2: Line = ""
    day_3: Line = ""
    day_4: Line = ""
    day_5: Line = ""
    day_6: Line = ""
    day_7: Line = ""
    agreed: str = ""

    def lines(self) -> list[str]:
        return [getattr(self, f"day_{day}") for day in WEEK]


class DayForm(msgspec.Struct):
    """``hours`` empty: closed, from ``first`` to ``last``."""

    first: Day
    last: Day = ""
    hours: Line = ""
    name: Name = ""
    agreed: str = ""


class RemovalForm(msgspec.Struct):
    first: Day
    last: Day
    agreed: str = ""


class BayForm(msgspec.Struct):
    name: Name


class BayStateForm(msgspec.Struct):
    is_open: str = ""
    agreed: str = ""


class DurationForm(msgspec.Struct):
    """``minutes`` empty: as long as any other work."""

    section: Annotated[str, msgspec.Meta(max_length=200)]
    minutes: Annotated[str, msgspec.Meta(max_length=6)] = ""


@get("/hours", permission=Permission.SHOP)
async def get_hours(page: ThePage, db: TheDb) -> Response[bytes]:
    return await _show(page, db, NOTHING_ASKED)


@post("/hours", permission=Permission.SHOP)
async def post_hours(page: ThePage, db: TheDb, data: URLEncodedBody[WeekForm]) -> Response[bytes]:
    typed = {str(day): line for day, line in zip(WEEK, data.lines(), strict=True)}
    try:
        hours = read_week(data.lines(), page.t.locale)
    except WeekUnreadable as error:
        return await _show(page, db, Asked("week", refused=page.t("shop.hours.unreadable"), fields=error.fields, typed=typed))
    if not hours:
        return await _show(page, db, Asked("week", refused=page.t("shop.hours.never"), typed=typed))
    return await _change(page, db, Asked("week", typed=typed), data.agreed, lambda tx: set_hours(tx, hours))


@post("/hours/days", permission=Permission.SHOP)
async def post_day(page: ThePage, db: TheDb, data: URLEncodedBody[DayForm]) -> Response[bytes]:
    typed = {"first": data.first, "last": data.last, "hours": data.hours, "name": data.name}
    asked = Asked("day", typed=typed)
    try:
        first = date.fromisoformat(data.first)
        last = date.fromisoformat(data.last) if data.last else first
        spans = read_day_hours(data.hours, page.t.locale) if data.hours.strip() else []
        if spans and last != first:
            return await _show(page, db, _refusing(asked, page.t("shop.days.one_day")))
        if first < page.now.astimezone(page.zone).date():
            return await _show(page, db, _refusing(asked, page.t("shop.days.past")))
        return await _change(
            page,
            db,
            asked,
            data.agreed,
            lambda tx: open_on(tx, first, spans) if spans else close_between(tx, first, last, data.name.strip()),
        )
    except HoursUnreadable as error:
        return await _show(page, db, _refusing(asked, error.detail))
    except (ValueError, ClosureInvalid):
        return await _show(page, db, _refusing(asked, page.t("shop.days.unreadable")))


@post("/hours/days/removal", permission=Permission.SHOP)
async def post_day_removal(page: ThePage, db: TheDb, data: URLEncodedBody[RemovalForm]) -> Response[bytes]:
    """The days are like their weekdays again."""
    typed = {"first": data.first, "last": data.last}
    try:
        first, last = date.fromisoformat(data.first), date.fromisoformat(data.last)
    except ValueError:
        return await _show(page, db, Asked("day", refused=page.t("shop.days.unreadable")))

    async def make(tx: AccountTx) -> None:
        await queries.delete_holidays(tx, first, last)
        await queries.delete_special_hours(tx, first, last)

    return await _change(page, db, Asked("removal", typed=typed), data.agreed, make)


@post("/hours/bays", permission=Permission.SHOP)
async def post_bay(page: ThePage, db: TheDb, data: URLEncodedBody[BayForm]) -> Response[bytes]:
    try:
        async with db.account_tx() as tx:
            name = await free_bay_name(tx, data.name)
            is_full = len(await queries.select_bays(tx, Bay)) >= MOST_BAYS
            if not is_full:
                await open_bay(tx, name)
    except (BayNameTaken, BayNameInvalid) as error:
        return await _bay_refused(page, db, error, "bay-new", data.name)
    if is_full:
        return await _show(page, db, Asked("bay-new", refused=page.t("shop.bays.too_many", most=MOST_BAYS)))
    return page.go("/hours#bays", toast=page.t("shop.bays.added", name=name))


@post("/hours/bays/{bay_id:int}", permission=Permission.SHOP)
async def post_bay_name(page: ThePage, db: TheDb, bay_id: FromPath[int], data: URLEncodedBody[BayForm]) -> Response[bytes]:
    try:
        async with db.account_tx() as tx:
            await _known_bay(page, tx, bay_id)
            await rename_bay(tx, bay_id, data.name)
    except (BayNameTaken, BayNameInvalid) as error:
        return await _bay_refused(page, db, error, f"bay-{bay_id}", data.name)
    return page.go("/hours#bays", toast=page.t("shop.saved"))


@post("/hours/bays/{bay_id:int}/works", permission=Permission.SHOP)
async def post_bay_works(page: ThePage, db: TheDb, bay_id: FromPath[int]) -> Response[bytes]:
    """A form of any number of ``section``; none: the bay does everything."""
    form = await page.request.form()
    async with db.account_tx() as tx:
        await _known_bay(page, tx, bay_id)
        schedule = await load_schedule(tx, page.now, page.zone)
    works = [str(section) for section in form.getall("section", []) if str(section) in schedule.sections]
    asked = Asked(f"works-{bay_id}", works=works)
    return await _change(page, db, asked, str(form.get("agreed", "")), lambda tx: dedicate_bay(tx, bay_id, works))


@post("/hours/bays/{bay_id:int}/state", permission=Permission.SHOP)
async def post_bay_state(page: ThePage, db: TheDb, bay_id: FromPath[int], data: URLEncodedBody[BayStateForm]) -> Response[bytes]:
    is_open = data.is_open == "yes"
    async with db.account_tx() as tx:
        await _known_bay(page, tx, bay_id)
    asked = Asked(f"state-{bay_id}", typed={"is_open": data.is_open})
    return await _change(page, db, asked, data.agreed, lambda tx: queries.update_bay(tx, bay_id, is_open=is_open))


@post("/hours/durations", permission=Permission.SHOP)
async def post_duration(page: ThePage, db: TheDb, data: URLEncodedBody[DurationForm]) -> Response[bytes]:
    section, minutes = data.section.strip(), data.minutes.strip()
    try:
        async with db.account_tx() as tx:
            known = (await load_schedule(tx, page.now, page.zone)).sections
            if not minutes:
                await queries.delete_duration(tx, section)
            elif section in known:
                await set_duration(tx, section, int(minutes))
    except (ValueError, DurationInvalid):
        return await _show(page, db, Asked("duration", refused=page.t("shop.durations.refused"), typed={section: minutes}))
    return page.go("/hours#durations", toast=page.t("shop.saved"))


HANDLERS: list[Any] = [
    get_hours, post_hours, post_day, post_day_removal, post_bay, post_bay_name, post_bay_works, post_bay_state, post_duration,
]  # fmt: skip


# ---- steps --------------------------------------------------------------------------------------


async def _show(page: Page, db: Database, asked: Asked, *, status: int | None = None) -> Response[bytes]:
    async with db.account_tx() as tx:
        schedule = await load_schedule(tx, page.now, page.zone)
    return page.html("shop_hours.html", status=status or (422 if asked.refused else 200), schedule=schedule, asked=asked)


async def _change(page: Page, db: Database, asked: Asked, agreed: str, make: Callable[[AccountTx], Awaitable[object]]) -> Response[bytes]:
    left_out = await change(db, page.now, agreed, make)
    if left_out:
        return await _show(page, db, Asked(asked.form, left_out=left_out, typed=asked.typed, works=asked.works), status=409)
    return page.go("/hours", toast=page.t("shop.saved"))


def _refusing(asked: Asked, sentence: str) -> Asked:
    return Asked(asked.form, refused=sentence, typed=asked.typed)


async def _bay_refused(page: Page, db: Database, error: BayNameTaken | BayNameInvalid, form: str, name: str) -> Response[bytes]:
    sentence = page.t("shop.bays.taken", name=name.strip()) if isinstance(error, BayNameTaken) else page.t("shop.bays.no_name")
    return await _show(page, db, Asked(form, refused=sentence, typed={"name": name}))


async def _known_bay(page: Page, tx: AccountTx, bay_id: int) -> None:
    """Raises BayNotFound in the reader's language."""
    try:
        await get_bay_by_id(tx, bay_id)
    except BayNotFound:
        raise BayNotFound(page.t("shop.bays.none_such")) from None
