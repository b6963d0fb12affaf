"""Tables as files that a spreadsheet opens: no cell of them is ever taken for a formula."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MEDIA_TYPE = "text/csv; charset=utf-8"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may calculate or run. Source: https://owasp.org/www-community/attacks/CSV_Injection"""


def csv_file(rows: Iterable[Sequence[object]], *, decimal_comma: bool = False) -> bytes:
    """Numbers stay numbers, moments are local already. Semicolons and a byte order mark: as a Russian Excel expects them."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";")
    for row in rows:
        writer.writerow([_cell(value, decimal_comma=decimal_comma) for value in row])
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def safe_text(text: str) -> str:
    """With an apostrophe before what would be a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _cell(value: object, *, decimal_comma: bool) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case int() | float() | Decimal():
            written = format(Decimal(str(value)), "f")
            return written.replace(".", ",") if decimal_comma else written
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.isoformat()
        case _:
            return safe_text(str(value))
