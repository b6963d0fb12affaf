"""A table as any source gives it: numbered records of cells, cleaned; and how large a price list can be."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from valera.pricing.reading.draft import PriceListUnreadable

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 100
LONGEST_SOURCE = 200
MAX_CELL = 2_000
"""Characters; what stands behind them is cut off: no work and no price is that long."""

Records = list[tuple[int, list[str]]]

KEPT = "\n\t"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a source. ``records``: number and cells; a number counts on through all tables of the source, ``first_no`` is this
    one's first. ``numbers``: (record, column) of cells that are numbers in the file, not texts. ``hidden``: records that its author hid.
    ``hidden_columns``: their letters, if the file hides some.
    """

    records: Records
    name: str = ""
    first_no: int = 1
    numbers: frozenset[tuple[int, int]] = frozenset()
    hidden: frozenset[int] = frozenset()
    hidden_columns: tuple[str, ...] = ()


def trimmed(cells: list[str]) -> list[str]:
    """Cleaned, without blank cells at the end. Raises PriceListUnreadable if there are more than a list can have."""
    width = next((place for place in range(len(cells), 0, -1) if cells[place - 1].strip()), 0)
    if width > MAX_COLUMNS:
        raise PriceListUnreadable("too_many_columns", limit=MAX_COLUMNS)
    return [clean(cell) for cell in cells[: max(width, min(len(cells), MAX_COLUMNS))]]


def clean(text: str, longest: int = MAX_CELL) -> str:
    """Data as a person sees it: no control characters, no marks that turn the direction of text, no half characters; letters composed.

    Whoever writes a price row does not write to terminals, logs or models with it: what cannot be seen is not kept.
    """
    text = text[:longest].replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(filter(None, map(_seen, unicodedata.normalize("NFC", text))))[:longest]


def _seen(character: str) -> str:
    """The character, a space for white space of other kinds, nothing for what nobody sees."""
    if character in KEPT:
        return character
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"} else character
