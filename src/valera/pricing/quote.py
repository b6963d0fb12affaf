"""What works cost for a car: rows from the list, the class where it matters, a total that code makes. Nothing here is estimated."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from valera.pricing.car_class import class_for_car, class_for_kind, find_class, read_class, read_kind
from valera.pricing.cars.rule import find_own_names
from valera.pricing.price_list import CarClass, Price
from valera.pricing.search.matching import Match
from valera.pricing.search.term import TermKind
from valera.pricing.search.works import Answer, find_works
from valera.russian.cars import find_cars, find_kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from valera.pricing.cars.rule import CarRule
    from valera.pricing.price_list import PriceItem
    from valera.pricing.search.item_index import ItemIndex
    from valera.russian.cars import Car


MOST_LETTERS = 1500
"""In all works together: those behind them are not looked up, so that one call takes no longer than a long message."""
EVERY_CAR = CarClass("")
"""Stands for the only column of a list without classes."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the client wants to know, in the client's words; ``item_ids`` are rows that he means where they are among several."""

    works: tuple[str, ...]
    car: str | None = None
    car_class: str | None = None
    item_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A certain row with its price; ``car_class`` is None when every class costs the same."""

    query: str
    item: PriceItem
    car_class: CarClass | None
    price: Price


@dataclass(frozen=True, slots=True)
class Total:
    amount: Price
    count: int


@dataclass(slots=True)
class Quote:
    """One look into the list. ``by_class``: certain rows of an unknown class; ``choose``: rows between which the client has to choose."""

    car: Car | None = None
    car_class: CarClass | None = None
    found: list[Found] = field(default_factory=list)
    by_class: list[tuple[str, PriceItem]] = field(default_factory=list)
    choose: list[tuple[str, tuple[PriceItem, ...]]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    not_for_class: list[tuple[PriceItem, CarClass]] = field(default_factory=list)
    total: Total | None = None


def find_quote(index: ItemIndex, classes: tuple[CarClass, ...], request: Request, rules: Sequence[CarRule] = ()) -> Quote:
    """Answers each work, in the order named. ``classes`` are the list's; a total is made only of certain prices, each counted once."""
    works, beyond = _read_works(request.works)
    all_texts, cars, said = _without_cars(index, classes, works, rules)
    texts = [text for text in all_texts if index.lexicon.pieces(text)] or all_texts[:1]  # «сколько за всё» is no work of its own
    quote = Quote(car=_one_car([*_cars_in(request.car or "", rules), *cars]))
    wanted = _Wanted(quote.car, _said_class(classes, request, said, rules), rules)
    quote.car_class = wanted.among(classes)
    seen: set[int] = set()
    is_countable = True
    for answer in _settled([answer for text in texts for answer in find_works(index, text)], index, request.item_ids):
        item = answer.match.sure
        if item is None:
            _leave_open(quote, answer.query, answer.match.options)
        elif item.id in seen:
            is_countable = False  # the same row for two parts («передний и задний»), or one work said twice: nobody knows which
        else:
            seen.add(item.id)
            group = _group(index, classes, item)
            _price(quote, (answer.query, item), group, wanted.among(tuple(group)))
    quote.missing += beyond
    is_countable = is_countable and not any(index.lexicon.counts_pieces(text) for text in texts)
    is_certain = not (quote.by_class or quote.choose or quote.missing or quote.not_for_class)
    quote.total = total_of([found.price for found in quote.found]) if is_countable and is_certain else None
    return quote


def _read_works(works: Sequence[str]) -> tuple[list[str], list[str]]:
    """Those that are looked up, and those that are not."""
    lengths = list(accumulate(map(len, works)))
    read = sum(length <= MOST_LETTERS for length in lengths)
    return list(works[:read]), list(works[read:])


def _settled(answers: Sequence[Answer], index: ItemIndex, item_ids: tuple[int, ...]) -> Iterator[Answer]:
    """A choice is settled by the rows that were chosen from it; chosen rows that are in none of them come last."""
    used: set[int] = set()
    for answer in answers:
        chosen = [item for item in answer.match.options if item.id in item_ids]
        used |= {item.id for item in (*chosen, answer.match.sure) if item}
        yield from [Answer(answer.query, Match(sure=item)) for item in chosen] or [answer]
    if rest := {*item_ids} - used:
        yield from (Answer(entry.item.name, Match(sure=entry.item)) for entry in index.items if entry.item.id in rest)


