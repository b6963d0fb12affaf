"""A draft row by row, as data: what was understood, what is doubtful, and why, for programs and for people in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from valera.pricing.queries import as_number
from valera.pricing.reading.describe import say_doubt
from valera.pricing.reading.draft import P
from valera.pricing.reading.suspicion import suspicions
from valera.russian.money.sums import format_sum

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.pricing.price_list import Price
    from valera.pricing.reading.draft import Doubt, Draft, DraftRow, Skipped

LOCALES = ("ru", "en")


@dataclass(frozen=True, slots=True)
class Reason:
    """``code`` for programs, a sentence a language for people, ``cell``: what it is about, as written."""

    code: str
    ru: str
    en: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class PreviewPrice:
    """``text`` as a client would read it; ``car_class`` None: every car."""

    car_class: str | None
    amount: int | str
    upto: int | str | None
    is_from: bool
    text: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """``kind``: item or skipped. ``row_no`` is what corrections name; ``sheet`` and ``row`` are where a person finds it in the file.

    ``is_suspicious``: a price of it looks like a slip, and nobody has accepted it.
    """

    row_no: int
    sheet: str
    row: int
    kind: str
    section: str
    text: str
    prices: tuple[PreviewPrice, ...] = ()
    reasons: tuple[Reason, ...] = ()
    is_suspicious: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """``classes``: name and description of each."""

    currency: str
    classes: tuple[tuple[str, str], ...]
    rows: tuple[PreviewRow, ...]
    items: int
    doubtful: int
    suspicious: int
    skipped: int


def preview(draft: Draft) -> Preview:
    found = suspicions(draft)
    rows = [_item(draft, row, found.get(row.row_no, [])) for row in draft.rows]
    rows += [_skipped(draft, row) for row in draft.skipped]
    rows.sort(key=lambda row: row.row_no)
    return Preview(
        currency=draft.currency,
        classes=tuple((entry.name, entry.description) for entry in draft.classes),
        rows=tuple(rows),
        items=len(draft.rows),
        doubtful=sum(row.kind == "item" and bool(row.reasons) for row in rows),
        suspicious=sum(row.is_suspicious for row in rows),
        skipped=len(draft.skipped),
    )


def _item(draft: Draft, row: DraftRow, suspicious: list[Doubt]) -> PreviewRow:
    sheet, no = draft.place_of(row.row_no)
    is_accepted = row.row_no in draft.accepted
    doubts = () if is_accepted else (*row.doubts, *suspicious)
    return PreviewRow(
        row_no=row.row_no,
        sheet=sheet,
        row=no,
        kind="item",
        section=row.section,
        text=row.name,
        prices=tuple(_prices(draft, row)),
        reasons=tuple(Reason(doubt.kind.value, say_doubt(doubt, "ru"), say_doubt(doubt, "en"), doubt.text) for doubt in doubts),
        is_suspicious=bool(suspicious) and not is_accepted,
    )


def _skipped(draft: Draft, row: Skipped) -> PreviewRow:
    sheet, no = draft.place_of(row.row_no)
    ru, en = (P.say(locale, f"skipped.{row.reason.value}") for locale in LOCALES)
    return PreviewRow(row.row_no, sheet, no, "skipped", row.section, row.text, reasons=(Reason(row.reason.value, ru, en),))


def _prices(draft: Draft, row: DraftRow) -> Iterable[PreviewPrice]:
    """One for every car if all classes cost the same."""
    if len(set(row.prices)) == 1 and row.prices[0] is not None:
        yield _price(None, row.prices[0], draft.currency)
        return
    for entry, price in zip(draft.classes, row.prices, strict=True):
        if price is not None:
            yield _price(entry.name, price, draft.currency)


def _price(car_class: str | None, price: Price, currency: str) -> PreviewPrice:
    upto: Any = None if price.upto is None else as_number(price.upto)
    return PreviewPrice(car_class, as_number(price.amount), upto, price.is_from, say_price(price, currency))


def say_price(price: Price, currency: str, locale: str = "ru") -> str:
    if price.is_at_most:
        return P.say(locale, "at_most", sum=format_sum(price.amount, currency=currency))
    return format_sum(price.amount, price.upto, is_from=price.is_from, currency=currency)
