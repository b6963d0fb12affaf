"""One row's price cells, put under their classes, with a doubt for each cell that is no plain price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.pricing.price_list import Price
from valera.pricing.reading.draft import Doubt, DoubtKind, DraftRow, SkipReason
from valera.pricing.reading.header import Column, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valera.pricing.reading.price_cell import Cell
    from valera.pricing.reading.sheet import Row


LONGEST_CELL = 200
"""Characters of a cell that a doubt repeats."""


def prices_of(cells: Mapping[int, Cell], columns: tuple[Column, ...], row: Row) -> tuple[dict[int | None, Price], tuple[Doubt, ...]]:
    """Prices by number of class (None: every car). A price outside the named columns is doubted and belongs to nobody."""
    prices: dict[int | None, Price] = {}
    doubts = [Doubt(cell.doubt, row.cell(index)[:LONGEST_CELL]) for index, cell in cells.items() if cell.doubt]
    places = {column.index: column for column in columns}
    for index, cell in cells.items():
        if cell.price is None:
            continue
        if index in places:
            column = places[index]
            prices[column.class_no] = _in_role(cell.price, column.role, prices.get(column.class_no))
        else:
            doubts.append(Doubt(DoubtKind.OUTSIDE_CLASSES, row.cell(index)))
    if _is_first_only(cells, columns, prices):
        doubts.append(Doubt(DoubtKind.FIRST_CLASS_ONLY, row.cell(columns[0].index)))
    return prices, tuple(doubts)


def spread(row: DraftRow, prices: Mapping[int | None, Price], class_count: int) -> DraftRow:
    """One entry per class of the whole list; a price for every car stands in each."""
    every = prices.get(None)
    numbers: list[int | None] = [*range(class_count)] or [None]
    return DraftRow(row.row_no, row.section, row.name, tuple(prices.get(number, every) for number in numbers), row.doubts)


def why_no_price(cells: Mapping[int, Cell]) -> SkipReason:
    if any(cell.is_on_request for cell in cells.values()):
        return SkipReason.ON_REQUEST
    if any(cell.doubt is DoubtKind.NOMINAL for cell in cells.values()):
        return SkipReason.NOMINAL
    return SkipReason.UNREADABLE if cells else SkipReason.NO_PRICE


def _in_role(price: Price, role: Role, known: Price | None) -> Price:
    """A column headed «от» holds least prices, «до» most; both together make a range."""
    if role is Role.FROM and price.upto is None:
        return Price(price.amount, is_from=True)
    if role is Role.UPTO and price.upto is None and not price.is_from:
        least, most = sorted(((known or price).amount, price.amount))
        return Price(price.amount) if known and least == most else Price(least, most)
    return price


def _is_first_only(cells: Mapping[int, Cell], columns: tuple[Column, ...], prices: Mapping[int | None, Price]) -> bool:
    """Several classes, one price, in the first column: a merged cell is saved like this too."""
    return len(columns) > 1 and len(prices) == 1 and list(cells) == [columns[0].index] and columns[0].class_no is not None
