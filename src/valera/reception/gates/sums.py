"""Sums: each is bound to the work named beside it, to that work's row and class, or it does not leave."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from valera.reception.gates.claims import pattern, word_list
from valera.reception.gates.classes import classes_in
from valera.reception.gates.sources import percents_of, sums_of
from valera.reception.gates.violation import Gate, violation
from valera.reception.trade import trade
from valera.russian.cars import find_cars
from valera.russian.morphology import lemma, part_of_speech
from valera.russian.words import lemmas, tokens

if TYPE_CHECKING:
    from valera.reception.gates.draft import Draft, Sentence
    from valera.reception.gates.evidence import Evidence, NamedPrice, Total
    from valera.reception.gates.violation import Violation
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


def unsourced_sums(draft: Draft, evidence: Evidence) -> list[Violation]:
    """Sums and percentages with no source, and a class that is not the car's."""
    wrong = [claim for claim in _claims(draft, evidence) if not _is_sourced(claim, evidence)]
    found = [
        violation(Gate.SUM, f"{claim.lead[-40:].strip()} {draft.text[claim.money.start : claim.money.end]}", evidence) for claim in wrong
    ]
    return found + _percents(draft, evidence) + _classes(draft, evidence)


def _claims(draft: Draft, evidence: Evidence) -> list[Claim]:
    known = _known_things(evidence)
    found: list[Claim] = []
    carried = frozenset[str]()
    classes = frozenset[str]()
    cars = frozenset[str]()
    for sentence in draft.sentences:
        sums = sentence.within(draft.sums)
        clauses = _clauses(sentence, sums) if sums else [(0, len(sentence.text))]
        for at, (start, end) in enumerate(clauses):
            clause = sentence.text[start:end]
            split = sums[at].start - sentence.start - start if sums else len(clause)
            things = _things(clause[:split], known) or _things(clause[split:], known)
            classes = classes_in(clause, evidence.classes) or classes
            cars = frozenset(_car_names(clause)) or cars
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
    own = {word for price in evidence.prices for word in (*_core(price.name), *_core(price.query), *_core(price.section))}
    return frozenset(own) | _catalogue_things(evidence.catalogue)


@functools.lru_cache(maxsize=64)
def _catalogue_things(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for name in names for word in _core(name))


@functools.lru_cache(maxsize=20_000)
def _core(text: str) -> frozenset[str]:
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
    generic = word_list("lemmas", "generic") | word_list("lemmas", "neutral")
    named = {(token.lemma, trade().canon(token.lemma)) for token in tokens(text) if token.text.isalpha()}
    return frozenset(meaning for word, meaning in named if (meaning in known or trade().knows(word)) and meaning not in generic)


def _has_part(things: frozenset[str]) -> bool:
    return any(thing not in trade().actions and thing not in trade().qualifiers for thing in things)


def _car_names(text: str) -> list[str]:
    return [" ".join(filter(None, (car.make, car.model))) for car in find_cars(text)]


def _is_sourced(claim: Claim, evidence: Evidence) -> bool:
    return (
        any(_price_fits(claim, price, evidence) for price in evidence.prices)
        or _class_range_fits(claim, evidence.prices)
        or any(_total_fits(claim, total, evidence) for total in evidence.totals)
        or _fact_fits(claim, evidence)
        or _echo_fits(claim, evidence)
    )


def _price_fits(claim: Claim, price: NamedPrice, evidence: Evidence) -> bool:
    return (
        _same_amount(claim, price.amount, price.upto, is_from=price.is_from)
        and not pattern("words", "total_only").search(claim.lead.lower() if len(_items(evidence)) > 1 else "")
        and _covers(claim, price, evidence)
        and _class_fits(claim, price, evidence)
    )


def _items(evidence: Evidence) -> set[tuple[str, str]]:
    return {(price.section, price.name) for price in evidence.prices}


def _same_amount(claim: Claim, amount: Decimal, upto: Decimal | None, *, is_from: bool) -> bool:
    said = claim.money
    lead = claim.lead.lower()
    from_said = said.is_from or bool(pattern("words", "from_").search(lead))
    if said.upto is not None:
        return (said.amount, said.upto) == (amount, upto)
    if upto is None:
        return said.amount == amount and (from_said or not is_from)
    return (said.amount == amount and from_said) or (said.amount == upto and bool(pattern("words", "upto").search(lead)))


def _covers(claim: Claim, price: NamedPrice, evidence: Evidence) -> bool:
    """Every work named in the clause is this price's own; a clause that names none speaks of what was named before it."""
    core = _core(price.name) | _own_words(price, evidence)
    cover = core | _core(price.section)
    if claim.things & core or (claim.things and not _core(price.name)):
        return claim.things <= cover
    if claim.things:
        return claim.things <= cover and (bool(claim.carried & core) or len(_items(evidence)) == 1)
    if _foreign_nouns(claim, cover, evidence):
        return False
    return (claim.carried <= cover and bool(claim.carried & core)) if claim.carried else len(_items(evidence)) == 1


