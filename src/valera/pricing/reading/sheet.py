"""The sheet as a whole: which column holds the names, which hold prices, and what kind each row is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from valera.pricing.reading.draft import PriceListUnreadable
from valera.pricing.reading.price_cell import BLANK, Cell, find_decimal_mark, looks_like_price, read_cell
from valera.pricing.vocabulary import fold, folded, tidy, words

if TYPE_CHECKING:
    from valera.pricing.reading.table import Table


SHORTEST_NAME = 3
"""Letters of a word that can name a work: «ТО» stands beside others, a unit stands alone."""


class RowKind(Enum):
    """What a row is, judged by itself; which single texts are sections is judged by their neighbours."""

    BLANK = auto()
    ITEM = auto()
    HEADER = auto()
    SINGLE = auto()
    NO_NAME = auto()
    NO_PRICE = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """A record: ``cells`` tidied, ``raw`` as written (a header's line breaks mean something)."""

    no: int
    cells: tuple[str, ...]
    raw: tuple[str, ...]

    def cell(self, column: int) -> str:
        return self.cells[column] if column < len(self.cells) else ""

    @property
    def text(self) -> str:
        return " | ".join(dict.fromkeys(cell for cell in self.cells if cell))


@dataclass(frozen=True, slots=True)
class Sheet:
    """``extras``: text columns between name and first price that tell variants of one name apart; ``other``: columns that hold no price;
    ``section``: the column in which each row says its section, if there is one.
    """

    rows: tuple[Row, ...]
    name: int
    extras: tuple[int, ...]
    prices: tuple[int, ...]
    other: frozenset[int]
    decimal_mark: str | None
    section: int | None = None

    def price_cells(self, row: Row) -> dict[int, Cell]:
        """Of the price columns, those that hold anything."""
        return {column: cell for column in self.prices if (cell := read_cell(row.cell(column), self.decimal_mark)) != BLANK}

    def texts(self, row: Row) -> list[str]:
        """Different texts of a row, row numbers and units aside unless there is nothing else."""
        texts = dict.fromkeys(cell for column, cell in enumerate(row.cells) if cell and column not in self.other)
        return list(texts or dict.fromkeys(cell for cell in row.cells if cell))


def is_header_word(text: str, key: str) -> bool:
    """True for a header cell that names this kind of column: «Наименование работ», «Цена, руб.», «Ед. изм.»."""
    listed = folded("cells", "words", key)
    plain = fold(text).strip(" .:*")
    return plain in listed or bool(listed & set(words(plain)[:1])) or (key == "other" and bool(listed & set(plain.split())))


def open_sheet(table: Table) -> Sheet:
    """Raises PriceListUnreadable if no column of prices stands beside a column of names, or if two tables stand side by side."""
    rows = tuple(Row(no, tuple(tidy(cell) for cell in cells), tuple(cells)) for no, cells in table.records if no not in table.hidden)
    width = max((len(row.cells) for row in rows), default=0)
    section = _section_column(rows, width)
    headed = _columns_headed_other(rows) | ({section} if section is not None else set())
    body = [row for row in rows if any(looks_like_price(row.cell(column)) for column in range(width) if column not in headed)]
    name = _name_column(rows, body, width, headed)
    prices = tuple(column for column in range(name + 1, width) if column not in headed and _is_price_column(body, column))
    if not prices:
        raise PriceListUnreadable("no_prices")
    aside = _columns_aside(rows, prices)
    prices = tuple(column for column in prices if column not in aside)
    _refuse_side_by_side(body, name, prices, headed)
    extras = tuple(column for column in range(name + 1, prices[0]) if column not in headed and _is_variant_column(body, name, column))
    other = headed | aside | {column for column in range(name) if any(row.cell(column) for row in body)}
    texts = (row.cell(column) for row in body for column in prices if (row.no, column) not in table.numbers)
    return Sheet(rows, name, extras, prices, frozenset(other), find_decimal_mark(texts), section)


def kind_of(sheet: Sheet, row: Row) -> RowKind:
    cells = sheet.price_cells(row)
    texts = sheet.texts(row)
    if not any(row.cells):
        return RowKind.BLANK
    if any(cell.price for cell in cells.values()):
        return _kind_of_priced(sheet, row, cells)
    if len(texts) <= 1 and not any(is_header_word(row.cell(column), "price") for column in sheet.prices):
        has_unit = any(row.cell(column) for column in sheet.other if column > sheet.name)
        return RowKind.NO_PRICE if has_unit else RowKind.SINGLE
    if _is_header(sheet, row, cells):
        return RowKind.HEADER
    return RowKind.NO_PRICE


def _kind_of_priced(sheet: Sheet, row: Row, cells: dict[int, Cell]) -> RowKind:
    name = row.cell(sheet.name)
    numbers = [row.cell(column) for column in cells]
    if is_header_word(name, "name") and len(numbers) > 1 and numbers == [str(place) for place in range(1, len(numbers) + 1)]:
        return RowKind.HEADER  # classes that are called 1, 2, 3
    if name or any(row.cell(column) for column in sheet.extras):
        return RowKind.ITEM
    return RowKind.NO_NAME


def _is_header(sheet: Sheet, row: Row, cells: dict[int, Cell]) -> bool:
    name = row.cell(sheet.name)
    if any(cell.is_on_request for cell in cells.values()):
        return False
    texts = [row.cell(column) for column in cells]
    if not name or is_header_word(name, "name") or any(is_header_word(text, "price") for text in texts):
        return bool(texts) or is_header_word(name, "name")
    # A section's name in the same row as the classes: different words over every price column, unlike «нет | нет | нет».
    return len(texts) > 1 and len(texts) == len(sheet.prices) == len(set(texts)) and name not in texts


def _columns_headed_other(rows: tuple[Row, ...]) -> set[int]:
    """Columns whose header says number, unit, time, remark …: only in rows that hold no price and name more than one column."""
    found: set[int] = set()
    for row in rows:
        filled = [(column, cell) for column, cell in enumerate(row.cells) if cell]
        is_heading = any(is_header_word(cell, "name") or is_header_word(cell, "price") for _, cell in filled)
        if len(filled) > 1 and is_heading and not any(looks_like_price(cell) for _, cell in filled):
            found |= {column for column, cell in filled if is_header_word(cell, "other") and not is_header_word(cell, "price")}
    return found


def _columns_aside(rows: tuple[Row, ...], prices: tuple[int, ...]) -> set[int]:
    """«Старая цена», «Цена со скидкой»: sums beside the price, unless there are no others."""
    found: set[int] = set()
    for row in rows:
        for column in prices:
            said = set(words(row.cell(column)))
            if said & folded("cells", "words", "aside") and "без" not in said and not looks_like_price(row.cell(column)):
                found.add(column)
    return found if len(found) < len(prices) else set()


def _section_column(rows: tuple[Row, ...], width: int) -> int | None:
    """Headed «Раздел» in a row that also heads the names or the prices, left of the names; filled in some row below."""
    for row in rows:
        titles = [fold(row.cell(column)).strip(" .:") for column in range(width)]
        if sum(is_header_word(title, "name") or is_header_word(title, "price") for title in titles if title) and not any(
            looks_like_price(title) for title in titles
        ):
            headed = [column for column, title in enumerate(titles) if title in folded("cells", "words", "section")]
            return headed[0] if headed and any(titles[column] for column in range(headed[0] + 1, width)) else None
    return None


def _name_column(rows: tuple[Row, ...], body: list[Row], width: int, headed: set[int]) -> int:
    """The column headed as such, else the leftmost in which most priced rows have words."""
    titled = Counter(column for row in rows for column, cell in enumerate(row.cells) if cell and _heads_names(row, column))
    candidates = [column for column in range(width) if column not in headed]
    worded = {column: sum(_has_word(row.cell(column)) for row in body) for column in candidates}
    for column in [*sorted(column for column in titled if worded.get(column)), *candidates]:
        if worded.get(column, 0) * 2 >= len(body) > 0:
            return column
    raise PriceListUnreadable("no_prices")


def _heads_names(row: Row, column: int) -> bool:
    return len([cell for cell in row.cells if cell]) > 1 and fold(row.cell(column)) in folded("cells", "words", "name")


def _has_word(text: str) -> bool:
    return not looks_like_price(text) and any(len(word) >= SHORTEST_NAME and word.isalpha() for word in words(text)) and not is_unit(text)


def _is_price_column(body: list[Row], column: int) -> bool:
    """Prices, blanks and «по запросу», with hardly anything else."""
    cells = [read_cell(row.cell(column)) for row in body if row.cell(column)]
    priced = sum(cell.price is not None for cell in cells)
    strange = sum(cell.price is None and not cell.is_blank and not cell.is_on_request for cell in cells)
    return priced > 0 and priced >= strange


def _refuse_side_by_side(body: list[Row], name: int, prices: tuple[int, ...], headed: set[int]) -> None:
    """Name, price, name, price: reading it as classes would give one work the price of another."""
    for column in range(prices[0] + 1, prices[-1]):
        if column not in prices and column not in headed:
            foreign = sum(_has_word(row.cell(column)) and row.cell(column) != row.cell(name) for row in body)
            if foreign * 2 > len(body):
                raise PriceListUnreadable("side_by_side")


def _is_variant_column(body: list[Row], name: int, column: int) -> bool:
    return any(_has_word(row.cell(column)) and row.cell(column) != row.cell(name) for row in body)


def is_capital(text: str) -> bool:
    """Letters, and none of them small."""
    return text.isupper()


def is_heading(text: str) -> bool:
    """A header's word for some kind of column, not a section's name."""
    return any(is_header_word(text, key) for key in ("name", "price", "other"))


def is_unit(text: str) -> bool:
    return fold(text) in folded("cells", "words", "units")
