"""Workbooks for the tests, written by openpyxl and odfpy: sheets of cells, each a text, a number, or one with its number format."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

ROUBLES = '#,##0.00\\ "₽"'


@dataclass(frozen=True)
class Shown:
    """A number and how it is shown: by an Excel format, and as the text that ODS keeps beside it."""

    number: float
    code: str
    text: str


Cell = str | int | float | Shown | None
Sheets = dict[str, Sequence[Sequence[Cell]]]


def xlsx(sheets: Sheets, change: Callable[[Any], None] | None = None) -> bytes:
    """``change`` may do to the workbook what cells cannot say."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row, 1):
                if isinstance(cell, Shown):
                    sheet.cell(number, column, cell.number).number_format = cell.code
                elif cell not in {None, ""}:
                    sheet.cell(number, column, cell)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(sheets: Sheets, *, spans: dict[tuple[int, int], tuple[int, int]] | None = None, hidden: Sequence[int] = ()) -> bytes:
    """``spans``: (row, column) from 0 → how many rows and columns that cell of the first sheet takes; ``hidden``: its rows from 0."""
    document = OpenDocumentSpreadsheet()
    for place, (name, rows) in enumerate(sheets.items()):
        table = Table(name=name)
        first = place == 0
        for number, row in enumerate(rows):
            line = TableRow(**({"visibility": "collapse"} if first and number in hidden else {}))
            covered = 0
            for column, cell in enumerate(row):
                down, across = (spans or {}).get((number, column), (1, 1)) if first else (1, 1)
                if covered:
                    covered -= 1
                    line.addElement(CoveredTableCell())
                    continue
                line.addElement(_ods_cell(cell, down, across))
                covered = across - 1
            table.addElement(line)
        vars(document)["spreadsheet"].addElement(table)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _ods_cell(cell: Cell, down: int, across: int) -> Any:
    spans = {"numberrowsspanned": str(down), "numbercolumnsspanned": str(across)} if (down, across) != (1, 1) else {}
    match cell:
        case None | "":
            return TableCell(**spans)
        case Shown(number, _, text):
            made = TableCell(valuetype="float", value=str(number), **spans)
        case int() | float():
            made, text = TableCell(valuetype="float", value=str(cell), **spans), f"{cell}"
        case str():
            made, text = TableCell(valuetype="string", **spans), cell
    for line in text.split("\n"):
        made.addElement(P(text=line))
    return made


def replaced(archive: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The archive with one part rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content.decode()).encode() if name == part else content)
    return out.getvalue()
