"""Prices that are most likely slips: seen only beside the other rows, and looked for anew after each correction."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from valera.pricing.reading.draft import Doubt, DoubtKind
from valera.pricing.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from valera.pricing.price_list import Price
    from valera.pricing.reading.draft import Draft, DraftRow

SUM_IN_NAME = re.compile(r"(?<![\w.,/-])\d[\d ]{2,}(?:\s*(?:руб|р\b|₽|\$|€)|\s*[,;](?=\s*[^\d\s]))", re.IGNORECASE)
TIMES = 10
LEAST_ROWS = 4
"""Fewer rows of a section tell nothing of what is usual in it."""
MOST_IN_ORDER = 0.8
"""The share of rows that go from cheap to dear, from which the others are an exception."""


def suspicions(draft: Draft) -> dict[int, list[Doubt]]:
    """By row number. A sum ten times off its section or its row, classes in the reverse order, one name with several prices."""
    found: defaultdict[int, list[Doubt]] = defaultdict(list)
    for row_no, doubt in (
        *_off_section(draft.rows),
        *_off_row(draft.rows),
        *_out_of_order(draft.rows),
        *_same_names(draft.rows),
        *_prices_in_names(draft.rows),
    ):
        found[row_no].append(doubt)
    return dict(found)


def _off_section(rows: Sequence[DraftRow]) -> Iterable[tuple[int, Doubt]]:
    """By class: ten times above the median of the other rows of the section, or below a tenth of it."""
    sections: defaultdict[tuple[str, int], list[tuple[DraftRow, Decimal]]] = defaultdict(list)
    for row in rows:
        for number, price in enumerate(row.prices):
            if price is not None:
                sections[row.section, number].append((row, price.amount))
    told: set[int] = set()
    for listed in sections.values():
        if len(listed) < LEAST_ROWS:
            continue
        usual = median(amount for _, amount in listed)
        for row, amount in listed:
            if row.row_no not in told and (amount >= usual * TIMES or amount * TIMES <= usual):
                told.add(row.row_no)
                yield row.row_no, Doubt(DoubtKind.TEN_TIMES, str(amount))


def _off_row(rows: Sequence[DraftRow]) -> Iterable[tuple[int, Doubt]]:
    """One class has «220000» where the others have 25000 and 28000."""
    for row in rows:
        amounts = [price.amount for price in row.prices if price]
        if len(set(amounts)) > 1 and max(amounts) >= min(amounts) * TIMES:
            middle = median(amounts)
            far = max(amounts, key=lambda amount: max(amount / middle, middle / amount))
            yield row.row_no, Doubt(DoubtKind.ONE_CLASS_OFF, str(far))


def _out_of_order(rows: Sequence[DraftRow]) -> Iterable[tuple[int, Doubt]]:
    """In a list whose classes go from cheap to dear, rows that go from dear to cheap."""
    directions = {row.row_no: _direction(row.prices) for row in rows}
    up, down = sum(way > 0 for way in directions.values()), sum(way < 0 for way in directions.values())
    if up < LEAST_ROWS or up < (up + down) * MOST_IN_ORDER:
        return
    for row in rows:
        if directions[row.row_no] < 0:
            yield row.row_no, Doubt(DoubtKind.CLASS_ORDER, "")


def _direction(prices: Iterable[Price | None]) -> int:
    """1: never falls and rises somewhere, -1: the reverse, 0: neither."""
    steps = [after.amount - before.amount for before, after in pairwise([price for price in prices if price])]
    if not any(steps):
        return 0
    return 1 if all(step >= 0 for step in steps) else -1 if all(step <= 0 for step in steps) else 0


def _prices_in_names(rows: Sequence[DraftRow]) -> Iterable[tuple[int, Doubt]]:
    """«Капот: седан 22000, кроссовер 25000, джип»: a line of several works, of which only the last price was taken."""
    for row in rows:
        if found := SUM_IN_NAME.search(row.name):
            yield row.row_no, Doubt(DoubtKind.PRICE_IN_NAME, found[0].strip(" ,;"))


def _same_names(rows: Sequence[DraftRow]) -> Iterable[tuple[int, Doubt]]:
    """Of rows of one section with one name: which of them a client is told is nobody's decision."""
    first: dict[tuple[str, str], DraftRow] = {}
    for row in rows:
        known = first.setdefault((fold(row.section), fold(row.name)), row)
        if known is not row:
            kind = DoubtKind.REPEATED if known.prices == row.prices else DoubtKind.SAME_NAME
            yield row.row_no, Doubt(kind, str(known.row_no))
