"""What calamine does not tell of a sheet, and the limits that are checked before it reads one: a tiny file can ask for any memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from valera.pricing.reading.draft import PriceListUnreadable
from valera.pricing.reading.table import MAX_COLUMNS, MAX_ROWS
from valera.pricing.reading.workbook.number_format import GENERAL, NumberFormat

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_CHARACTERS = 20_000_000
"""In all cells of a workbook together, as they will be in memory: a file may name one long text a million times."""
MAX_CELLS = 1_000_000

Attributes = dict[str, str]


@dataclass(slots=True)
class Shape:
    """Of one sheet; rows and columns count from 0. ``formulas``: those without a stored value; ``height``: filled rows end here."""

    hidden_rows: set[int] = field(default_factory=set[int])
    hidden_columns: set[int] = field(default_factory=set[int])
    formats: dict[tuple[int, int], NumberFormat] = field(default_factory=dict[tuple[int, int], NumberFormat])
    formulas: dict[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])
    merged: list[tuple[int, int, int, int]] = field(default_factory=list[tuple[int, int, int, int]])
    height: int = 0

    def format_at(self, row: int, column: int) -> NumberFormat:
        return self.formats.get((row, column), GENERAL)


@dataclass(slots=True)
class Budget:
    """What may still be taken, in all sheets of the workbook."""

    cells: int = MAX_CELLS
    characters: int = MAX_CHARACTERS

    def take(self, shape: Shape, place: tuple[int, int], *, rows: int = 1, columns: int = 1, length: int = 0) -> None:
        """A filled cell, repeated over so many rows and columns. Raises PriceListUnreadable at the first that is too much."""
        row, column = place
        shape.height = max(shape.height, row + rows)
        if shape.height > MAX_ROWS:
            raise PriceListUnreadable("too_many_rows", limit=MAX_ROWS)
        if column + columns > MAX_COLUMNS:
            raise PriceListUnreadable("too_many_columns", limit=MAX_COLUMNS)
        self.cells -= rows * columns
        self.characters -= rows * columns * length
        if self.cells < 0 or self.characters < 0:
            raise PriceListUnreadable("too_big_inside", limit=MAX_CHARACTERS // 1_000_000)


def walk(
    xml: bytes,
    *,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] = lambda _name: None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Calls back for each element by its local name. Raises PriceListUnreadable for XML that is broken or declares entities."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, found: start(_local(name), {_local(key): value for key, value in found.items()})
    parser.EndElementHandler = lambda name: end(_local(name))
    parser.StartDoctypeDeclHandler = _refuse_doctype
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError):  # the last for an encoding that nobody knows
        raise PriceListUnreadable("broken") from None


def number(text: str | None, otherwise: int) -> int:
    """A count or a place in XML, never negative. Raises PriceListUnreadable if it is none."""
    if text is None:
        return otherwise
    if not text.isascii() or not text.isdigit() or len(text) > 10:  # noqa: PLR2004 - far above what any sheet has
        raise PriceListUnreadable("broken")
    return int(text)


def _refuse_doctype(*_declared: object) -> None:
    raise PriceListUnreadable("broken")


def _local(name: str) -> str:
    return name.rpartition(":")[2]
