"""A price list from a file or a pasted text: read into a draft that accounts for every row, then published as a new version.

Nothing here knows a particular list. Columns are found by what stands in them, headers and sections by their place and wording, numbers
by one grammar (`price_cell`); what fits nowhere is reported with its row and reason, never guessed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from valera.pricing.car_class import class_for_car
from valera.pricing.price_list import CarClass
from valera.pricing.queries import current_price_list, insert_price_items, insert_price_list
from valera.pricing.reading.describe import describe
from valera.pricing.reading.draft import Draft, DraftRow, Place, PriceListUnreadable, Skipped, SkipReason
from valera.pricing.reading.header import ClassRegister
from valera.pricing.reading.items import LONGEST_SKIPPED, Reading, read_table
from valera.pricing.reading.price_cell import find_currencies
from valera.pricing.reading.row_prices import spread
from valera.pricing.reading.source.tables import open_tables
from valera.pricing.reading.table import LONGEST_SOURCE, clean
from valera.pricing.vocabulary import folded, tidy, words

if TYPE_CHECKING:
    from valera.kit.db import AccountTx
    from valera.pricing.price_list import PriceList
    from valera.pricing.reading.table import Table

__all__ = [
    "Draft",
    "DraftRow",
    "PriceListUnreadable",
    "Skipped",
    "class_for_car",
    "current_price_list",
    "describe",
    "publish",
    "read_price_list",
]

DEFAULT_CURRENCY = "RUB"
MAX_CLASSES = 20
LONGEST_CLASS = 100
LONGEST_DESCRIPTION = 300


def read_price_list(raw: bytes, *, source: str, sheet: str | None = None) -> Draft:
    """What can be understood of a workbook (XLSX, ODS), of a CSV or TSV file in any usual encoding, or of pasted lines.

    ``source`` (the file's name) is only said in errors; ``sheet`` names one sheet of a workbook, else all that hold prices are read.
    Raises PriceListUnreadable for anything that is no such file, has no price, or is larger than a list can be.
    """
    tables, hidden_sheets = open_tables(raw, sheet=sheet)
    register = ClassRegister()
    readings, bare = _read_all(tables, register, source)
    if len(register.classes) > MAX_CLASSES:
        raise PriceListUnreadable("too_many_classes", limit=MAX_CLASSES)
    count = len(register.classes)
    return Draft(
        classes=tuple(CarClass(entry.name[:LONGEST_CLASS], entry.description[:LONGEST_DESCRIPTION]) for entry in register.classes),
        rows=tuple(spread(row, prices, count) for reading in readings.values() for row, prices in reading.items),
        skipped=tuple(sorted((entry for table in tables for entry in _skipped(table, readings)), key=lambda entry: entry.row_no)),
        currency=_currency(readings),
        sections=tuple(row for reading in readings.values() for row in reading.sections),
        headers=tuple(row for reading in readings.values() for row in reading.headers),
        left_out=tuple(dict.fromkeys(title for reading in readings.values() for title in reading.left_out())),
        has_unnamed_classes=register.has_unnamed,
        places=tuple(Place(table.name, table.first_no) for table in tables if len(tables) > 1),
        hidden_columns=tuple(dict.fromkeys(letter for table in tables for letter in table.hidden_columns)),
        left_out_sheets=(*bare, *hidden_sheets),
    )


async def publish(tx: AccountTx, draft: Draft, *, source: str) -> PriceList:
    """The draft becomes the shop's newest version; older ones stay, since quotes name them."""
    price_list = await insert_price_list(tx, source=tidy(clean(source, LONGEST_SOURCE)), currency=draft.currency, classes=draft.classes)
    await insert_price_items(tx, price_list.id, draft.rows)
    return price_list


def _read_all(tables: list[Table], register: ClassRegister, source: str) -> tuple[dict[int, Reading], tuple[str, ...]]:
    """Readings by first number of their table, and names of tables without prices. Sheets side by side give sections their names."""
    if len(tables) == 1:
        reading = _read(tables[0], register, "")
        readings = {tables[0].first_no: reading} if reading else {}
        bare: tuple[str, ...] = ()
    else:
        priced = [table for table in tables if _read(table, ClassRegister(), "")]
        prefixes = {table.first_no: table.name for table in priced if len(priced) > 1 and not _is_nobodys(table.name)}
        readings = {table.first_no: read_table(table, register, prefixes.get(table.first_no, "")) for table in priced}
        bare = tuple(table.name for table in tables if table.first_no not in readings)
    if not readings:
        raise PriceListUnreadable("no_prices", source=source)
    return readings, bare


def _read(table: Table, register: ClassRegister, prefix: str) -> Reading | None:
    """None if it holds no price."""
    try:
        reading = read_table(table, register, prefix)
    except PriceListUnreadable as error:
        if error.reason == "no_prices":
            return None
        raise
    return reading if reading.items else None


def _is_nobodys(sheet_name: str) -> bool:
    """«Лист1», «Sheet 2»: a name that a program gave."""
    return bool(words(sheet_name)) and words(sheet_name)[0].strip("0123456789") in folded("cells", "words", "sheet")


def _skipped(table: Table, readings: dict[int, Reading]) -> list[Skipped]:
    """Of a sheet with prices: rows that were skipped, and those that its author hid."""
    if table.first_no not in readings:
        return []
    hidden = [
        (no, " | ".join(dict.fromkeys(tidy(cell) for cell in cells if tidy(cell)))) for no, cells in table.records if no in table.hidden
    ]
    return [*readings[table.first_no].skipped, *(Skipped(no, text[:LONGEST_SKIPPED], SkipReason.HIDDEN) for no, text in hidden if text)]


def _currency(readings: dict[int, Reading]) -> str:
    """The one that the lists name most often; roubles if they name none."""
    cells = (cell for reading in readings.values() for row in reading.sheet.rows for cell in row.cells)
    counts = Counter(code for cell in cells for code in find_currencies(cell))
    return counts.most_common(1)[0][0] if counts else DEFAULT_CURRENCY
