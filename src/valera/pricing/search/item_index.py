"""The rows of one list version, ready to be searched: their terms, who has which term, and the nearest term to a mistyped one."""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from valera.pricing.search.lexicon import Lexicon
from valera.pricing.search.spelling import DOUBTFUL, Speller
from valera.pricing.search.term import NOT, Term, TermKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from valera.pricing.price_list import PriceItem
    from valera.pricing.search.sizes import Size

OF_NOUNS = ("ный", "ной", "овый", "евый", "овой", "евой", "яный", "аный")
SHORTEST_STEM = 3
ADJECTIVES = ("ый", "ий", "ой")
ASIDE = re.compile(r"\(([^()]*)\)?")


@dataclass(frozen=True, slots=True)
class IndexedItem:
    """``own``: terms of the name; ``aside``: in its brackets (examples, remarks); ``around``: of the section.

    ``works`` are those of name and section, ``own_works`` of the name alone.
    ``is_general``: the name is a work and names no part («Рихтовка»), so it may be meant with any part.
    ``sizes``: what it is limited to. ``describing``: adjectives that tell it from others.
    ``head``: the part that the name is about, the first that it names: «Пыльник ШРУСа» is no ШРУС.
    """

    item: PriceItem
    own: frozenset[str]
    aside: frozenset[str]
    around: frozenset[str]
    works: frozenset[str]
    own_works: frozenset[str]
    places: Mapping[int, frozenset[str]]
    is_general: bool
    everything: frozenset[str]
    sizes: tuple[Size, ...]
    head: str | None
    describing: frozenset[str]


@dataclass(frozen=True, slots=True)
class ItemIndex:
    items: tuple[IndexedItem, ...]
    places_of: Mapping[str, frozenset[int]]
    lexicon: Lexicon
    speller: Speller
    class_groups: tuple[frozenset[int], ...]

    @classmethod
    def build(cls, items: Iterable[PriceItem], lexicon: Lexicon) -> ItemIndex:
        """Around 0.1 ms a row once the dictionary is warm."""
        sections: dict[str, tuple[Term, ...]] = {}
        trade = Speller.of((), lexicon)
        indexed: list[IndexedItem] = []
        for item in items:
            if item.section not in sections:
                sections[item.section] = _repaired(lexicon.terms(item.section), trade)
            indexed.append(_indexed(item, sections[item.section], trade))
        places: dict[str, set[int]] = defaultdict(set)
        for number, entry in enumerate(indexed):
            for key in entry.everything:
                places[key].add(number)
        return cls(
            tuple(indexed),
            {key: frozenset(numbers) for key, numbers in places.items()},
            lexicon,
            Speller.of(places, lexicon),
            _class_groups(entry.item for entry in indexed),
        )

    def knows(self, key: str) -> bool:
        return key in self.places_of

    def is_light(self, term: Term) -> bool:
        """Says nothing that the list could know: «срочно», the year of a car."""
        return term.is_soft and not self.knows(term.key)

    def repaired(self, terms: Iterable[Term]) -> tuple[Term, ...]:
        """Mistyped words become the list's nearest word, else the trade's."""
        return tuple(self._repaired(term) for term in terms)

    def having_any(self, keys: Iterable[str]) -> frozenset[int]:
        """Numbers of the items that have one of these terms."""
        return frozenset().union(*(self.places_of.get(key, frozenset()) for key in keys))

    def having_all(self, keys: Iterable[str]) -> frozenset[int]:
        """Numbers of the items that have each of these terms; none for no terms."""
        found = sorted((self.places_of.get(key, frozenset()) for key in keys), key=len)
        return found[0].intersection(*found[1:]) if found else frozenset()

    def likeliest(self, keys: Iterable[str], works: Iterable[str], most: int) -> list[int]:
        """Of the items with one of these terms those that have most of them, and of the works."""
        shared = Counter(number for key in keys for number in self.places_of.get(key, ()))
        for number in (number for key in works for number in self.places_of.get(key, ()) if number in shared):
            shared[number] += 1
        return [number for number, _ in shared.most_common(most)]

    def shortest(self, numbers: Iterable[int], most: int) -> list[int]:
        """Those of the items that say least beside what they were found by: an exact one is among them."""
        return heapq.nsmallest(most, numbers, key=lambda number: (len(self.items[number].own), number))

    def class_group(self, item: PriceItem) -> frozenset[int]:
        """Numbers of the classes that this row's part of the list goes by."""
        numbers = _priced(item)
        return next((group for group in self.class_groups if group & numbers), numbers)

    def _repaired(self, term: Term) -> Term:
        """«Абразивно» is «абразивный» where the list has that word, and «нерамный» is what the list calls «не рамный»."""
        if self.knows(term.key):
            return term
        if term.key.startswith("не") and self.knows(term.key[2:]):
            return replace(term, key=NOT + term.key[2:], kind=TermKind.WORD, is_real=True)
        adjective = (
            next((key for ending in ADJECTIVES if self.knows(key := term.key[:-1] + ending)), None) if term.key.endswith("о") else None
        )
        if adjective:
            return replace(term, key=adjective, is_naming=False)
        noun = next(filter(self.knows, _nouns(term.key)), None) if term.is_soft and not term.is_naming else None
        return replace(term, key=noun, is_soft=False, likeness=DOUBTFUL) if noun else self.speller.repaired(term)


