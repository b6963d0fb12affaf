"""What a person may correct in a draft, as data: each one is checked against the draft as the ones before it left it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, assert_never

import msgspec

from valera.kit.errors import Invalid
from valera.pricing.price_list import CarClass, Price
from valera.pricing.reading.draft import Draft, DraftRow, P, Skipped, SkipReason
from valera.pricing.reading.price_cell import CURRENCIES, read_cell
from valera.pricing.reading.table import clean
from valera.pricing.vocabulary import tidy

if TYPE_CHECKING:
    from collections.abc import Callable

Row = Annotated[int, msgspec.Meta(ge=1)]
Name = Annotated[str, msgspec.Meta(max_length=300)]
Section = Annotated[str, msgspec.Meta(max_length=200)]
PriceText = Annotated[str, msgspec.Meta(max_length=100)]


class CorrectionRefused(Invalid):
    """It makes no sense in this draft. ``reason`` is the key of its sentence."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(P.say("ru", f"correction.{reason}", **values))
        self.reason = reason
        self.values = values

    def say(self, locale: str) -> str:
        return P.say(locale, f"correction.{self.reason}", **self.values)


class _Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """Row numbers are the draft's, through all sheets; classes count from 1; a price is written as in a list: «от 5000», «3000-5000»."""


class Rename(_Correction, frozen=True, tag="rename"):
    row: Row
    name: Name


class SetPrice(_Correction, frozen=True, tag="price"):
    """An empty price: not for this class. No class: every one."""

    row: Row
    price: PriceText
    car_class: Annotated[int, msgspec.Meta(ge=1)] | None = None


class SetSection(_Correction, frozen=True, tag="section"):
    row: Row
    section: Section


class Drop(_Correction, frozen=True, tag="drop"):
    row: Row


class MakeSection(_Correction, frozen=True, tag="header"):
    """A work, or a row that was skipped, is the name of a section: of all works below it up to the next section."""

    row: Row


class TakeIn(_Correction, frozen=True, tag="take"):
    """A row that was skipped is a work."""

    row: Row
    price: PriceText
    name: Name | None = None
    section: Section | None = None


class NameClass(_Correction, frozen=True, tag="class"):
    """``description``: what the shop says that it means, cars as well: «кроссоверы, Camry, Sportage»."""

    number: Annotated[int, msgspec.Meta(ge=1)]
    name: Annotated[str, msgspec.Meta(max_length=100)]
    description: Annotated[str, msgspec.Meta(max_length=300)] = ""


class SetCurrency(_Correction, frozen=True, tag="currency"):
    currency: Annotated[str, msgspec.Meta(max_length=3)]


class Accept(_Correction, frozen=True, tag="accept"):
    """The row is right as it was read, whatever is doubtful in it."""

    row: Row


Correction = Rename | SetPrice | SetSection | Drop | MakeSection | TakeIn | NameClass | SetCurrency | Accept


def apply(draft: Draft, correction: Correction) -> Draft:  # noqa: C901, PLR0911 - one case a kind of correction
    """The draft with it. Raises CorrectionRefused."""
    match correction:
        case Rename(row, name):
            return _with_row(draft, row, lambda found: replace(found, name=_text(name, "no_name"), doubts=()))
        case SetPrice(row, price, car_class):
            return _with_row(draft, row, lambda found: _priced(draft, found, price, car_class))
        case SetSection(row, section):
            return _with_row(draft, row, lambda found: replace(found, section=tidy(clean(section))))
        case Drop(row):
            found = _row(draft, row)
            return _skipping(draft, Skipped(row, found.name, SkipReason.DROPPED, found.section))
        case MakeSection(row):
            return _made_section(draft, row)
        case TakeIn():
            return _taken_in(draft, correction)
        case NameClass(number, name, description):
            return _named_class(draft, number, CarClass(_text(name, "no_class_name"), tidy(clean(description))))
        case SetCurrency(currency):
            if currency not in CURRENCIES:
                raise CorrectionRefused("currency", known=", ".join(CURRENCIES))
            return replace(draft, currency=currency)
        case Accept(row):
            _row(draft, row)
            return replace(draft, accepted=(*(no for no in draft.accepted if no != row), row))
        case _:
            assert_never(correction)


