"""Previews, lists and differences as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.pricing.drafts.preview import say_price
from valera.pricing.reading.draft import P

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from valera.pricing.drafts.difference import Changed, Difference, Item, Listed
    from valera.pricing.drafts.preview import Preview, PreviewRow
    from valera.pricing.price_list import CarClass, Price


def tell_preview(preview: Preview, locale: str, *, only_doubtful: bool = False) -> Iterator[str]:
    """A line a row, below it a line for each reason to look at it."""
    rows = [row for row in preview.rows if row.reasons or not only_doubtful]
    sections: list[str] = []
    for row in rows:
        if row.kind == "item" and sections[-1:] != [row.section]:
            sections.append(row.section)
            yield f"[{row.section or P.say(locale, 'describe.no_section')}]"
        yield _row(row)
        yield from (f"        ! {reason.ru if locale == 'ru' else reason.en} ({reason.code})" for reason in row.reasons)


def tell_list(listed: Listed, locale: str) -> Iterator[str]:
    section: str | None = None
    for item in listed.items:
        if item.section != section:
            section = item.section
            yield f"[{section or P.say(locale, 'describe.no_section')}]"
        yield f"{item.row_no:>5}  {item.name}: {_prices(listed, item, locale)}"


def tell_difference(found: Difference, before: Listed, after: Listed, locale: str) -> Iterator[str]:
    if found.is_empty:
        yield P.say(locale, "difference.same")
    if found.currency:
        yield P.say(locale, "difference.currency", before=found.currency[0], after=found.currency[1])
    yield from (_class(old, new, locale) for old, new in found.classes)
    for item in found.removed:
        yield P.say(locale, "difference.removed", section=_section(item), name=item.name, prices=_prices(before, item, locale))
    for change in found.changed:
        yield from _changes(change, (before, after), locale)
    for item in found.added:
        yield P.say(locale, "difference.added", section=_section(item), name=item.name, prices=_prices(after, item, locale))


def _changes(change: Changed, lists: tuple[Listed, Listed], locale: str) -> Iterator[str]:
    item, section = change.after, _section(change.after)
    if change.is_moved:
        yield P.say(locale, "difference.moved", name=item.name, before=change.before.section, section=item.section)
    if change.is_renamed:
        yield P.say(locale, "difference.renamed", section=section, before=change.before.name, name=item.name)
    for price in change.prices:
        yield P.say(
            locale,
            "difference.price",
            section=section,
            name=item.name,
            car_class=P.say(locale, "difference.for_class", name=price.car_class) if price.car_class else "",
            before=_price(price.before, lists[0].currency, locale),
            after=_price(price.after, lists[1].currency, locale),
        )


def _class(old: CarClass | None, new: CarClass | None, locale: str) -> str:
    if old and new and old.name != new.name:
        return P.say(locale, "difference.class_renamed", before=old.name, name=new.name)
    if old and new:
        return P.say(locale, "difference.class_described", name=new.name, before=old.description, after=new.description)
    name = new.name if new else old.name if old else ""
    return P.say(locale, "difference.class_added" if new else "difference.class_removed", name=name)


def _row(row: PreviewRow) -> str:
    prices = "; ".join(f"{price.car_class}: {price.text}" if price.car_class else price.text for price in row.prices)
    place = f" ({row.sheet}!{row.row})" if row.sheet else ""
    return f"{row.row_no:>5}  {row.text}: {prices}{place}" if row.kind == "item" else f"{row.row_no:>5}  - {row.text}{place}"


def _prices(listed: Listed, item: Item, locale: str) -> str:
    if len(set(item.prices)) == 1:
        return _price(item.prices[0], listed.currency, locale)
    named: Iterable[tuple[CarClass, Price | None]] = zip(listed.classes, item.prices, strict=True)
    return "; ".join(f"{entry.name}: {_price(price, listed.currency, locale)}" for entry, price in named)


def _price(price: Price | None, currency: str, locale: str) -> str:
    return P.say(locale, "difference.no_price") if price is None else say_price(price, currency, locale)


def _section(item: Item) -> str:
    return f"{item.section} / " if item.section else ""
