"""From the bytes of a file to records of cells: what kind of file it is, its encoding, its delimiter."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING

from valera.pricing.reading.draft import PriceListUnreadable
from valera.pricing.reading.price_cell import looks_like_price
from valera.pricing.reading.table import MAX_BYTES, MAX_ROWS, Records
from valera.pricing.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE_BYTE = ("cp1251", "cp866", "koi8-r", "mac_cyrillic")
"""What Excel on Windows, in its MS-DOS and Macintosh formats, and old Unix programs write; the likeliest first."""
DELIMITERS = ("\t", ";", "|", ",")
"""A comma last: where two read the same, it is the one before kopecks."""
LATIN_1 = 0xFF
END = "\x00end of file\x00"

SIGNATURES = (
    ("picture", re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0\0|RIFF.{4}WEBP|II\*\0|MM\0\*|.{4}ftyp(?:hei|mif|avif)", re.DOTALL)),
    ("pdf", re.compile(rb"\s*%PDF")),
    ("archive", re.compile(rb"\x1f\x8b|Rar!|7z\xbc\xaf")),
    ("web_page", re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml|head|meta)", re.IGNORECASE)),
    ("document", re.compile(rb"\s*\{\\rtf")),
)


def read_records(raw: bytes) -> Records:
    """Records with their number from 1; cells are as written. Raises PriceListUnreadable."""
    return split_records(read_text(raw))


def read_text(raw: bytes) -> str:
    """The text of a file in any usual encoding. Raises PriceListUnreadable for what is another kind of file, too large, or empty."""
    if len(raw) > MAX_BYTES:
        raise PriceListUnreadable("too_big", limit=MAX_BYTES // 1024 // 1024)
    for reason, signature in SIGNATURES:
        if signature.match(raw):
            raise PriceListUnreadable(reason)
    text = _decode(raw)
    if not text.strip():
        raise PriceListUnreadable("empty")
    return text


def split_records(text: str) -> Records:
    """The number counts records, not lines: it is what a spreadsheet shows beside the row, also when cells hold line breaks."""
    first, text = _declared_delimiter(text)
    records = list(itertools.islice(_split(text, first or _delimiter(text)), MAX_ROWS + 2))
    if len(records) > MAX_ROWS + 1:
        raise PriceListUnreadable("too_many_rows", limit=MAX_ROWS)
    if not records or records[-1] != [END]:
        raise PriceListUnreadable("open_quote", row=len(records))
    offset = 2 if first else 1
    return list(enumerate(records[:-1], offset))


def _decode(raw: bytes) -> str:
    text = _decoded(raw)
    if "\0" in text:
        raise PriceListUnreadable("binary")
    return text.lstrip("\ufeff")


def _decoded(raw: bytes) -> str:
    try:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            return raw.decode("utf-16")
        if b"\0" in raw[:4096]:
            return raw.decode("utf-16-le" if raw[:4096:2].count(0) < raw[1:4096:2].count(0) else "utf-16-be")
    except UnicodeDecodeError:
        raise PriceListUnreadable("binary") from None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return max((raw.decode(encoding, "replace") for encoding in ONE_BYTE), key=_russianness)


def _russianness(text: str) -> int:
    """Common letters count twice, letters of other alphabets, boxes and symbols against."""
    letters = vocabulary("cells")["letters"]
    counts = Counter(text[:200_000])
    known = sum(count for letter, count in counts.items() if letter.lower() in letters["all"])
    frequent = sum(counts[letter] for letter in letters["frequent"])
    strange = sum(count for letter, count in counts.items() if ord(letter) > LATIN_1 and letter.lower() not in letters["all"])
    return known + frequent - 2 * strange


def _declared_delimiter(text: str) -> tuple[str | None, str]:
    """The first line ``sep=;`` that Excel writes and reads: it is no row of the list."""
    match = re.match(r"\"?sep=(.)\"?[^\S\r\n]*(?:\r\n|\r|\n)", text, re.IGNORECASE)
    return (match[1], text[match.end() :]) if match else (None, text)


def _delimiter(text: str) -> str:
    """The one that yields the most rows of a name and a price, then the most even rows."""
    head = text[:100_000]
    return max(DELIMITERS, key=lambda delimiter: _evenness(list(itertools.islice(_split(head, delimiter), 400))))


def _evenness(records: list[list[str]]) -> tuple[int, int]:
    priced = sum(any(cell.strip() for cell in record[:1]) and any(map(looks_like_price, record[1:])) for record in records)
    widths = Counter(len(record) for record in records if len(record) > 1)
    return priced, max(widths.values(), default=0)


def _split(text: str, delimiter: str) -> Iterator[list[str]]:
    """The last record is [END], unless a quote was never closed and swallowed it."""
    ends = "" if text.endswith(("\n", "\r")) else "\n"
    reader = csv.reader(io.StringIO(text + ends + END, newline=""), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error:  # a field of more than 128 KiB: the same open quote
        return