def _row(draft: Draft, row_no: int) -> DraftRow:
    found = next((row for row in draft.rows if row.row_no == row_no), None)
    if found is None:
        skipped = any(row.row_no == row_no for row in draft.skipped)
        raise CorrectionRefused("row_skipped" if skipped else "no_row", row=row_no)
    return found


def _with_row(draft: Draft, row_no: int, change: Callable[[DraftRow], DraftRow]) -> Draft:
    changed = change(_row(draft, row_no))
    return replace(draft, rows=tuple(changed if row.row_no == row_no else row for row in draft.rows))


def _skipping(draft: Draft, skipped: Skipped) -> Draft:
    rows = tuple(row for row in draft.rows if row.row_no != skipped.row_no)
    if not rows:
        raise CorrectionRefused("last_row")
    return replace(draft, rows=rows, skipped=tuple(sorted((*draft.skipped, skipped), key=lambda row: row.row_no)))


def _text(text: str, reason: str) -> str:
    plain = tidy(clean(text))
    if not plain:
        raise CorrectionRefused(reason)
    return plain


def _price(text: str) -> Price:
    cell = read_cell(tidy(clean(text)))
    if cell.price is None or cell.doubt is not None:
        raise CorrectionRefused("price", text=tidy(clean(text)))
    return cell.price


def _priced(draft: Draft, row: DraftRow, text: str, car_class: int | None) -> DraftRow:
    price = _price(text) if text.strip() else None
    if car_class is not None and car_class > len(draft.classes):
        raise CorrectionRefused("no_class", number=car_class, count=len(draft.classes))
    prices = tuple(price if car_class in {None, number} else known for number, known in enumerate(row.prices, 1))
    if not any(prices):
        raise CorrectionRefused("no_price")
    return replace(row, prices=prices, doubts=())


def _made_section(draft: Draft, row_no: int) -> Draft:
    """Rows below it, up to the next section of the source, get its name."""
    item = next((row for row in draft.rows if row.row_no == row_no), None)
    skipped = next((row for row in draft.skipped if row.row_no == row_no), None)
    if item is None and skipped is None:
        raise CorrectionRefused("no_row", row=row_no)
    name = item.name if item else skipped.text.partition(" | ")[0] if skipped else ""
    ends = [*draft.sections, *(place.first_no for place in draft.places)]
    end = min((no for no in ends if no > row_no), default=None)
    rows = tuple(
        replace(row, section=name[:200].strip(" :")) if row.row_no > row_no and (end is None or row.row_no < end) else row
        for row in draft.rows
        if row.row_no != row_no
    )
    if not any(row.row_no > row_no and (end is None or row.row_no < end) for row in rows):
        raise CorrectionRefused("empty_section", row=row_no)
    kept = tuple(row for row in draft.skipped if row.row_no != row_no)
    return replace(draft, rows=rows, skipped=kept, sections=tuple(sorted((*draft.sections, row_no))))


def _taken_in(draft: Draft, correction: TakeIn) -> Draft:
    skipped = next((row for row in draft.skipped if row.row_no == correction.row), None)
    if skipped is None:
        raise CorrectionRefused("not_skipped", row=correction.row)
    name = _text(correction.name if correction.name is not None else skipped.text.partition(" | ")[0], "no_name")[:300]
    section = skipped.section if correction.section is None else tidy(clean(correction.section))
    row = DraftRow(correction.row, section, name, (_price(correction.price),) * max(1, len(draft.classes)))
    return replace(
        draft,
        rows=tuple(sorted((*draft.rows, row), key=lambda entry: entry.row_no)),
        skipped=tuple(entry for entry in draft.skipped if entry is not skipped),
    )


def _named_class(draft: Draft, number: int, named: CarClass) -> Draft:
    if number > len(draft.classes):
        raise CorrectionRefused("no_class", number=number, count=len(draft.classes))
    others = [entry.name.casefold() for place, entry in enumerate(draft.classes, 1) if place != number]
    if named.name.casefold() in others:
        raise CorrectionRefused("class_twice", name=named.name)
    classes = tuple(named if place == number else entry for place, entry in enumerate(draft.classes, 1))
    return replace(draft, classes=classes, has_unnamed_classes=False)
