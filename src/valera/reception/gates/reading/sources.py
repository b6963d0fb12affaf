"""What the texts that may be quoted hold: read once each, for the same facts and results are asked about again and again."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from valera.reception.gates.reading.draft import fold, split_sentences
from valera.reception.gates.reading.durations import durations_in
from valera.reception.gates.reading.plain import normalise
from valera.russian.money.sums import find_percents, find_sums
from valera.russian.phones import find_phones
from valera.russian.quantities import Scanned, read_quantity
from valera.russian.time.when import find_clock_times, find_dates
from valera.russian.tokens import Kind
from valera.russian.words import tokens

if TYPE_CHECKING:
    from datetime import date, datetime, time
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from valera.russian.money.sums import Sum

KEPT = 4096


@functools.lru_cache(KEPT)
def phones_of(text: str) -> frozenset[str]:
    return frozenset(phone.e164 for phone in find_phones(text))


@functools.lru_cache(KEPT)
def sums_of(text: str) -> tuple[Sum, ...]:
    return find_sums(normalise(text))


@functools.lru_cache(KEPT)
def percents_of(text: str) -> frozenset[Decimal]:
    return frozenset(value for percent in find_percents(normalise(text)) for value in (percent.value, percent.upto) if value is not None)


@functools.lru_cache(KEPT)
def minutes_of(text: str) -> frozenset[int]:
    return frozenset(minutes for minutes, _, _ in durations_in(text))


@functools.lru_cache(KEPT)
def hours_of(text: str) -> frozenset[time]:
    return frozenset(mark.time for mark in find_clock_times(text) if mark.time is not None)


@functools.lru_cache(KEPT)
def days_of(text: str, now: datetime, zone: ZoneInfo) -> frozenset[date]:
    return frozenset(mark.date for mark in find_dates(text, now, zone) if mark.date is not None)


@functools.lru_cache(KEPT)
def words_of(text: str) -> frozenset[str]:
    return frozenset(token.lemma for token in tokens(text))


@functools.lru_cache(KEPT)
def digits_of(text: str) -> frozenset[str]:
    """Whole numbers of a text that are neither money nor a phone: «22 000» is no 22."""
    plain = normalise(text)
    taken = [(one.start, one.end) for one in (*find_sums(plain), *find_phones(plain))]
    return frozenset(digits for digits, start, _ in whole_numbers(plain) if not any(before <= start < after for before, after in taken))


def whole_numbers(text: str) -> list[tuple[str, int, int]]:
    """Numbers in digits, groups of thousands together: digits, start, end."""
    scanned = Scanned.of(text)
    found: list[tuple[str, int, int]] = []
    at = 0
    while at < len(scanned.pieces):
        piece = scanned.pieces[at]
        number = read_quantity(scanned, at) if piece.kind is Kind.NUMBER else None
        if number is None:
            found += [(piece.text, piece.start, piece.end)] if piece.kind is Kind.NUMBER else []
            at += 1
            continue
        found.append((f"{number.value:f}", number.start, number.end))
        at = max(number.after, at + 1)
    return found


@functools.lru_cache(KEPT)
def sentences_of(text: str) -> frozenset[str]:
    """Whole sentences, as the sentences of a draft are compared."""
    return frozenset(sentence.lower.strip() for sentence in split_sentences(normalise(text)))


@functools.lru_cache(KEPT)
def folded(text: str) -> str:
    return fold(text)
