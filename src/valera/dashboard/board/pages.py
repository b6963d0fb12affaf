"""The board to look at: a day by bay, a week, a list, a sheet of paper, and one booking's card."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from valera.bookings.life.status import Status
from valera.bookings.schedule.workshop import load_workshop
from valera.dashboard.board.acting import ACTIONS
from valera.dashboard.board.card import Card, get_one, view_card
from valera.dashboard.board.grid import day_of
from valera.dashboard.board.moment import read_day, read_id
from valera.dashboard.board.views import view_day, view_list, view_week
from valera.dashboard.frame.given import TheDb, ThePage
from valera.identity.permission import Permission

if TYPE_CHECKING:
    from datetime import date, datetime

    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx

COMING = "coming"
FILTERS = (COMING, *(status.value for status in Status if status not in {Status.HELD, Status.EXPIRED}), "all")
LAST_PAGE = 10_000


@get("/board", permission=Permission.BOOKINGS)
async def get_board(page: ThePage, db: TheDb, day: FromQuery[str] = "", booking: FromQuery[str] = "") -> Response[bytes]:
    """``booking``: its card is open, and without a day its own day is shown."""
    async with db.account_tx() as tx:
        card = await _card(tx, page, read_id(booking))
        own = await _day_of(tx, page, card.one.starts_at) if card and card.one.starts_at and not day else today(page)
        shown = read_day(day, own)
        board = await view_day(tx, shown, now=page.now, zone=page.zone)
    template = "_board_day.html" if page.is_fragment else "board.html"
    return page.html(template, view="day", board=board, day=shown, today=today(page), step=timedelta(days=1), card=card)


@get("/board/week", permission=Permission.BOOKINGS)
async def get_week(page: ThePage, db: TheDb, day: FromQuery[str] = "") -> Response[bytes]:
    shown = read_day(day, today(page))
    async with db.account_tx() as tx:
        board = await view_week(tx, shown, now=page.now, zone=page.zone)
    template = "_board_week.html" if page.is_fragment else "board.html"
    return page.html(template, view="week", board=board, day=shown, today=today(page), step=timedelta(days=7), card=None)


@get("/board/list", permission=Permission.BOOKINGS)
async def get_list(
    page: ThePage, db: TheDb, status: FromQuery[str] = COMING, q: FromQuery[str] = "", number: FromQuery[str] = ""
) -> Response[bytes]:
    """``number`` of the page."""
    chosen = status if status in FILTERS else COMING
    wanted = min(max(read_id(number) or 1, 1), LAST_PAGE)
    async with db.account_tx() as tx:
        board = await view_list(tx, status="" if chosen == "all" else chosen, search=q, page=wanted, now=page.now)
    template = "_board_list.html" if page.is_fragment else "board.html"
    return page.html(template, view="list", board=board, day=today(page), today=today(page), card=None, chosen=chosen, filters=FILTERS, q=q)


@get("/board/sheet", permission=Permission.BOOKINGS)
async def get_sheet(page: ThePage, db: TheDb, day: FromQuery[str] = "") -> Response[bytes]:
    """For the wall of the workshop."""
    shown = read_day(day, today(page))
    async with db.account_tx() as tx:
        board = await view_day(tx, shown, now=page.now, zone=page.zone)
    return page.html("board_sheet.html", board=board, day=shown)


@get("/board/{number:int}", permission=Permission.BOOKINGS)
async def get_booking(page: ThePage, db: TheDb, number: FromPath[int]) -> Response[bytes]:
    """Its card; outside of the board the board with the card. Raises BookingUnknown."""
    async with db.account_tx() as tx:
        if not page.is_fragment:
            await get_one(tx, number)
            return page.lead(page.url(f"/board?booking={number}"))
        card = await view_card(tx, number, now=page.now, zone=page.zone)
    return page.html("_board_card.html", card=card)


HANDLERS: list[Any] = [get_board, get_week, get_list, get_sheet, get_booking, *ACTIONS]


def today(page: Page) -> date:
    return page.now.astimezone(page.zone).date()


async def _card(tx: AccountTx, page: Page, number: int | None) -> Card | None:
    """Raises BookingUnknown."""
    return await view_card(tx, number, now=page.now, zone=page.zone) if number is not None else None


async def _day_of(tx: AccountTx, page: Page, starts_at: datetime) -> date:
    """On whose board it stands: a night belongs to its evening."""
    local = starts_at.astimezone(page.zone)
    workshop = await load_workshop(tx, local.replace(hour=12))
    return day_of(workshop.calendar, starts_at)
