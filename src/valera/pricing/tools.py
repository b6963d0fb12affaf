"""What the assistant may ask of the price list: ``find_prices``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from valera.assistant.tools import Done, Failed, Tool, ToolContext
from valera.pricing.cars.queries import list_car_rules
from valera.pricing.queries import as_number, current_price_list
from valera.pricing.quote import Quote, Request, find_quote
from valera.pricing.reading.draft import P
from valera.pricing.search.index_shelf import SHELF
from valera.pricing.search.listed import title
from valera.russian.money.sums import format_sum
from valera.russian.words import inflect_count

if TYPE_CHECKING:
    from valera.kit.db import AccountTx
    from valera.pricing.price_list import CarClass, Price, PriceItem, PriceList
    from valera.pricing.search.item_index import ItemIndex

MOST_NAMED = 8
"""Sections of a list, and works of a section: more is no answer in a messenger."""

DESCRIPTION = """\
Looks works up in the shop's own price list. Call it whenever the client asks what something costs, names works to be done, or gives the \
car or its class after a question about prices; call it again when any of these changes. It is the only source of prices: name no sum that \
is not in its result, repeat each sum beside the very row it came with, never add, subtract, multiply, round or convert. \
`works`: each work in the client's own words, the part together with what is to be done to it ("покрасить бампер"); do not translate or \
complete them. `car`: make and model as the client wrote them. `car_class`: only if the client named a class or a kind of car. \
`item_ids`: the options of an earlier `choose` that the client means; repeat his words in `works` as before. \
Result: `found` has certain prices (`text` may be quoted as it stands); `by_class` has rows whose price depends on the class of the car: \
ask for the car, or name the price of each class; `choose` has works that fit several rows: ask which is meant, name no sum; `missing` is \
not in the list: say so, offer to ask the master; `not_for_class` has no price for this class of car; `total` is the only sum of several \
works that may be named, null means that none may. `preliminary` has to be said with every price. \
With empty `works` the result is `sections`: what the shop does, without sums."""


class FindPrices(msgspec.Struct, forbid_unknown_fields=True):
    """Arguments of find_prices."""

    works: Annotated[list[Annotated[str, msgspec.Meta(max_length=1000)]], msgspec.Meta(max_length=30)]
    car: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    car_class: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    item_ids: Annotated[list[int], msgspec.Meta(max_length=30)] = []


async def _find_prices(tx: AccountTx, context: ToolContext, args: FindPrices) -> Done | Failed:
    works = tuple(work for work in args.works if work.strip())
    if not works and (args.works or args.car or args.car_class) and not args.item_ids:
        return Failed(P.say(context.locale, "no_works"))
    price_list = await current_price_list(tx)
    if price_list is None:
        return Done({"no_list": True})
    index = await SHELF.index_of(tx, price_list)
    if not works and not args.item_ids:
        return Done({"sections": _sections(index)})
    request = Request(works, args.car, args.car_class, tuple(args.item_ids))
    quote = find_quote(index, price_list.classes, request, await list_car_rules(tx))
    return Done(content_of(quote, price_list, context.locale))


find_prices = Tool(name="find_prices", description=DESCRIPTION, arguments=FindPrices, has_effect=False, run=_find_prices)


def _sections(index: ItemIndex) -> list[dict[str, Any]]:
    """What the shop does, in the order of its list: names without sums."""
    sections: dict[str, list[str]] = {}
    for entry in index.items:
        sections.setdefault(entry.item.section, []).append(entry.item.name)
    return [{"name": name, "works": names[:MOST_NAMED]} for name, names in list(sections.items())[:MOST_NAMED]]


def content_of(quote: Quote, price_list: PriceList, locale: str) -> dict[str, Any]:
    """The tool's result. Amounts are ints when whole, else decimal strings; every sum comes with its sentence."""
    say = _Sentences(price_list, locale)
    return {
        "list_version": price_list.version,
        "currency": price_list.currency,
        "found": [
            _row(found.item, found.query)
            | {"car_class": found.car_class.name if found.car_class else None}
            | _amounts(found.price)
            | {"text": say.price_of(found.item, found.car_class, found.price)}
            for found in quote.found
        ],
        "by_class": [_row(item, query) | {"prices": say.prices_by_class(item)} for query, item in quote.by_class],
        "choose": [{"query": query, "options": [_option(item) for item in options]} for query, options in quote.choose],
        "missing": quote.missing,
        "not_for_class": [
            {"item_id": item.id, "row": item.row_no, "name": item.name, "car_class": car_class.name}
            for item, car_class in quote.not_for_class
        ],
        "class_needed": bool(quote.by_class),
        "classes": [{"name": entry.name, "description": entry.description} for entry in price_list.classes],
        "car": {"make": quote.car.make, "model": quote.car.model, "car_class": quote.car_class.name if quote.car_class else None}
        if quote.car
        else None,
        "total": _amounts(quote.total.amount) | {"count": quote.total.count, "text": say.total(quote.total.amount, quote.total.count)}
        if quote.total
        else None,
        "preliminary": P.say(locale, "preliminary"),
    }


class _Sentences:
    """Sums in words, in one list's currency."""

    def __init__(self, price_list: PriceList, locale: str) -> None:
        self._list = price_list
        self._locale = locale

    def price_of(self, item: PriceItem, car_class: CarClass | None, price: Price) -> str:
        if car_class is None:
            return P.say(self._locale, "without_class", name=item.name, sum=self._sum(price))
        return P.say(self._locale, "with_class", name=item.name, car_class=car_class.name, sum=self._sum(price))

    def prices_by_class(self, item: PriceItem) -> list[dict[str, Any]]:
        return [
            {"car_class": entry.name}
            | _amounts(price)
            | {"text": P.say(self._locale, "for_class", car_class=entry.name, sum=self._sum(price))}
            for entry, price in zip(self._list.classes, item.prices, strict=True)
            if price
        ]

    def total(self, price: Price, count: int) -> str:
        one, few, many = P.variants(self._locale, "total_works")
        return P.say(self._locale, "total", works=inflect_count(count, one, few, many), sum=self._sum(price))

    def _sum(self, price: Price) -> str:
        if price.is_at_most:
            return P.say(self._locale, "at_most", sum=format_sum(price.amount, currency=self._list.currency))
        return format_sum(price.amount, price.upto, is_from=price.is_from, currency=self._list.currency)


def _row(item: PriceItem, query: str) -> dict[str, Any]:
    return {"item_id": item.id, "row": item.row_no, "section": item.section, "name": item.name, "title": title(item), "query": query}


def _option(item: PriceItem) -> dict[str, Any]:
    return {"item_id": item.id, "row": item.row_no, "section": item.section, "name": item.name, "title": title(item)}


def _amounts(price: Price) -> dict[str, Any]:
    return {"amount": as_number(price.amount), "upto": None if price.upto is None else as_number(price.upto), "is_from": price.is_from}