def total_of(prices: Sequence[Price]) -> Total | None:
    """The sum of two prices or more. Ranges add up to a range; one «от» makes all of it «от»; «от» and «до» together have no honest sum."""
    if len(prices) < 2:  # noqa: PLR2004 - a sum of one is no sum
        return None
    is_from = any(price.is_from for price in prices)
    least = sum((price.amount for price in prices), Decimal(0))
    most = sum((price.upto or price.amount for price in prices), Decimal(0))
    if any(price.is_at_most for price in prices):
        return None if is_from else Total(Price(most, most), len(prices))
    upto = most if most != least and not is_from else None
    return Total(Price(least, upto, is_from), len(prices))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is known of the car's class: a class that was named, and the car. If they disagree, nothing is known."""

    car: Car | None
    said: CarClass | None
    rules: Sequence[CarRule]

    def among(self, classes: Sequence[CarClass]) -> CarClass | None:
        said = self.said if self.said in classes else None
        of_car = class_for_car(classes, self.car, self.rules) if self.car else None
        return said or of_car if said is None or of_car is None or said == of_car else None


def _one_car(cars: Sequence[Car]) -> Car | None:
    """The car that all of these are; a make alone may be any of its models. Two different cars: nobody knows which is meant."""
    best = next((car for car in cars if car.model), next(iter(cars), None))
    is_same = best is not None and all(car.make == best.make and car.model in {None, best.model} for car in cars)
    return best if is_same else None


def _cars_in(text: str, rules: Sequence[CarRule]) -> list[Car]:
    """Those that only the shop knows go before the dictionary's, which may know a part of the name."""
    own = list(find_own_names(rules, text))
    for car in own:
        text = _blanked(text, car.start, car.end)
    return [*own, *find_cars(text)]


def _said_class(classes: tuple[CarClass, ...], request: Request, in_works: CarClass | None, rules: Sequence[CarRule]) -> CarClass | None:
    """What was answered about the class, else what the words about the car («кроссовер») or among the works say."""
    named = read_class(classes, request.car_class, rules) if request.car_class else None
    return named or (read_kind(classes, _beside_cars(request.car, rules), rules) if request.car else None) or in_works


def _beside_cars(text: str, rules: Sequence[CarRule]) -> str:
    """What is said of a car besides its name: «Sportage» is no sports car."""
    for car in _cars_in(text, rules):
        text = _blanked(text, car.start, car.end)
    return text


def _without_cars(
    index: ItemIndex, classes: tuple[CarClass, ...], works: Iterable[str], rules: Sequence[CarRule]
) -> tuple[list[str], list[Car], CarClass | None]:
    """Works without the cars and classes that stand among them («бампер на Камри, 2 класс»); words that the list knows are never a car."""
    texts: list[str] = []
    cars: list[Car] = []
    said: CarClass | None = None
    for work in works:
        text = work
        if named := find_class(classes, text):
            said = said or named.car_class
            text = _blanked(text, named.start, named.end)
        for car in _cars_in(text, rules):
            if not _is_known(index, text[car.start : car.end]):
                cars.append(car)
                text = _blanked(text, car.start, car.end)
        for kind in find_kinds(text):
            if not _is_known(index, text[kind.start : kind.end]):
                said = said or class_for_kind(classes, kind.segments, rules)
                text = _blanked(text, kind.start, kind.end)
        texts.append(text)
    return texts, cars, said


def _is_known(index: ItemIndex, text: str) -> bool:
    """Does the list itself speak of it, in a word? Numbers are in every list."""
    return any(index.knows(term.key) for term in index.lexicon.terms(text) if term.kind is not TermKind.NUMBER)


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _leave_open(quote: Quote, query: str, options: tuple[PriceItem, ...]) -> None:
    if options:
        quote.choose.append((query, options))
    else:
        quote.missing.append(query)


def _price(quote: Quote, answer: tuple[str, PriceItem], group: Mapping[CarClass, Price | None], car_class: CarClass | None) -> None:
    """``group``: the row's price for each class that its part of the list goes by."""
    query, item = answer
    first, *others = set(group.values())
    if first is not None and not others:
        quote.found.append(Found(query, item, None, first))
    elif car_class is None:
        quote.by_class.append((query, item))
    elif (price := group[car_class]) is not None:
        quote.found.append(Found(query, item, car_class, price))
    else:
        quote.not_for_class.append((item, car_class))


def _group(index: ItemIndex, classes: tuple[CarClass, ...], item: PriceItem) -> dict[CarClass, Price | None]:
    """The classes that this row's part of the list goes by: «седан | джип» in one section, «1 | 2 | 3 класс» in the others."""
    numbers = index.class_group(item)
    return {entry: item.prices[number] for number, entry in enumerate(classes or (EVERY_CAR,)) if number in numbers}
