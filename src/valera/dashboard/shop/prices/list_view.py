"""The published list as a page shows it: section by section, found by words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.pricing.drafts.preview import say_price
from valera.pricing.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.pricing.price_list import CarClass, PriceItem, PriceList

ON_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class ItemView:
    """``prices``: one a class, «» where there is none; a single one if every car costs the same. ``begins``: the first of its section."""

    section: str
    name: str
    prices: tuple[str, ...]
    begins: bool


@dataclass(frozen=True, slots=True)
class ListView:
    version: int
    source: str
    currency: str
    classes: tuple[CarClass, ...]
    query: str
    found: int
    items: int
    page_no: int
    pages: int
    rows: tuple[ItemView, ...]


def view_list(price_list: PriceList, items: Sequence[PriceItem], *, query: str, page_no: int, locale: str) -> ListView:
    """Every word of the query stands in a work's name or section, in any case and order."""
    words = fold(query).split()
    found = [item for item in items if not words or all(word in fold(f"{item.section} {item.name}") for word in words)]
    pages = max(1, -(-len(found) // ON_A_PAGE))
    page_no = min(max(page_no, 1), pages)
    shown = found[(page_no - 1) * ON_A_PAGE : page_no * ON_A_PAGE]
    rows = tuple(
        ItemView(item.section, item.name, _prices(price_list, item, locale), not place or shown[place - 1].section != item.section)
        for place, item in enumerate(shown)
    )
    return ListView(
        price_list.version, price_list.source, price_list.currency, price_list.classes, query, len(found), len(items), page_no, pages, rows
    )


def _prices(price_list: PriceList, item: PriceItem, locale: str) -> tuple[str, ...]:
    if item.prices[0] is not None and len(set(item.prices)) == 1:
        return (say_price(item.prices[0], price_list.currency, locale),)
    return tuple("" if price is None else say_price(price, price_list.currency, locale) for price in item.prices)
