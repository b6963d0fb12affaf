"""Tables of the overview, for a page and for a file alike: what is shown is what is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Value: TypeAlias = "str | int | float | Decimal | date | datetime | None"


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` is for people, ``value`` for files; ``href``: the list behind a number, or the thing itself.
    ``is_part``: of the row above.
    """

    text: str
    value: Value
    href: str | None = None
    is_number: bool = False
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The first cell of a row is its name."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def tidy(self) -> Iterator[tuple[Value, ...]]:
        """One line for each number: title, row, column, value."""
        for name, *cells in self.rows:
            for column, cell in zip(self.columns[1:], cells, strict=True):
                yield self.title, name.value, column.name, cell.value
