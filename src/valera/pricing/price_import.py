"""A price list from a file: read into a draft that accounts for every row, then published as a new version.

Nothing here knows a particular list. Columns are found by what stands in them, headers and sections by their place and wording, numbers
by one grammar (`price_cell`); what fits nowhere is reported with its row and reason, never guessed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from valera.pricing.car_class import class_for_car
from valera.pricing.queries import current_price_list, insert_price_items, insert_price_list
from valera.pricing.reading.describe import describe
from valera.pricing.reading.draft import Draft, DraftRow, PriceListUnreadable, Skipped, SkipReason
from valera.pricing.reading.header import ClassRegister, Column, read_header, unnamed
from valera.pricing.reading.price_cell import find_currencies
from valera.pricing.reading.row_prices import prices_of, spread, why_no_price
from valera.pricing.reading.section import judge_singles
from valera.pricing.reading.sheet import Row, RowKind, Sheet, is_capital, is_heading, is_unit, kind_of, open_sheet
from valera.pricing.reading.source_text import read_records

if TYPE_CHECKING:
    from valera.kit.db import AccountTx
    from valera.pricing.price_list import Price, PriceList

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


def read_price_list(raw: bytes, *, source: str) -> Draft:
    """What can be understood of a CSV or TSV file in any usual encoding. ``source`` (the file's name) is only said in errors.

    Raises PriceListUnreadable for anything that is no such file, has no price, or is larger than a list can be.
    """
    sheet = open_sheet(read_records(raw))
    draft = _Reading(sheet).run()
    if not draft.rows:
        raise PriceListUnreadable("no_prices", source=source)
    return draft


async def publish(tx: AccountTx, draft: Draft, *, source: str) -> PriceList:
    """The draft becomes the shop's newest version; older ones stay, since quotes name them."""
    price_list = await insert_price_list(tx, source=source, currency=draft.currency, classes=draft.classes)
    await insert_price_items(tx, price_list.id, draft.rows)
    return price_list


@dataclass(slots=True)
class _Reading:
    """One pass over the sheet, from top to bottom: the section and the columns in force, and what was collected."""

    sheet: Sheet
    register: ClassRegister = field(default_factory=ClassRegister)
    columns: tuple[Column, ...] = ()
    section: str = ""
    base_name: str = ""
    items: list[tuple[DraftRow, dict[int | None, Price]]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)
    headers: list[int] = field(default_factory=list)

    def run(self) -> Draft:
        rows = self.sheet.rows
        kinds = _with_upper_headers(rows, {row.no: kind_of(self.sheet, row) for row in rows})
        verdicts = judge_singles(rows, kinds)
        self.columns = self._first_columns(kinds)
        place = 0
        while place < len(rows):
            row = rows[place]
            group = [row]
            match kinds[row.no]:
                case RowKind.HEADER:
                    group = _header_group(rows[place:], kinds)
                    self._take_header(group, _used_below(self.sheet, rows[place + len(group) :], kinds))
                case RowKind.SINGLE:
                    self._take_single(row, verdicts[row.no])
                case RowKind.ITEM:
                    self._take_item(row)
                case RowKind.NO_NAME:
                    self._skip(row, SkipReason.NO_NAME)
                case RowKind.NO_PRICE:
                    self._skip(row, why_no_price(self.sheet.price_cells(row)))
                case RowKind.BLANK:
                    pass
            place += len(group)
        return self._draft()

    def _first_columns(self, kinds: dict[int, RowKind]) -> tuple[Column, ...]:
        """For items above the first header: the columns that it names; without any header, what the prices themselves tell."""
        rows = self.sheet.rows
        for place, row in enumerate(rows):
            if kinds[row.no] is RowKind.HEADER:
                group = _header_group(rows[place:], kinds)
                return read_header(self.sheet, group, self.register, _used_below(self.sheet, rows[place + len(group) :], kinds))
        return unnamed(frozenset(self.sheet.prices), self.register)

    def _take_header(self, group: list[Row], used: frozenset[int]) -> None:
        for row in group:
            name = row.cell(self.sheet.name)
            self.headers.append(row.no)
            if name and not is_heading(name):
                self._open_section(row, name)
        self.columns = read_header(self.sheet, group, self.register, used)

    def _take_single(self, row: Row, verdict: SkipReason | None) -> None:
        if verdict is None:
            self._open_section(row, self.sheet.texts(row)[0])
        else:
            self._skip(row, verdict)

    def _open_section(self, row: Row, name: str) -> None:
        self.section, self.base_name = name, ""
        self.sections.append(row.no)

    def _take_item(self, row: Row) -> None:
        name = self._name_of(row)
        if not name:
            self._skip(row, SkipReason.NO_NAME)
            return
        cells = self.sheet.price_cells(row)
        prices, doubts = prices_of(cells, self.columns, row)
        if not prices:
            self._skip(row, SkipReason.UNREADABLE)
            return
        self.items.append((DraftRow(row.no, self.section, name, (), doubts), prices))

    def _name_of(self, row: Row) -> str:
        """The name, with what tells its variants apart; a blank name under a merged one is that one's next variant."""
        own = row.cell(self.sheet.name)
        self.base_name = own or self.base_name
        variants = [row.cell(column) for column in self.sheet.extras if row.cell(column) and row.cell(column) != own]
        variants = [text for text in variants if not is_unit(text)]
        return ", ".join((self.base_name, *variants)) if self.base_name and (own or variants) else ""

    def _skip(self, row: Row, reason: SkipReason) -> None:
        self.skipped.append(Skipped(row.no, row.text, reason))

    def _draft(self) -> Draft:
        classes = tuple(self.register.classes)
        return Draft(
            classes=classes,
            rows=tuple(spread(row, prices, len(classes)) for row, prices in self.items),
            skipped=tuple(self.skipped),
            currency=_currency(self.sheet),
            sections=tuple(self.sections),
            headers=tuple(self.headers),
            left_out=_left_out(self.sheet, self.headers),
            has_unnamed_classes=self.register.has_unnamed,
        )


def _with_upper_headers(rows: tuple[Row, ...], kinds: dict[int, RowKind]) -> dict[int, RowKind]:
    """A lone text right above a header, in a price column, is its upper row: «Класс автомобиля» over three classes."""
    upper = {
        row.no: RowKind.HEADER
        for row, below in pairwise(rows)
        if kinds[row.no] is RowKind.SINGLE and kinds[below.no] is RowKind.HEADER and not row.cells[0] and not is_capital(row.text)
    }
    return kinds | upper


def _header_group(rows: tuple[Row, ...], kinds: dict[int, RowKind]) -> list[Row]:
    return list(takewhile(lambda row: kinds[row.no] is RowKind.HEADER, rows))


def _used_below(sheet: Sheet, rows: tuple[Row, ...], kinds: dict[int, RowKind]) -> frozenset[int]:
    """Columns in which prices stand before the next header; all of them if none does."""
    below = takewhile(lambda row: kinds[row.no] is not RowKind.HEADER, rows)
    used = {column for row in below if kinds[row.no] is RowKind.ITEM for column, cell in sheet.price_cells(row).items() if cell.price}
    return frozenset(used or sheet.prices)


def _currency(sheet: Sheet) -> str:
    """The one that the list names most often; roubles if it names none."""
    counts = Counter(code for row in sheet.rows for cell in row.cells for code in find_currencies(cell))
    return counts.most_common(1)[0][0] if counts else DEFAULT_CURRENCY


def _left_out(sheet: Sheet, headers: list[int]) -> tuple[str, ...]:
    """Header texts of columns that are neither names nor prices."""
    rows = [row for row in sheet.rows if row.no in set(headers)]
    return tuple(dict.fromkeys(row.cell(column) for row in rows for column in sorted(sheet.other) if row.cell(column)))
