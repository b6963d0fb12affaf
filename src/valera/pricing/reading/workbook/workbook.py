"""A workbook into tables: calamine reads the values, the look before it says how they are shown and which rows are hidden."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from valera.pricing.reading.draft import PriceListUnreadable
from valera.pricing.reading.price_cell import looks_like_price
from valera.pricing.reading.table import MAX_COLUMNS, MAX_ROWS, Table, clean, trimmed
from valera.pricing.reading.workbook import ods, xlsx
from valera.pricing.reading.workbook.archive import Kind, repack, unpack
from valera.pricing.reading.workbook.shape import Budget, Shape
from valera.pricing.vocabulary import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
MAX_SHEETS = 100


def read_workbook(raw: bytes, sheet: str | None) -> tuple[list[Table], tuple[str, ...]]:
    """The sheets that are not hidden, or the one that was named, hidden or not; and names of hidden ones. Raises PriceListUnreadable."""
    kind, parts = unpack(raw)
    looked_at = ods.look(parts["content.xml"], Budget()) if kind is Kind.ODS else None  # calamine reads all of it as it opens it
    visible, hidden = _sheets(parts)
    chosen = visible if sheet is None else [name for name in (*visible, *hidden) if name.casefold() == sheet.strip().casefold()]
    if not chosen:
        raise PriceListUnreadable("no_sheet", name=_said(sheet or ""), names=_said(", ".join(visible), 500))
    shapes = {name: looked_at.get(name, Shape()) for name in chosen} if looked_at is not None else _shapes(parts, chosen)
    tables: list[Table] = []
    first = 1
    for name, values, merged in _values(parts, chosen):
        tables.append(_table(name, first, values, shapes[name], shapes[name].merged or merged))
        first += len(values)
        if first - 1 > MAX_ROWS:
            raise PriceListUnreadable("too_many_rows", limit=MAX_ROWS)
    return tables, tuple(map(_said, hidden))


def _said(name: str, longest: int = 100) -> str:
    """The name of a sheet, for people: LibreOffice takes any text for one."""
    return tidy(clean(name, longest))


def _shapes(parts: dict[str, bytes], names: list[str]) -> dict[str, Shape]:
    """Of an XLSX file, whose sheets are read one by one."""
    budget = Budget()
    paths, styles, lengths = xlsx.sheet_paths(parts), xlsx.formats(parts), xlsx.string_lengths(parts)
    return {name: xlsx.look(parts.get(paths.get(name, ""), b""), styles, lengths, budget) for name in names}


def _sheets(parts: dict[str, bytes]) -> tuple[list[str], list[str]]:
    """Names of visible and of hidden sheets, in their order."""
    with _opened(parts) as book:
        named = [entry for entry in book.sheets_metadata[:MAX_SHEETS] if entry.typ is SheetTypeEnum.WorkSheet]
        visible = [entry.name for entry in named if entry.visible is SheetVisibleEnum.Visible]
        return visible, [entry.name for entry in named if entry.name not in visible]


Merged = list[tuple[int, int, int, int]]


def _values(parts: dict[str, bytes], names: list[str]) -> Iterator[tuple[str, list[list[Value]], Merged]]:
    with _opened(parts) as book:
        for name in names:
            with _refusing():
                sheet = book.get_sheet_by_name(name)
                values = sheet.to_python(skip_empty_area=False)
                merged = [(*start, *end) for start, end in sheet.merged_cell_ranges or []]
            yield name, values, merged


def _opened(parts: dict[str, bytes]) -> CalamineWorkbook:
    with _refusing():
        return CalamineWorkbook.from_filelike(repack(parts))


@contextmanager
def _refusing() -> Iterator[None]:
    """Whatever calamine says of a file is one sentence: it is broken, or it needs a password."""
    try:
        yield
    except PasswordError:
        raise PriceListUnreadable("encrypted") from None
    except (CalamineError, OSError, ValueError):
        raise PriceListUnreadable("broken") from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # Rust's own, which no module exports and which is no Exception
            raise PriceListUnreadable("broken") from None
        raise


def _table(name: str, first: int, values: list[list[Value]], shape: Shape, merged: Merged) -> Table:
    texts = [[_text(entry, shape, row, column) for column, entry in enumerate(line)] for row, line in enumerate(values)]
    for (row, column), formula in shape.formulas.items():
        if row < len(texts) and column < len(texts[row]) and not texts[row][column]:
            texts[row][column] = formula
    _fill_merged(texts, merged)
    numbers = {(first + row, column) for row, line in enumerate(values) for column, entry in enumerate(line) if _is_number(entry)}
    for column in shape.hidden_columns:
        for line in texts:
            line[column : column + 1] = [""] * len(line[column : column + 1])
    filled = {column for row in values for column, entry in enumerate(row) if entry != ""}
    return Table(
        records=[(first + row, trimmed(line)) for row, line in enumerate(texts)],
        name=_said(name),
        first_no=first,
        numbers=frozenset(numbers),
        hidden=frozenset(first + row for row in shape.hidden_rows if row < len(texts)),
        hidden_columns=tuple(xlsx.column_letters(column) for column in sorted(shape.hidden_columns & filled)),
    )


def _fill_merged(texts: list[list[str]], merged: Merged) -> None:
    """A price that is merged over classes is each one's, and one that is merged over rows each row's; so is a text over rows.

    A text over columns stays where it is: it is a header or a section, and how far it reaches is told by what stands below.
    """
    for top, left, bottom, right in merged:
        if top >= len(texts) or left >= len(texts[top]):
            continue
        text = texts[top][left]
        last = min(right, MAX_COLUMNS) if looks_like_price(text) else left
        for row in range(top, min(bottom, len(texts) - 1) + 1):
            for column in range(left, min(last, len(texts[row]) - 1) + 1):
                texts[row][column] = texts[row][column] or text


def _is_number(entry: Value) -> bool:
    return isinstance(entry, int | float) and not isinstance(entry, bool)


def _text(entry: Value, shape: Shape, row: int, column: int) -> str:
    """As a person reads it; a date stays a date, so that it can be told from a price."""
    match entry:
        case str():
            return entry
        case bool():
            return "TRUE" if entry else "FALSE"
        case int() | float():
            return shape.format_at(row, column).show(entry) if abs(entry) < float("inf") else str(entry)
        case dt.datetime() | dt.date():
            return f"{entry:%d.%m.%Y}"
        case dt.time() | dt.timedelta():
            return str(entry)
