"""Which single texts are sections: titles, remarks and works that somebody forgot to price look alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.pricing.reading.draft import SkipReason
from valera.pricing.reading.sheet import Row, RowKind, is_capital
from valera.pricing.vocabulary import fold, folded, starts_with_any, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST_SECTION = 80
"""Characters; a longer text that is not all capitals is a remark."""


def judge_singles(rows: Sequence[Row], kinds: dict[int, RowKind]) -> dict[int, SkipReason | None]:
    """For each row with a single text: None if it is a section, else why it is none.

    A section is the last fitting text before items or a header; one in capitals goes before one in small letters. In a list that
    writes its sections in capitals, a small text in the middle of items is a work without a price.
    """
    verdicts: dict[int, SkipReason | None] = {}
    has_capital_sections = False
    is_preamble = True
    for run, before, after in _runs(rows, kinds):
        candidates = [row for row in run if not _is_title(row.text, is_preamble=is_preamble) and not _is_note(row.text)]
        capitals = [row for row in candidates if is_capital(row.text)]
        section = (capitals or candidates or [None])[-1] if after in {RowKind.ITEM, RowKind.HEADER} else None
        if section and has_capital_sections and not capitals and before is RowKind.ITEM and after is RowKind.ITEM:
            section = None
        has_capital_sections = has_capital_sections or (bool(capitals) and section is not None)
        for row in run:
            verdicts[row.no] = None if row is section else _why_not(row, is_candidate=row in candidates, is_preamble=is_preamble)
        is_preamble = is_preamble and after is RowKind.HEADER and section is None
    return verdicts


def _runs(rows: Sequence[Row], kinds: dict[int, RowKind]) -> Iterator[tuple[list[Row], RowKind | None, RowKind | None]]:
    """Single texts that follow each other, blanks between them aside, with the kind of the row directly before (blank counts) and after."""
    run: list[Row] = []
    before: RowKind | None = None
    previous: RowKind | None = None
    for row in rows:
        kind = kinds[row.no]
        if kind is RowKind.SINGLE:
            before = previous if not run else before
            run.append(row)
        elif kind is not RowKind.BLANK and run:
            yield run, before, kind
            run = []
        previous = kind
    if run:
        yield run, before, None


def _why_not(row: Row, *, is_candidate: bool, is_preamble: bool) -> SkipReason:
    if _is_title(row.text, is_preamble=is_preamble) or (is_preamble and is_candidate):
        return SkipReason.TITLE
    if not is_candidate:
        return SkipReason.NOTE
    return SkipReason.EMPTY_SECTION if is_capital(row.text) else SkipReason.NO_PRICE


def _is_title(text: str, *, is_preamble: bool) -> bool:
    """«Прайс-лист на услуги» anywhere; above the first work also the shop's own name."""
    said = set(words(text))
    return said <= folded("cells", "words", "title") or (is_preamble and bool(said & folded("cells", "words", "company")))


def _is_note(text: str) -> bool:
    if is_capital(text):
        return False
    is_sentence = fold(text).endswith((".", "!")) or text.startswith(("*", "(", "!", "•"))
    return is_sentence or len(text) > LONGEST_SECTION or starts_with_any(text, folded("cells", "words", "note"))
