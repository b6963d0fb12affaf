"""A look into an ODS file: what is repeated how often, what is hidden, merged, and how numbers are shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from valera.pricing.reading.workbook.number_format import GENERAL, NumberFormat, format_of_shown
from valera.pricing.reading.workbook.shape import Attributes, Budget, Shape, number, walk

NUMERIC = {"float", "currency", "percentage"}
MOST_REPEATED = 1 << 21
"""Rows and columns of the largest sheet: blank ones to the end of it are written as one that is repeated."""


def look(xml: bytes, budget: Budget) -> dict[str, Shape]:
    """Shape by name of sheet. Raises PriceListUnreadable as soon as one is larger than a list can be."""
    scan = _Scan(budget)
    walk(xml, start=scan.start, end=scan.end, text=scan.text)
    return scan.shapes


@dataclass(slots=True)
class _Scan:
    budget: Budget
    shapes: dict[str, Shape] = field(default_factory=dict[str, Shape])
    shape: Shape = field(default_factory=Shape)
    row: int = 0
    rows: int = 1
    column: int = 0
    table_column: int = 0
    cell: Attributes = field(default_factory=dict[str, str])
    inside: bool = False
    shown: str = ""
    remark: int = 0

    def start(self, tag: str, found: Attributes) -> None:
        match tag:
            case "table":
                self.shape = self.shapes.setdefault(found.get("name", ""), Shape())
                self.row, self.table_column = 0, 0
            case "table-column":
                self._take_column(found)
            case "table-row":
                self.column = 0
                self.rows = min(number(found.get("number-rows-repeated"), 1), MOST_REPEATED)
                if found.get("visibility") in {"collapse", "filter"} and self.rows < MOST_REPEATED // 4:
                    self.shape.hidden_rows |= set(range(self.row, self.row + min(self.rows, 100_000)))
            case "table-cell" | "covered-table-cell":
                self.cell, self.shown = found, ""
            case "annotation":
                self.remark += 1
            case "p":
                self.shown += "\n" if self.shown else ""
                self.inside = not self.remark
            case "s" if self.inside:
                self.shown += " " * min(number(found.get("c"), 1), 1000)
            case _:
                pass

    def _take_column(self, found: Attributes) -> None:
        repeated = min(number(found.get("number-columns-repeated"), 1), MOST_REPEATED)
        if found.get("visibility") in {"collapse", "filter"}:
            self.shape.hidden_columns |= set(range(self.table_column, self.table_column + min(repeated, 1000)))
        self.table_column += repeated

    def text(self, piece: str) -> None:
        if self.inside:
            self.shown += piece

    def end(self, tag: str) -> None:
        match tag:
            case "p":
                self.inside = False
            case "annotation":
                self.remark -= 1
            case "table-cell" | "covered-table-cell":
                self._end_cell()
            case "table-row":
                self.row += self.rows
            case _:
                pass

    def _end_cell(self) -> None:
        columns = min(number(self.cell.get("number-columns-repeated"), 1), MOST_REPEATED)
        place, kind = (self.row, self.column), self.cell.get("value-type")
        length = max(len(self.shown), len(self.cell.get("string-value", "")))
        if kind is not None or self.shown:
            self.budget.take(self.shape, place, rows=self.rows, columns=columns, length=length)
            self._note_format(place, columns, kind)
        elif "formula" in self.cell:
            self.budget.take(self.shape, place, rows=self.rows, columns=columns, length=100)
            self.shape.formulas[place] = self.cell["formula"][:100]
        across, down = number(self.cell.get("number-columns-spanned"), 1), number(self.cell.get("number-rows-spanned"), 1)
        if across > 1 or down > 1:
            self.shape.merged.append((self.row, self.column, self.row + down - 1, self.column + across - 1))
        self.column += columns

    def _note_format(self, place: tuple[int, int], columns: int, kind: str | None) -> None:
        if kind not in NUMERIC:
            return
        shown_as = self._format(kind)
        if shown_as is not GENERAL:
            row, column = place
            for down in range(self.rows):
                for across in range(columns):
                    self.shape.formats[row + down, column + across] = shown_as

    def _format(self, kind: str) -> NumberFormat:
        try:
            amount = float(self.cell.get("value", ""))
        except ValueError:
            return GENERAL
        shown_as = format_of_shown(self.shown, amount) if amount == amount and abs(amount) < 1e15 else GENERAL  # noqa: PLR0124, PLR2004 - not NaN
        currency = self.cell.get("currency", "")
        if kind == "percentage":
            return NumberFormat(after="%", decimals=shown_as.decimals)
        if kind == "currency" and currency.isalpha() and not (shown_as.before or shown_as.after):
            return NumberFormat(after=f" {currency[:3]}", decimals=shown_as.decimals)
        return shown_as
