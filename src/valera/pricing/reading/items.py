"""One pass over a table, from top to bottom: the section and the columns in force, and what was collected."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from valera.pricing.reading.draft import Doubt, DoubtKind, DraftRow, Skipped, SkipReason
from valera.pricing.reading.header import ClassRegister, Column, read_header, unnamed
from valera.pricing.reading.row_prices import prices_of, why_no_price
from valera.pricing.reading.section import judge_singles
from valera.pricing.reading.sheet import Row, RowKind, Sheet, is_capital, is_heading, is_unit, kind_of, open_sheet
from valera.pricing.vocabulary import tidy

if TYPE_CHECKING:
    from valera.pricing.price_list import Price
    from valera.pricing.reading.table import Table

LONGEST_NAME = 300
LONGEST_SECTION = 200
LONGEST_SKIPPED = 500
LONGEST_TITLE = 100
"""Characters. More is a description: the assistant has to say it."""


@dataclass(slots=True)
class Reading:
    """``register`` is shared by all tables of a source; ``prefix``: the sheet's name, said before each of its sections."""

    sheet: Sheet
    register: ClassRegister
    prefix: str = ""
    columns: tuple[Column, ...] = ()
    section: str = ""
    base_name: str = ""
    items: list[tuple[DraftRow, dict[int | None, Price]]] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)
    headers: list[int] = field(default_factory=list)

    def left_out(self) -> tuple[str, ...]:
        """Header texts of columns that are neither names nor prices."""
        rows = [row for row in self.sheet.rows if row.no in set(self.headers)]
        columns = sorted(self.sheet.other - {self.sheet.section})
        return tuple(dict.fromkeys(row.cell(column)[:LONGEST_TITLE] for row in rows for column in columns if row.cell(column)))

    def run(self) -> None:
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
        self.section, self.base_name = name.strip(" :.\u2014\u2013-") or name, ""
        self.sections.append(row.no)

    def _take_item(self, row: Row) -> None:
        if self.sheet.section is not None and row.cell(self.sheet.section):
            self.section = row.cell(self.sheet.section)
        name = self._name_of(row)
        if not name:
            self._skip(row, SkipReason.NO_NAME)
            return
        cells = self.sheet.price_cells(row)
        prices, doubts = prices_of(cells, self.columns, row)
        if not prices:
            self._skip(row, why_no_price(cells))
            return
        item = DraftRow(row.no, self._section(), name[:LONGEST_NAME], (), doubts)
        if len(name) > LONGEST_NAME:
            item = replace(item, doubts=(*doubts, Doubt(DoubtKind.NAME_CUT, name[:LONGEST_SKIPPED])))
        self.items.append((item, prices))

    def _section(self) -> str:
        return tidy(f"{self.prefix}: {self.section}" if self.prefix and self.section else self.prefix or self.section)[:LONGEST_SECTION]

    def _name_of(self, row: Row) -> str:
        """The name, with what tells its variants apart; a blank name under a merged one is that one's next variant."""
        own = row.cell(self.sheet.name)
        self.base_name = own or self.base_name
        variants = [row.cell(column) for column in self.sheet.extras if row.cell(column) and row.cell(column) != own]
        variants = [text for text in variants if not is_unit(text)]
        return ", ".join((self.base_name, *variants)) if self.base_name and (own or variants) else ""

    def _skip(self, row: Row, reason: SkipReason) -> None:
        self.skipped.append(Skipped(row.no, row.text[:LONGEST_SKIPPED], reason, self._section()))


def read_table(table: Table, register: ClassRegister, prefix: str = "") -> Reading:
    """Raises PriceListUnreadable if it holds no prices."""
    reading = Reading(open_sheet(table), register, prefix)
    reading.run()
    return reading


def _with_upper_headers(rows: tuple[Row, ...], kinds: dict[int, RowKind]) -> dict[int, RowKind]:
    """A lone text right above a header, in a price column, is its upper row: «Класс автомобиля» over three classes."""
    upper = {
        row.no: RowKind.HEADER
        for row, below in pairwise(rows)
        if kinds[row.no] is RowKind.SINGLE and kinds[below.no] is RowKind.HEADER and not row.cell(0) and not is_capital(row.text)
    }
    return kinds | upper


def _header_group(rows: tuple[Row, ...], kinds: dict[int, RowKind]) -> list[Row]:
    return list(takewhile(lambda row: kinds[row.no] is RowKind.HEADER, rows))


def _used_below(sheet: Sheet, rows: tuple[Row, ...], kinds: dict[int, RowKind]) -> frozenset[int]:
    """Columns in which prices stand before the next header; all of them if none does."""
    below = takewhile(lambda row: kinds[row.no] is not RowKind.HEADER, rows)
    used = {column for row in below if kinds[row.no] is RowKind.ITEM for column, cell in sheet.price_cells(row).items() if cell.price}
    return frozenset(used or sheet.prices)
