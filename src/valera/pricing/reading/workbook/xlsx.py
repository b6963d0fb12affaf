"""A look into the parts of an XLSX file: which sheet is where, number formats, hidden rows and columns, formulas without a value."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from valera.pricing.reading.draft import PriceListUnreadable
from valera.pricing.reading.workbook.number_format import BUILT_IN, GENERAL, NumberFormat, format_of_code
from valera.pricing.reading.workbook.shape import Attributes, Budget, Shape, number, walk

LONGEST_STRING = 32_767
"""Excel's own limit for a cell."""
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,9})")


def sheet_paths(parts: dict[str, bytes]) -> dict[str, str]:
    """Name of a sheet → its part."""
    targets: dict[str, str] = {}
    names: dict[str, str] = {}

    def relation(tag: str, found: Attributes) -> None:
        if tag == "Relationship":
            target = found.get("Target", "")
            targets[found.get("Id", "")] = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")

    def sheet(tag: str, found: Attributes) -> None:
        if tag == "sheet":
            names[found.get("name", "")] = found.get("id", "")

    walk(parts.get("xl/_rels/workbook.xml.rels", b""), start=relation)
    walk(parts["xl/workbook.xml"], start=sheet)
    return {name: targets.get(key, "") for name, key in names.items()}


def formats(parts: dict[str, bytes]) -> list[NumberFormat]:
    """By number of cell style."""
    codes = dict(BUILT_IN)
    styles: list[int] = []
    inside: list[str] = []

    def start(tag: str, found: Attributes) -> None:
        inside.append(tag)
        if tag == "numFmt":
            codes[number(found.get("numFmtId"), 0)] = found.get("formatCode", "")[:200]
        elif tag == "xf" and "cellXfs" in inside:
            styles.append(number(found.get("numFmtId"), 0))

    def leave(_tag: str) -> None:
        inside.pop()

    if "xl/styles.xml" in parts:
        walk(parts["xl/styles.xml"], start=start, end=leave)
    known = {code: format_of_code(codes[code]) for code in set(styles) if code in codes}
    return [known.get(code, GENERAL) for code in styles]


def string_lengths(parts: dict[str, bytes]) -> list[int]:
    """Of the strings that cells share."""
    lengths: list[int] = []
    xml = next((content for name, content in parts.items() if name.lower() == "xl/sharedstrings.xml"), b"")

    def start(tag: str, _found: Attributes) -> None:
        if tag == "si":
            lengths.append(0)

    def text(piece: str) -> None:
        if lengths:
            lengths[-1] += len(piece)

    if xml:
        walk(xml, start=start, text=text)
    if max(lengths, default=0) > LONGEST_STRING:
        raise PriceListUnreadable("broken")
    return lengths


def look(xml: bytes, styles: list[NumberFormat], lengths: list[int], budget: Budget) -> Shape:
    """Raises PriceListUnreadable as soon as the sheet is larger than a list can be."""
    scan = _Scan(styles, lengths, budget)
    walk(xml, start=scan.start, end=scan.end, text=scan.text)
    return scan.shape


@dataclass(slots=True)
class _Scan:
    styles: list[NumberFormat]
    lengths: list[int]
    budget: Budget
    shape: Shape = field(default_factory=Shape)
    row: int = -1
    column: int = -1
    cell: Attributes = field(default_factory=dict[str, str])
    inside: str = ""
    value: str = ""
    formula: str | None = None

    def start(self, tag: str, found: Attributes) -> None:
        match tag:
            case "row":
                self.row = number(found.get("r"), self.row + 2) - 1
                self.column = -1
                if found.get("hidden") in {"1", "true"} or found.get("ht") == "0":
                    self.shape.hidden_rows.add(self.row)
            case "c":
                self._start_cell(found)
            case "v" | "t":
                self.inside = "value"
            case "f":
                self.inside, self.formula = "formula", ""
            case "col" if found.get("hidden") in {"1", "true"} or found.get("width") == "0":
                first = number(found.get("min"), 1) - 1
                self.shape.hidden_columns |= set(range(first, min(number(found.get("max"), first + 1), first + 1000)))
            case _:
                pass

    def _start_cell(self, found: Attributes) -> None:
        self.cell, self.value, self.formula = found, "", None
        self.column += 1
        if reference := REFERENCE.fullmatch(found.get("r", "")):
            self.column = column_number(reference[1])
            self.row = int(reference[2]) - 1

    def text(self, piece: str) -> None:
        if self.inside == "value":
            self.value += piece
        elif self.inside == "formula" and self.formula is not None and len(self.formula) < 100:  # noqa: PLR2004 - enough to know it by
            self.formula += piece

    def end(self, tag: str) -> None:
        if tag in {"v", "t", "f"}:
            self.inside = ""
        elif tag == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        place = self.row, self.column
        if not self.value:
            if self.formula is not None:
                self.budget.take(self.shape, place, length=100)
                self.shape.formulas[place] = f"={self.formula}"
            return
        length = len(self.value)
        if self.cell.get("t") == "s":
            shared = number(self.value.strip(), 0)
            length = self.lengths[shared] if shared < len(self.lengths) else 0
        self.budget.take(self.shape, place, length=length)
        style = number(self.cell.get("s"), 0)
        if style < len(self.styles) and self.styles[style] is not GENERAL:
            self.shape.formats[place] = self.styles[style]


def column_number(letters: str) -> int:
    """A → 0, AA → 26."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def column_letters(place: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
