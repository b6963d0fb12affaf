"""An open draft as a page shows it: doubtful rows first, each with its reasons and what can be corrected in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.pricing.drafts.preview import say_price

if TYPE_CHECKING:
    from valera.pricing.drafts.correction import Correction
    from valera.pricing.drafts.open_draft import OpenDraft
    from valera.pricing.drafts.preview import PreviewRow
    from valera.pricing.price_list import Price
    from valera.pricing.reading.draft import Draft, DraftRow

ON_A_PAGE = 50
SHOWS = ("doubtful", "all", "skipped")


@dataclass(frozen=True, slots=True)
class PriceField:
    """``text`` is what `price_cell` reads back; ``number`` counts classes from 1."""

    number: int
    car_class: str
    text: str


@dataclass(frozen=True, slots=True)
class RowView:
    """``sheet`` and ``row`` are where a person finds it in the file; ``shown``: its prices in words."""

    row_no: int
    sheet: str
    row: int
    section: str
    name: str
    shown: tuple[tuple[str, str], ...]
    fields: tuple[PriceField, ...]
    reasons: tuple[str, ...]
    is_suspicious: bool
    is_skipped: bool


@dataclass(frozen=True, slots=True)
class ClassView:
    number: int
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class MadeView:
    """A correction that can be taken back. ``kind`` is the key of its name, ``about`` the row or class."""

    no: int
    kind: str
    about: int | None


@dataclass(frozen=True, slots=True)
class DraftView:
    """``rows``: of this page. ``left_out``: columns, sheets and hidden columns that were not read."""

    id: int
    source: str
    base_version: int
    currency: str
    classes: tuple[ClassView, ...]
    has_unnamed_classes: bool
    items: int
    doubtful: int
    suspicious: int
    skipped: int
    show: str
    page_no: int
    pages: int
    rows: tuple[RowView, ...]
    made: tuple[MadeView, ...]
    left_out: tuple[str, ...]

    @property
    def last_made(self) -> int | None:
        return self.made[0].no if self.made else None


def view_draft(opened: OpenDraft, *, show: str, page_no: int, locale: str) -> DraftView:
    preview, draft = opened.preview(), opened.draft
    if show not in SHOWS:
        show = "doubtful" if preview.doubtful else "all"
    chosen = [row for row in preview.rows if _belongs(row, show)]
    chosen.sort(key=lambda row: (not row.is_suspicious, not row.reasons, row.row_no))
    pages = max(1, -(-len(chosen) // ON_A_PAGE))
    page_no = min(max(page_no, 1), pages)
    items = {row.row_no: row for row in draft.rows}
    return DraftView(
        id=opened.id,
        source=opened.source,
        base_version=opened.base_version,
        currency=draft.currency,
        classes=tuple(ClassView(number, entry.name, entry.description) for number, entry in enumerate(draft.classes, 1)),
        has_unnamed_classes=draft.has_unnamed_classes,
        items=preview.items,
        doubtful=preview.doubtful,
        suspicious=preview.suspicious,
        skipped=preview.skipped,
        show=show,
        page_no=page_no,
        pages=pages,
        rows=tuple(_row(draft, row, items.get(row.row_no), locale) for row in chosen[(page_no - 1) * ON_A_PAGE : page_no * ON_A_PAGE]),
        made=tuple(_made(no, correction) for no, correction in reversed(opened.corrections)),
        left_out=(*draft.left_out, *draft.left_out_sheets, *draft.hidden_columns),
    )


def write_price(price: Price | None) -> str:
    """As a list writes it: «5000», «от 5000», «3000-5000», «до 7000»."""
    if price is None:
        return ""
    if price.is_at_most:
        return f"до {_plain(price.amount)}"
    low = _plain(price.amount)
    text = f"{low}-{_plain(price.upto)}" if price.upto is not None else low
    return f"от {text}" if price.is_from else text


def _plain(amount: object) -> str:
    return f"{amount:f}".rstrip("0").rstrip(".") if "." in f"{amount:f}" else f"{amount:f}"


def _belongs(row: PreviewRow, show: str) -> bool:
    match show:
        case "doubtful":
            return row.kind == "item" and bool(row.reasons)
        case "skipped":
            return row.kind != "item"
        case _:
            return row.kind == "item"


def _row(draft: Draft, row: PreviewRow, item: DraftRow | None, locale: str) -> RowView:
    return RowView(
        row_no=row.row_no,
        sheet=row.sheet,
        row=row.row,
        section=row.section,
        name=row.text,
        shown=_shown(draft, item, locale) if item else (),
        fields=_fields(draft, item) if item else (PriceField(1, "", ""),),
        reasons=tuple(reason.ru if locale == "ru" else reason.en for reason in row.reasons),
        is_suspicious=row.is_suspicious,
        is_skipped=item is None,
    )


def _shown(draft: Draft, item: DraftRow, locale: str) -> tuple[tuple[str, str], ...]:
    """Class and price; one without a class where every car costs the same."""
    first = item.prices[0]
    if first is not None and len(set(item.prices)) == 1:
        return (("", say_price(first, draft.currency, locale)),)
    named = zip(draft.classes, item.prices, strict=True)
    return tuple((entry.name, say_price(price, draft.currency, locale)) for entry, price in named if price is not None)


def _fields(draft: Draft, item: DraftRow) -> tuple[PriceField, ...]:
    names = [entry.name for entry in draft.classes] or [""]
    return tuple(
        PriceField(number, name, write_price(price)) for number, (name, price) in enumerate(zip(names, item.prices, strict=True), 1)
    )


def _made(no: int, correction: Correction) -> MadeView:
    about: int | None = getattr(correction, "row", None) or getattr(correction, "number", None)
    return MadeView(no, correction.__struct_config__.tag, about)  # type: ignore[arg-type]
