"""A sum in a draft with what is said about it: its clause, the works, classes and cars that it names."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from valera.reception.gates.reading.classes import classes_in
from valera.reception.gates.reading.marks import cars_in
from valera.reception.gates.reading.patterns import pattern, word_list
from valera.reception.trade import trade
from valera.russian.morphology import lemma, part_of_speech
from valera.russian.words import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.reading.draft import Draft, Sentence
    from valera.russian.money.sums import Sum

SHORTEST = 3  # letters of a word that tells one work from another


@dataclass(frozen=True, slots=True)
class Claim:
    """A sum with what was said about it: the text of its own clause, the works it names, the works named before it."""

    money: Sum
    sentence: Sentence
    clause: str
    lead: str  # the clause up to the sum
    things: frozenset[str]
    carried: frozenset[str]
    classes: frozenset[str]
    cars: frozenset[str]


def claims_of(draft: Draft, evidence: Evidence, named: Iterable[Sum]) -> list[Claim]:
    """One for each of the sums ``named``."""
    sums_in = list(named)
    known = _known_things(evidence)
    found: list[Claim] = []
    carried = frozenset[str]()
    classes = frozenset[str]()
    cars = frozenset[str]()
    for sentence in draft.sentences:
        sums = sentence.within(sums_in)
        clauses = _clauses(sentence, sums) if sums else [(0, len(sentence.text))]
        for at, (start, end) in enumerate(clauses):
            clause = sentence.text[start:end]
            split = sums[at].start - sentence.start - start if sums else len(clause)
            things = _things(clause[:split], known) or _things(clause[split:], known)
            classes = classes_in(clause, evidence.classes) or classes
            cars = frozenset(car_names(clause)) or cars
            if sums:
                found.append(Claim(sums[at], sentence, clause, clause[:split], things, carried, classes, cars))
            carried = (things | carried if sums and things and not _has_part(things) else things) or carried
    return found


def _clauses(sentence: Sentence, sums: list[Sum]) -> list[tuple[int, int]]:
    """The part of the sentence that belongs to each sum, from separator to separator.

    Of several between two sums it is the first, or the last where the work follows its sum («20 000 ₽ за бампер, 25 000 ₽ за капот»).
    """
    borders = [0]
    for one, other in pairwise(sums):
        left, right = one.end - sentence.start, other.start - sentence.start
        between = sentence.lower[left:right]
        cuts = [match.end() for match in pattern("words", "separator").finditer(between)]
        follows = pattern("words", "trailing").search(between)
        borders.append(left + ((cuts[-1] if follows else cuts[0]) if cuts else 0))
    return list(zip(borders, [*borders[1:], len(sentence.text)], strict=True))


def _known_things(evidence: Evidence) -> frozenset[str]:
    own = {word for price in evidence.prices for word in (*core(price.name), *core(price.query), *core(price.section))}
    return frozenset(own) | catalogue_things(evidence.catalogue)


@functools.lru_cache(maxsize=64)
def catalogue_things(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for name in names for word in core(name))


@functools.lru_cache(maxsize=20_000)
def core(text: str) -> frozenset[str]:
    """Meanings of the words that tell one work from another."""
    words = {trade().canon(token.lemma) for token in tokens(text) if _tells_apart(token.text)}
    return frozenset(words) - word_list("lemmas", "generic")


@functools.lru_cache(maxsize=20_000)
def _tells_apart(word: str) -> bool:
    return (
        word.isalpha()
        and (trade().knows(lemma(word)) or part_of_speech(word) in {"NOUN", "ADJF", "ADJS", "INFN", "VERB", ""})
        and len(word) >= SHORTEST
    )


def _things(text: str, known: frozenset[str]) -> frozenset[str]:
    named, meant = _named(text)
    return named | (meant & known)


@functools.lru_cache(maxsize=8192)
def _named(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Meanings of the words that the trade knows, and of all words, those that tell nothing apart left out."""
    generic = word_list("lemmas", "generic") | word_list("lemmas", "neutral")
    words = {(token.lemma, trade().canon(token.lemma)) for token in tokens(text) if token.text.isalpha()}
    meant = frozenset(meaning for _, meaning in words) - generic
    return frozenset(meaning for word, meaning in words if trade().knows(word)) - generic, meant


def _has_part(things: frozenset[str]) -> bool:
    return any(thing not in trade().actions and thing not in trade().qualifiers for thing in things)


def car_names(text: str) -> list[str]:
    return [" ".join(filter(None, (car.make, car.model))) for car in cars_in(text)]
