"""Sums that nobody calls one: slang («двадцатка», «два куска») and bare numbers where a price is spoken of («сделаем за пять»)."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from valera.reception.gates.money.binding import origin_of
from valera.reception.gates.money.claim import claims_of
from valera.reception.gates.money.echo import echoes
from valera.reception.gates.reading.draft import fold
from valera.reception.gates.reading.patterns import pattern
from valera.reception.gates.reading.sources import folded
from valera.reception.trade import trade
from valera.russian.money.sums import Sum
from valera.russian.morphology import part_of_speech
from valera.russian.quantities import Scanned, read_quantity
from valera.russian.tokens import Kind
from valera.russian.vocabulary import words_of
from valera.russian.words import lemma

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.money.claim import Claim
    from valera.reception.gates.reading.draft import Draft, Sentence
    from valera.russian.quantities import Quantity

THOUSAND = Decimal(1000)
LARGEST = 1000
_LAST_WORD = re.compile(r"([^\W\d_]+)\s+$")


@dataclass(frozen=True, slots=True)
class Bare:
    """``wrong``: spans with no source; ``sourced``: bare numbers that are sums of rows («бампер 20, капот 25»)."""

    wrong: tuple[str, ...]
    sourced: tuple[Sum, ...]


def bare_sums(draft: Draft, evidence: Evidence) -> Bare:
    """Bare numbers mean thousands, as people say them; one that fits its row so is sourced."""
    numbers = [(sentence, one) for sentence in draft.sentences for one in _numbers(sentence, draft)]
    claims = claims_of(draft, evidence, [one for _, one in numbers]) if numbers else []
    sourced = tuple(claim.money for claim in claims if (origin := origin_of(claim, evidence)) is not None and origin.kind != "client")
    framed = {claim.money for claim in claims if _is_framed(claim)}
    prices = [
        one
        for sentence, one in numbers
        if one not in sourced and (one in framed or _is_price(one, sentence) or _is_all(one, sentence)) and not echoes(sentence)
    ]
    return Bare((*(draft.text[one.start : one.end] for one in prices), *_slang(draft, evidence)), sourced)


def _is_framed(claim: Claim) -> bool:
    """«бампер: пять», «за бампер 12», «двенадцать за всё»."""
    lead, behind = fold(claim.lead), fold(claim.clause[len(claim.lead) + claim.money.end - claim.money.start :])
    if claim.things and (pattern("money", "frame").search(lead) or pattern("money", "named_before").search(lead)):
        return True
    return pattern("money", "behind").search(behind) is not None


def _slang(draft: Draft, evidence: Evidence) -> Iterable[str]:
    said = [folded(text) for text in evidence.client_texts]
    for sentence in draft.sentences:
        for span, start in _slang_in(sentence.lower):
            is_echo = any(span in text for text in said) and (
                echoes(sentence) or not pattern("money", "price_before").search(sentence.lower[:start])
            )
            if not is_echo:
                yield span


@functools.lru_cache(maxsize=8192)
def _slang_in(lower: str) -> tuple[tuple[str, int], ...]:
    found = tuple((match.group(), match.start()) for match in pattern("money", "slang").finditer(lower))
    if not found or pattern("money", "price_words").search(lower):
        return found
    return tuple((span, start) for span, start in found if _follows_work(lower[:start]))


def _follows_work(lower: str) -> bool:
    """«замена масла пятёрка»; «капот на десятку» may be a car."""
    word = _LAST_WORD.search(lower)
    return word is not None and trade().knows(lemma(word[1]))


def _numbers(sentence: Sentence, draft: Draft) -> list[Sum]:
    """Numbers below a thousand with no unit and no noun behind them, as thousands."""
    alone = _alone(sentence.text)
    if not alone:
        return []
    taken = [(one.start, one.end) for found in (draft.sums, draft.percents, draft.dates, draft.times, draft.phones) for one in found]
    moved = [replace(one, start=one.start + sentence.start, end=one.end + sentence.start) for one in alone]
    return [one for one in moved if not any(before < one.end and one.start < after for before, after in taken)]


@functools.lru_cache(maxsize=8192)
def _alone(text: str) -> tuple[Sum, ...]:
    scanned = Scanned.of(text)
    found: list[Sum] = []
    at = 0
    while at < len(scanned.pieces):
        number = read_quantity(scanned, at)
        if number is None:
            at += 1
            continue
        if 1 < number.value < LARGEST and _stands_alone(scanned, number, at):
            found.append(Sum(number.value * THOUSAND, None, scanned.word(at - 1) == "от", None, number.start, number.end))
        at = number.after
    return tuple(found)


def _stands_alone(scanned: Scanned, number: Quantity, at: int) -> bool:
    before, behind = scanned.piece(at - 1), scanned.piece(number.after)
    if before is not None and (before.end == number.start or before.folded in _NAMES_NUMBERS or before.lemma in _NAMES_NUMBERS):
        return before.text in {"(", "\n", "=", "~", "≈", "\u2014", "\u2013"}
    if behind is None or behind.kind is Kind.SIGN:
        return behind is None or behind.text not in {")", ":", "%", "-", "/"} or behind.start != number.end
    return behind.kind is Kind.WORD and behind.start != number.end and part_of_speech(behind.text) in _NO_UNITS


def _is_price(one: Sum, sentence: Sentence) -> bool:
    """A price is spoken of: right before the number, or by the sentence, where the number is in digits."""
    before = fold(sentence.text[: one.start - sentence.start])
    return bool(pattern("money", "price_before").search(before))


def _is_all(one: Sum, sentence: Sentence) -> bool:
    """«Семнадцать с половиной.»: a number in words that is the whole answer. Digits alone may be the mark of a list."""
    before, said, behind = _around(one, sentence)
    return said.isalpha() and bool(pattern("money", "alone_before").search(before) and pattern("money", "alone_behind").search(behind))


def _around(one: Sum, sentence: Sentence) -> tuple[str, str, str]:
    start, end = one.start - sentence.start, one.end - sentence.start
    return sentence.lower[:start], sentence.lower[start:end].replace(" ", ""), sentence.lower[end:]


_NO_UNITS = frozenset({"PREP", "CONJ", "PRCL", "VERB", "INFN", "ADVB", "PRED", "COMP", "NPRO", "INTJ"})
_NAMES_NUMBERS = words_of("amounts.names_numbers")
