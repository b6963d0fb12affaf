"""Whatever somebody brings, as tables: a workbook's sheets, a text that is a table, or pasted lines; the bytes tell which."""

from __future__ import annotations

import re

from valera.pricing.reading.draft import PriceListUnreadable
from valera.pricing.reading.price_cell import looks_like_price
from valera.pricing.reading.source.pasted import is_line, read_lines
from valera.pricing.reading.source_text import read_text, split_records
from valera.pricing.reading.table import MAX_BYTES, MAX_ROWS, Records, Table, trimmed
from valera.pricing.reading.workbook.workbook import read_workbook

KOPECKS = re.compile(r"(?:\d{2}|000)(?!\d)")
QUOTED = re.compile(r"(?:^|[;\t|,])\"", re.MULTILINE)
RULES = ";\t|"
WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")


def open_tables(raw: bytes, *, sheet: str | None = None) -> tuple[list[Table], tuple[str, ...]]:
    """Tables in their order, and names of hidden sheets that were not read. Raises PriceListUnreadable."""
    if len(raw) > MAX_BYTES:
        raise PriceListUnreadable("too_big", limit=MAX_BYTES // 1024 // 1024)
    if raw.startswith(WORKBOOKS):
        return read_workbook(raw, sheet)
    if sheet is not None:
        raise PriceListUnreadable("no_sheets")
    return [_text_table(read_text(raw))], ()


def _text_table(text: str) -> Table:
    """A text that is ruled by tabs, semicolons or bars is a table, and so is one by commas unless its lines tell more by themselves."""
    records = split_records(text) if _is_ruled(text) else _commas_or_lines(text)
    if not QUOTED.search(text) and (not _priced(records) or _is_of_lines(records)) and text.count("\n") <= MAX_ROWS:
        lines = read_lines(text)
        records = lines if _priced(lines) else records
    return Table([(no, trimmed(cells)) for no, cells in records])


def _commas_or_lines(text: str) -> Records:
    refusal: PriceListUnreadable | None = None
    records: Records = []
    try:
        records = split_records(text)
    except PriceListUnreadable as error:
        refusal = error
    known = _priced(records)
    is_table = known * 2 >= len(records) and not _loses_kopecks(records)
    if (is_table and records) or any("\n" in cell for _, cells in records for cell in cells) or text.count("\n") > MAX_ROWS:
        lines: Records = []
    else:
        lines = read_lines(text)
    found = _priced(lines)
    if found > known or (found == known > 0 and _loses_kopecks(records)):
        return lines
    if refusal is not None:
        raise refusal
    return records


def _is_of_lines(records: Records) -> bool:
    """Most names begin with a bullet or end with a price of their own: the marks between are the writer's, not a table's."""
    priced = [cells for _, cells in records if len(cells) > 1 and any(map(looks_like_price, cells[1:]))]
    return sum(any(is_line(cell) for cell in cells if not looks_like_price(cell)) for cells in priced) * 2 > len(priced)


def _priced(records: Records) -> int:
    return sum(bool(cells[:1] and cells[0].strip()) and any(map(looks_like_price, cells[1:])) for _, cells in records)


def _is_ruled(text: str) -> bool:
    """Most lines have a mark that only tables have, the same in all."""
    lines = [line for line in text.split("\n") if line.strip()]
    return any(sum(mark in line for line in lines) * 3 >= len(lines) * 2 for mark in RULES)


def _loses_kopecks(records: Records) -> bool:
    """A comma parts an amount from its kopecks: «Капот 5 000,50 р» is no two cells."""
    return any(len(cells) > 1 and cells[0][-1:].isdigit() and KOPECKS.match(cells[1]) for _, cells in records)