def _own_words(price: NamedPrice, evidence: Evidence) -> frozenset[str]:
    """Words of the question that led to this row, save those that name another row of the list."""
    others = {other.name for other in evidence.prices if other.name != price.name} | {
        name for name in evidence.catalogue if name != price.name
    }
    asked = _core(price.query) - _core(price.name)
    return asked - _catalogue_things(tuple(sorted(others))) if asked else asked


def _foreign_nouns(claim: Claim, cover: frozenset[str], evidence: Evidence) -> bool:
    """A noun that is neither the price's own nor one of the words that surround any price: the sum is said of something else."""
    told = claim.lead if claim.lead.strip() else claim.clause
    spans = [(car.start, car.end) for car in find_cars(told)]
    allowed = cover | word_list("lemmas", "neutral") | {word for name in evidence.classes for word in lemmas(name)}
    return any(
        part_of_speech(token.text) == "NOUN" and token.lemma not in allowed and trade().canon(token.lemma) not in allowed
        for token in tokens(told)
        if token.text.isalpha() and len(token.text) >= SHORTEST and not any(start <= token.start < end for start, end in spans)
    )


def _class_fits(claim: Claim, price: NamedPrice, evidence: Evidence) -> bool:
    if claim.cars and price.car and price.car not in claim.cars:
        return False
    if price.car_class is None:
        return True
    if claim.classes:
        return price.car_class in claim.classes
    newest = [other for other in evidence.prices if (other.section, other.name) == (price.section, price.name)]
    return price.is_decided and (price is newest[-1] or bool(claim.cars))


def _class_range_fits(claim: Claim, prices: tuple[NamedPrice, ...]) -> bool:
    """«от 18 000» or «18 000–22 000» over all classes of one work."""
    for price in prices:
        cells = [one for one in prices if (one.section, one.name) == (price.section, price.name) and not one.is_decided]
        own = _core(price.name) | _core(price.query) | _core(price.section)
        if cells and (claim.things or claim.carried) and (claim.things or claim.carried) <= own and not claim.classes:
            lowest, highest = min(one.amount for one in cells), max(one.upto or one.amount for one in cells)
            if _same_amount(claim, lowest, highest, is_from=False):
                return True
    return False


def _total_fits(claim: Claim, total: Total, evidence: Evidence) -> bool:
    if not _same_amount(claim, total.amount, total.upto, is_from=total.is_from):
        return False
    own = [price for price in evidence.prices if price.name in total.names]
    cover = frozenset(word for price in own for word in (*_core(price.name), *_core(price.query), *_core(price.section)))
    cores = [_core(name) & (claim.things or claim.carried) for name in total.names]
    marked = bool(pattern("words", "total").search(claim.clause.lower()))
    named = sum(bool(core) for core in cores)
    if not claim.things:
        return marked or named > 1 or not claim.carried
    return claim.things <= cover and (named == len(total.names) or (marked and named != 1))


def _fact_fits(claim: Claim, evidence: Evidence) -> bool:
    said = set(lemmas(claim.sentence.text))
    for fact in evidence.shop.texts():
        sums, words = _fact(fact)
        if words & said and any(_same_amount(claim, one.amount, one.upto, is_from=one.is_from) for one in sums):
            return {trade().canon(word) for word in words} >= claim.things
    return False


@functools.lru_cache(maxsize=2_000)
def _fact(text: str) -> tuple[tuple[Sum, ...], frozenset[str]]:
    nouns = {token.lemma for token in tokens(text) if part_of_speech(token.text) in {"NOUN", "INFN", "VERB"}} - word_list(
        "lemmas", "neutral"
    )
    return sums_of(text), frozenset(nouns)


def _echo_fits(claim: Claim, evidence: Evidence) -> bool:
    """The client's own sum, given back as a question or a refusal."""
    told = any(claim.money.amount == one.amount for text in evidence.client_texts for one in sums_of(text))
    return told and echoes(claim.sentence)


def echoes(sentence: Sentence) -> bool:
    return sentence.is_question or any(pattern("time", key).search(sentence.lower) for key in ("refused", "quoted"))


def _percents(draft: Draft, evidence: Evidence) -> list[Violation]:
    if not draft.percents:
        return []
    sourced = frozenset[Decimal]().union(*map(percents_of, evidence.shop.texts()))
    asked = frozenset[Decimal]().union(*map(percents_of, evidence.client_texts))
    return [
        violation(Gate.PERCENT, draft.text[one.start : one.end], evidence)
        for sentence in draft.sentences
        for one in sentence.within(draft.percents)
        if one.value not in sourced and not (one.value in asked and echoes(sentence))
    ]


def _classes(draft: Draft, evidence: Evidence) -> list[Violation]:
    """A statement that gives a car a class which the list does not."""
    known = dict(evidence.car_classes)
    found: list[Violation] = []
    for sentence in draft.sentences:
        named = classes_in(sentence.text, evidence.classes)
        cars = [car for car in _car_names(sentence.text) if car in known] if named else []
        if len(named) == 1 and cars and not sentence.is_question and not named & {known[car] for car in cars}:
            found.append(violation(Gate.CLASS, sentence.text, evidence))
    return found
