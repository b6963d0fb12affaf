"""What was understood of a list and what was not, in words for whoever brought it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from valera.pricing.reading.draft import P
from valera.pricing.reading.suspicion import suspicions

if TYPE_CHECKING:
    from valera.pricing.reading.draft import Doubt, Draft

SHOWN = 20
LONGEST_CELL = 60


def describe(draft: Draft, locale: str) -> str:
    """Lines: counts, sections, classes, then each doubt and each skipped row with its number and reason (the first of many)."""
    lines = [P.say(locale, "describe.items", count=len(draft.rows), currency=draft.currency)]
    lines += [
        P.say(locale, "describe.section", name=name or P.say(locale, "describe.no_section"), count=count)
        for name, count in _sections(draft)
    ]
    lines += (
        [P.say(locale, "describe.classes", names="; ".join(_class_titles(draft)))]
        if draft.classes
        else [P.say(locale, "describe.no_classes")]
    )
    lines += [P.say(locale, "describe.unnamed_classes")] if draft.has_unnamed_classes else []
    lines += [P.say(locale, "describe.left_out", names=", ".join(draft.left_out))] if draft.left_out else []
    lines += [P.say(locale, "describe.left_out_sheets", names=", ".join(draft.left_out_sheets))] if draft.left_out_sheets else []
    lines += [P.say(locale, "describe.hidden_columns", names=", ".join(draft.hidden_columns))] if draft.hidden_columns else []
    lines += _titled(locale, "describe.doubts", _doubts(draft, locale))
    lines += _titled(locale, "describe.suspicious", _suspicious(draft, locale))
    lines += _titled(locale, "describe.skipped", _skipped(draft, locale))
    return "\n".join(lines)


def _sections(draft: Draft) -> list[tuple[str, int]]:
    return list(Counter(row.section for row in draft.rows).items())


def _class_titles(draft: Draft) -> list[str]:
    return [f"{entry.name} ({entry.description})" if entry.description else entry.name for entry in draft.classes]


def _doubts(draft: Draft, locale: str) -> list[str]:
    return [_row(draft, row.row_no, row.name, say_doubt(doubt, locale), locale) for row in draft.rows for doubt in row.doubts]


def _suspicious(draft: Draft, locale: str) -> list[str]:
    found = suspicions(draft)
    return [
        _row(draft, row.row_no, row.name, say_doubt(doubt, locale), locale) for row in draft.rows for doubt in found.get(row.row_no, ())
    ]


def _skipped(draft: Draft, locale: str) -> list[str]:
    return [_row(draft, row.row_no, row.text, P.say(locale, f"skipped.{row.reason.value}"), locale) for row in draft.skipped]


def say_doubt(doubt: Doubt, locale: str) -> str:
    return P.say(locale, f"doubt.{doubt.kind.value}", cell=_short(doubt.text))


def _row(draft: Draft, row_no: int, text: str, why: str, locale: str) -> str:
    sheet, no = draft.place_of(row_no)
    key = "describe.row_of_sheet" if sheet else "describe.row"
    return P.say(locale, key, sheet=sheet, no=no, text=_short(text), why=why)


def _titled(locale: str, key: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    more = [P.say(locale, "describe.more", count=len(lines) - SHOWN)] if len(lines) > SHOWN else []
    return [P.say(locale, key, count=len(lines)), *lines[:SHOWN], *more]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
