"""All clients of the shop as a file for a spreadsheet, piece by piece: no transaction is open while a browser takes its time."""

from __future__ import annotations

import asyncio
import tempfile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from litestar import get
from litestar.response import Stream

from valera.analytics.event import EventType, track
from valera.clients.cards.listing import Order, list_clients
from valera.dashboard.frame.given import TheDb, ThePage
from valera.identity.permission import Permission
from valera.kit.csv_file import MEDIA_TYPE, csv_file
from valera.kit.db import account_scope
from valera.russian.phones import format_phone
from valera.russian.plates import format_plate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from valera.clients.cards.listing import Line
    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountId, Database

A_PIECE = 500
CHUNK = 64 << 10
MARK = len(csv_file([]))
"""The byte order mark stands once, at the beginning."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("id", "name", "phone", "cars", "plates", "source", "met", "last_visit", "visits", "reachable", "consent", "note")

Cells = list[str | int]


@get("/clients/export.csv", permission=Permission.EXPORT)
async def get_csv(page: ThePage, db: TheDb) -> Stream:
    await _note(page, db, "csv")
    return Stream(_csv(page, db), media_type=MEDIA_TYPE, headers=_headers(page, "csv"))


@get("/clients/export.xlsx", permission=Permission.EXPORT)
async def get_xlsx(page: ThePage, db: TheDb) -> Stream:
    await _note(page, db, "xlsx")
    return Stream(_xlsx(page, db), media_type=XLSX, headers=_headers(page, "xlsx"))


HANDLERS: list[Any] = [get_csv, get_xlsx]


async def _csv(page: Page, db: Database) -> AsyncIterator[bytes]:
    """A phone begins with its country's digits: with a plus it would be a formula."""
    yield csv_file([_titles(page)])
    async for piece in _pieces(page, db):
        yield csv_file([[_bare(cell) for cell in row] for row in piece])[MARK:]


async def _xlsx(page: Page, db: Database) -> AsyncIterator[bytes]:
    """Written row by row into a file of its own, since a workbook's parts are known at its end only."""
    import xlsxwriter

    with tempfile.TemporaryFile() as written:
        workbook = xlsxwriter.Workbook(written, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        sheet = workbook.add_worksheet(page.t("clients.file.sheet")[:31])
        bold = workbook.add_format({"bold": True})
        for column, title in enumerate(_titles(page)):
            sheet.write_string(0, column, title, bold)
        sheet.freeze_panes(1, 0)
        at = 1
        async for piece in _pieces(page, db):
            await asyncio.to_thread(_write, sheet, at, piece)
            at += len(piece)
        await asyncio.to_thread(workbook.close)
        written.seek(0)
        while chunk := await asyncio.to_thread(cast("BinaryIO", written).read, CHUNK):
            yield chunk


def _write(sheet: Any, at: int, piece: list[Cells]) -> None:
    """Texts as texts, whatever they begin with."""
    for number, row in enumerate(piece, at):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell)
            else:
                sheet.write_string(number, column, cell)


async def _pieces(page: Page, db: Database) -> AsyncIterator[list[Cells]]:
    account_id, after = page.entry.account_id, ""
    while True:
        lines, following = await _piece(page, db, account_id, after)
        yield [_row(page, line) for line in lines]
        if following is None:
            return
        after = following


async def _piece(page: Page, db: Database, account_id: AccountId, after: str) -> tuple[list[Line], str | None]:
    """The answer has begun: what the guard had set ended with the handler."""
    with account_scope(account_id):
        async with db.account_tx() as tx:
            found = await list_clients(tx, order=Order.NEW, after=after, limit=A_PIECE, now=page.now)
    return found.lines, found.after


def _titles(page: Page) -> list[str]:
    return [page.t(f"clients.file.{name}") for name in COLUMNS]


def _row(page: Page, line: Line) -> Cells:
    cars = [" ".join(str(part) for part in (car["make"], car["model"], car["year"]) if part) for car in line.cars]
    day = "%Y-%m-%d"
    return [
        line.id,
        line.name,
        format_phone(line.phone) if line.phone else "",
        "; ".join(filter(None, cars)),
        "; ".join(format_plate(str(car["plate"])) for car in line.cars if car["plate"]),
        line.source or "",
        page.t.local(line.created_at).strftime(day),
        page.t.local(line.last_visit_at).strftime(day) if line.last_visit_at else "",
        line.visits,
        page.t("clients.file.no" if line.unreachable_at else "clients.file.yes"),
        page.t.local(line.consent_at).strftime(day) if line.consent_at else "",
        line.note,
    ]


def _bare(cell: str | int) -> str | int:
    return cell.removeprefix("+") if isinstance(cell, str) and cell[1:2].isdigit() else cell


def _headers(page: Page, ending: str) -> dict[str, str]:
    day = page.t.local(page.now).strftime("%Y-%m-%d")
    name = f"{page.entry.slug}-clients-{day}.{ending}"
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


async def _note(page: Page, db: Database, kind: str) -> None:
    """Who took all clients out of the house, and when: before the first byte, however far the browser gets."""
    async with db.account_tx() as tx:
        await track(tx, EventType.EXPORTED, {"what": "clients", "file": kind, "member": page.entry.member_id})
