"""What publishing would change, as lines for people: by meaning, not by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.pricing.drafts.difference import difference
from valera.pricing.drafts.preview import say_price

if TYPE_CHECKING:
    from collections.abc import Iterator

    from valera.pricing.drafts.difference import Changed, Item, Listed
    from valera.pricing.price_list import CarClass, Price

MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Line:
    """``kind``: added, removed, price, renamed, moved, class, currency. An empty ``before`` or ``after``: there was, or is, none."""

    kind: str
    section: str
    name: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """``lines`` are the first of ``total``."""

    lines: tuple[Line, ...]
    total: int
    added: int
    removed: int
    changed: int


def view_difference(before: Listed, after: Listed, locale: str) -> DifferenceView:
    found = difference(before, after)
    lines = [
        *([Line("currency", "", "", *found.currency)] if found.currency else []),
        *[_class(old, new) for old, new in found.classes],
        *[line for change in found.changed for line in _changed(change, before, after, locale)],
        *[Line("removed", item.section, item.name, _prices(before, item, locale)) for item in found.removed],
        *[Line("added", item.section, item.name, "", _prices(after, item, locale)) for item in found.added],
    ]
    return DifferenceView(tuple(lines[:MOST_SHOWN]), len(lines), len(found.added), len(found.removed), len(found.changed))


def _changed(change: Changed, before: Listed, after: Listed, locale: str) -> Iterator[Line]:
    item = change.after
    if change.is_renamed:
        yield Line("renamed", item.section, item.name, change.before.name, item.name)
    if change.is_moved:
        yield Line("moved", item.section, item.name, change.before.section, item.section)
    for price in change.prices:
        name = f"{item.name} · {price.car_class}" if price.car_class else item.name
        yield Line("price", item.section, name, _price(price.before, before, locale), _price(price.after, after, locale))


def _class(old: CarClass | None, new: CarClass | None) -> Line:
    return Line("class", "", "", *(f"{one.name} {one.description}".strip() if one else "" for one in (old, new)))


def _prices(listed: Listed, item: Item, locale: str) -> str:
    if len(set(item.prices)) == 1:
        return _price(item.prices[0], listed, locale)
    named = zip(listed.classes, item.prices, strict=True)
    return "; ".join(f"{entry.name}: {_price(price, listed, locale)}" for entry, price in named if price is not None)


def _price(price: Price | None, listed: Listed, locale: str) -> str:
    return "" if price is None else say_price(price, listed.currency, locale)
