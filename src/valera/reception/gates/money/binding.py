"""What a sum is bound to: the row of the work named beside it, a total that code made, a fact of the shop, or the client's own words."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from valera.reception.gates.money.claim import SHORTEST, catalogue_things, core
from valera.reception.gates.money.echo import gives_back
from valera.reception.gates.reading.draft import fold
from valera.reception.gates.reading.marks import cars_in
from valera.reception.gates.reading.patterns import pattern, word_list
from valera.reception.gates.reading.sources import sums_of
from valera.reception.trade import trade
from valera.russian.morphology import part_of_speech
from valera.russian.words import lemmas, tokens

if TYPE_CHECKING:
    from decimal import Decimal

    from valera.reception.gates.evidence import Evidence, NamedPrice, Total
    from valera.reception.gates.money.claim import Claim
    from valera.russian.money.sums import Sum


@dataclass(frozen=True, slots=True)
class Origin:
    """``kind``: price, classes (the span over all classes of a work), total, fact or client. ``rows`` of ``list_version``; ``text``: the
    work, the works, the shop's sentence or the client's.
    """

    kind: str
    text: str
    list_version: int = 0
    rows: tuple[int, ...] = ()
    car_class: str | None = None


def origin_of(claim: Claim, evidence: Evidence) -> Origin | None:
    """The first that fits, in this order; None: the sum has no source."""
    for price in evidence.prices:
        if _price_fits(claim, price, evidence):
            return Origin("price", price.name, price.list_version, (price.row,), price.car_class)
    if (work := _class_range(claim, evidence.prices)) is not None:
        return Origin("classes", work.name, work.list_version, (work.row,))
    for total in evidence.totals:
        if _total_fits(claim, total, evidence):
            return Origin("total", ", ".join(total.names), total.list_version, total.rows)
    if (fact := _fact_of(claim, evidence)) is not None:
        return Origin("fact", fact)
    said = gives_back(claim, evidence)
    return None if said is None else Origin("client", said)


def _price_fits(claim: Claim, price: NamedPrice, evidence: Evidence) -> bool:
    return (
        same_amount(claim, price.amount, price.upto, is_from=price.is_from)
        and claim.money.currency in {None, price.currency}
        and not _is_several(claim, core(price.name) | core(price.query))
        and not pattern("words", "total_only").search(claim.lead.lower() if len(_items(evidence)) > 1 else "")
        and _covers(claim, price, evidence)
        and _class_fits(claim, price, evidence)
    )


def _is_several(claim: Claim, own: frozenset[str]) -> bool:
    """«оба бампера», «вся машина»: a row is the price of one, unless it is the row's own word."""
    several = pattern("words", "several").search(fold(claim.lead))
    if several and not {trade().canon(word) for word in lemmas(several.group())} & own:
        return True
    words = tokens(claim.lead)
    return any(one.text.isdecimal() and int(one.text) > 1 and trade().canon(other.lemma) in claim.things for one, other in pairwise(words))


def _items(evidence: Evidence) -> set[tuple[str, str]]:
    return {(price.section, price.name) for price in evidence.prices}


def same_amount(claim: Claim, amount: Decimal, upto: Decimal | None, *, is_from: bool) -> bool:
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
    own = core(price.name) | _own_words(price, evidence)
    cover = own | core(price.section)
    if claim.things & own or (claim.things and not core(price.name)):
        return claim.things <= cover
    if claim.things:
        return claim.things <= cover and (bool(claim.carried & own) or len(_items(evidence)) == 1)
    if _foreign_nouns(claim, cover, evidence):
        return False
    return (claim.carried <= cover and bool(claim.carried & own)) if claim.carried else len(_items(evidence)) == 1


def _own_words(price: NamedPrice, evidence: Evidence) -> frozenset[str]:
    """Words of the question that led to this row, save those that name another row of the list."""
    others = {other.name for other in evidence.prices if other.name != price.name} | {
        name for name in evidence.catalogue if name != price.name
    }
    asked = core(price.query) - core(price.name)
    return asked - catalogue_things(tuple(sorted(others))) if asked else asked


def _foreign_nouns(claim: Claim, cover: frozenset[str], evidence: Evidence) -> bool:
    """A noun that is neither the price's own nor one of the words that surround any price: the sum is said of something else."""
    told = claim.lead if claim.lead.strip() else claim.clause
    spans = [(car.start, car.end) for car in cars_in(told)]
    allowed = (
        cover | word_list("lemmas", "neutral") | {word for name in (*evidence.classes, *evidence.class_words) for word in lemmas(name)}
    )
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


def _class_range(claim: Claim, prices: tuple[NamedPrice, ...]) -> NamedPrice | None:
    """«от 18 000» or «18 000–22 000» over all classes of one work."""
    for price in prices:
        if claim.money.currency not in {None, price.currency}:
            continue
        cells = [one for one in prices if (one.section, one.name) == (price.section, price.name) and not one.is_decided]
        own = core(price.name) | core(price.query) | core(price.section)
        if cells and (claim.things or claim.carried) and (claim.things or claim.carried) <= own and not claim.classes:
            lowest, highest = min(one.amount for one in cells), max(one.upto or one.amount for one in cells)
            if same_amount(claim, lowest, highest, is_from=False):
                return price
    return None


def _total_fits(claim: Claim, total: Total, evidence: Evidence) -> bool:
    if not same_amount(claim, total.amount, total.upto, is_from=total.is_from) or claim.money.currency not in {None, total.currency}:
        return False
    own = [price for price in evidence.prices if price.name in total.names]
    cover = frozenset(word for price in own for word in (*core(price.name), *core(price.query), *core(price.section)))
    cores = [core(name) & (claim.things or claim.carried) for name in total.names]
    marked = bool(pattern("words", "total").search(claim.clause.lower()))
    named = sum(bool(core) for core in cores)
    if not claim.things:
        return marked or named > 1 or not claim.carried
    return claim.things <= cover and (named == len(total.names) or (marked and named != 1))


def _fact_of(claim: Claim, evidence: Evidence) -> str | None:
    """The shop's own sentence with this sum and with everything that is said beside it."""
    said = set(lemmas(claim.sentence.text))
    for fact in evidence.shop.texts():
        sums, words = _fact(fact)
        if words & said and any(same_amount(claim, one.amount, one.upto, is_from=one.is_from) for one in sums):
            return fact if {trade().canon(word) for word in words} >= claim.things else None
    return None


@functools.lru_cache(maxsize=2_000)
def _fact(text: str) -> tuple[tuple[Sum, ...], frozenset[str]]:
    nouns = {token.lemma for token in tokens(text) if part_of_speech(token.text) in {"NOUN", "INFN", "VERB"}} - word_list(
        "lemmas", "neutral"
    )
    return sums_of(text), frozenset(nouns)
