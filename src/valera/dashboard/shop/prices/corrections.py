"""What a row's form says, as corrections of the draft: only what is different from what stands there."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, assert_never

import msgspec

from valera.dashboard.shop.prices.draft_view import write_price
from valera.pricing.drafts.correction import Accept, Drop, MakeSection, Rename, SetPrice, SetSection, TakeIn

if TYPE_CHECKING:
    from valera.pricing.drafts.correction import Correction
    from valera.pricing.reading.draft import Draft, DraftRow


class Deed(StrEnum):
    """Which button of the row was pressed."""

    SAVE = "save"
    ACCEPT = "accept"
    DROP = "drop"
    HEADER = "header"
    TAKE = "take"


class RowForm(msgspec.Struct):
    """Beside it the prices: ``price_1``, ``price_2`` …, one a class."""

    do: Deed
    name: Annotated[str, msgspec.Meta(max_length=300)] = ""
    section: Annotated[str, msgspec.Meta(max_length=200)] = ""
    show: str = ""
    at: int = 1


def corrections_of(draft: Draft, row_no: int, form: RowForm, prices: dict[int, str]) -> list[Correction]:
    """Nothing for a row that is gone: the page is out of date, and what it shows next says so."""
    match form.do:
        case Deed.ACCEPT:
            return [Accept(row_no)]
        case Deed.DROP:
            return [Drop(row_no)]
        case Deed.HEADER:
            return [MakeSection(row_no)]
        case Deed.TAKE:
            return [TakeIn(row_no, prices.get(1, ""), form.name or None, form.section or None)]
        case Deed.SAVE:
            row = next((row for row in draft.rows if row.row_no == row_no), None)
            return _changes(row, form, prices) if row else []
        case _:
            assert_never(form.do)


def _changes(row: DraftRow, form: RowForm, prices: dict[int, str]) -> list[Correction]:
    found: list[Correction] = []
    if form.name.strip() != row.name:
        found.append(Rename(row.row_no, form.name))
    if form.section.strip() != row.section:
        found.append(SetSection(row.row_no, form.section))
    changed = [
        (number, prices[number])
        for number, known in enumerate(row.prices, 1)
        if number in prices and prices[number].strip() != write_price(known)
    ]
    if len(row.prices) == 1:
        return found + [SetPrice(row.row_no, text) for _, text in changed]
    return found + [SetPrice(row.row_no, text, number) for number, text in sorted(changed, key=lambda one: not one[1].strip())]