def _nouns(adjective: str) -> Iterator[str]:
    """What an adjective may be made of: «салонный», «колёсный», «рулевой»."""
    stems = (adjective.removesuffix(ending) for ending in OF_NOUNS if adjective.endswith(ending))
    return (stem + ending for stem in stems if len(stem) >= SHORTEST_STEM for ending in ("", "а", "о", "ь", "я"))


def _indexed(item: PriceItem, section: tuple[Term, ...], speller: Speller) -> IndexedItem:
    name, sizes = speller.lexicon.read(ASIDE.sub(" ", item.name))
    beside, sizes_beside = speller.lexicon.read(" ".join(ASIDE.findall(item.name)))
    own, aside = _repaired(name, speller), _repaired(beside, speller)
    everything = (*own, *aside, *section)
    places: dict[int, set[str]] = defaultdict(set)
    for term in own:
        if term.kind is TermKind.PLACE:
            places[speller.lexicon.places[term.key]].add(term.key)
    return IndexedItem(
        item=item,
        own=frozenset(term.key for term in own),
        aside=frozenset(term.key for term in aside),
        around=frozenset(term.key for term in section),
        works=_works(everything),
        own_works=_works((*own, *aside)),
        places={axis: frozenset(keys) for axis, keys in places.items()},
        everything=frozenset(term.key for term in everything),
        is_general=all(term.kind is TermKind.WORK or term.is_soft for term in own),
        sizes=(*sizes, *sizes_beside),
        describing=frozenset(term.key for term in own if term.is_soft and not term.is_naming),
        head=next(
            (term.key for term in own if term.kind is TermKind.WORD and not term.is_soft and term.key not in speller.lexicon.hollow), None
        ),
    )


def _priced(item: PriceItem) -> frozenset[int]:
    return frozenset(number for number, price in enumerate(item.prices) if price)


def _works(terms: Iterable[Term]) -> frozenset[str]:
    return frozenset(term.key for term in terms if term.kind is TermKind.WORK)


def _repaired(terms: Iterable[Term], speller: Speller) -> tuple[Term, ...]:
    """A list has slips of its own («Рехтовка»): words of no dictionary become the trade's nearest word."""
    return tuple(term if term.is_real else speller.by_trade(term) for term in terms)


def _class_groups(items: Iterable[PriceItem]) -> tuple[frozenset[int], ...]:
    """Classes that some row prices together belong together: sections of one list may divide cars differently.

    A row with one price for every class tells nothing about that.
    """
    groups: list[frozenset[int]] = []
    for row in {_priced(item) for item in items if len(set(item.prices)) > 1}:
        touching = [group for group in groups if group & row]
        groups = [group for group in groups if group not in touching] + [row.union(*touching)]
    return tuple(groups)
