"""The rows of one list version, ready to be searched: their terms, who has which term, and the nearest term to a mistyped one."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from valera.pricing.search.lexicon import NOT, SHORTEST_TYPO, Lexicon, Term, TermKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from valera.pricing.price_list import PriceItem

SAME_WORD = 0.74
"""Normalised Damerau-Levenshtein likeness: one slip in a word of four letters («двер»), two in one of eight.

«порох» stays off «порог» all the same: words of the dictionary are never corrected.
"""
ASIDE = re.compile(r"\(([^()]*)\)?")


@dataclass(frozen=True, slots=True)
class IndexedItem:
    """``own``: terms of the name; ``aside``: in its brackets (examples, remarks); ``around``: of the section.

    ``works`` are those of name and section, ``own_works`` of the name alone.
    ``is_general``: the name is a work and names no part («Рихтовка»), so it may be meant with any part.
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


@dataclass(frozen=True, slots=True)
class ItemIndex:
    items: tuple[IndexedItem, ...]
    places_of: Mapping[str, frozenset[int]]
    lexicon: Lexicon
    class_groups: tuple[frozenset[int], ...]

    @classmethod
    def build(cls, items: Iterable[PriceItem], lexicon: Lexicon) -> ItemIndex:
        """Around 0.1 ms a row once the dictionary is warm."""
        sections: dict[str, tuple[Term, ...]] = {}
        indexed: list[IndexedItem] = []
        for item in items:
            if item.section not in sections:
                sections[item.section] = _repaired(lexicon.terms(item.section), lexicon)
            indexed.append(_indexed(item, sections[item.section], lexicon))
        places: dict[str, set[int]] = defaultdict(set)
        for number, entry in enumerate(indexed):
            for key in entry.everything:
                places[key].add(number)
        return cls(
            tuple(indexed),
            {key: frozenset(numbers) for key, numbers in places.items()},
            lexicon,
            _class_groups(entry.item for entry in indexed),
        )

    def knows(self, key: str) -> bool:
        return key in self.places_of

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

    def class_group(self, item: PriceItem) -> frozenset[int]:
        """Numbers of the classes that this row's part of the list goes by."""
        numbers = _priced(item)
        return next((group for group in self.class_groups if group & numbers), numbers)

    def _repaired(self, term: Term) -> Term:
        if term.is_real or self.knows(term.key):
            return term
        return _nearest(term, (key for key in self.places_of if not key.isdigit()), self.lexicon) or _repaired((term,), self.lexicon)[0]


def _indexed(item: PriceItem, section: tuple[Term, ...], lexicon: Lexicon) -> IndexedItem:
    own = _repaired(lexicon.terms(ASIDE.sub(" ", item.name)), lexicon)
    aside = _repaired(lexicon.terms(" ".join(ASIDE.findall(item.name))), lexicon)
    everything = (*own, *aside, *section)
    places: dict[int, set[str]] = defaultdict(set)
    for term in own:
        if term.kind is TermKind.PLACE:
            places[lexicon.places[term.key]].add(term.key)
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
    )


def _priced(item: PriceItem) -> frozenset[int]:
    return frozenset(number for number, price in enumerate(item.prices) if price)


def _works(terms: Iterable[Term]) -> frozenset[str]:
    return frozenset(term.key for term in terms if term.kind is TermKind.WORK)


def _repaired(terms: Iterable[Term], lexicon: Lexicon) -> tuple[Term, ...]:
    """A list has slips of its own («Рехтовка»): words of no dictionary become the trade's nearest word."""
    return tuple(term if term.is_real else _nearest(term, lexicon.single_words, lexicon) or term for term in terms)


def _nearest(term: Term, known: Iterable[str], lexicon: Lexicon) -> Term | None:
    if len(term.key) < SHORTEST_TYPO or term.key.startswith(NOT):
        return None
    found = process.extractOne(term.key, list(known), scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=SAME_WORD)
    if found is None:
        return None
    key = lexicon.phrases.get((found[0],), (found[0],))[0]
    return replace(term, key=key, kind=lexicon.kind_of(key), is_soft=False, is_real=True, likeness=found[1])


def _class_groups(items: Iterable[PriceItem]) -> tuple[frozenset[int], ...]:
    """Classes that some row prices together belong together: sections of one list may divide cars differently.

    A row with one price for every class tells nothing about that.
    """
    groups: list[frozenset[int]] = []
    for row in {_priced(item) for item in items if len(set(item.prices)) > 1}:
        touching = [group for group in groups if group & row]
        groups = [group for group in groups if group not in touching] + [row.union(*touching)]
    return tuple(groups)
