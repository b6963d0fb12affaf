"""Comparisons of prices: «на тысячу дешевле», «в два раза дороже», «столько же», «половину»."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.money.claim import core
from valera.reception.gates.reading.patterns import is_in, pattern
from valera.reception.trade import trade
from valera.russian.words import tokens

if TYPE_CHECKING:
    from valera.reception.gates.evidence import Evidence, NamedPrice
    from valera.reception.gates.reading.draft import Draft, Sentence


def unmeasured(draft: Draft, evidence: Evidence) -> list[str]:
    """Measured comparisons are sums that nobody quoted; «дешевле» alone may stand between two rows for which it is true."""
    found: list[str] = []
    for sentence in draft.sentences:
        if not (is_in("money", "measured", sentence.lower) or is_in("money", "compared", sentence.lower)):
            continue
        if (measured := pattern("money", "measured").search(sentence.lower)) and not _is_refused(sentence):
            found.append(measured.group())
        elif (match := pattern("money", "compared").search(sentence.lower)) and not _is_refused(sentence):
            cheaper = pattern("money", "cheaper").search(match.group()) is not None
            if not _is_true(sentence, match.start(), evidence, cheaper=cheaper):
                found.append(match.group())
    return found


def _is_refused(sentence: Sentence) -> bool:
    return (
        sentence.is_question
        or bool(pattern("promise", "refused").search(sentence.lower))
        or bool(pattern("promise", "deferred").search(sentence.lower))
    )


def _is_true(sentence: Sentence, at: int, evidence: Evidence, *, cheaper: bool) -> bool:
    """«Бампер дешевле капота»: the rows of both say so."""
    left, right = _priced(sentence.text[:at], evidence.prices), _priced(sentence.text[at:], evidence.prices)
    if not left or not right:
        return False
    return all((one.amount < other.amount) == cheaper and one.amount != other.amount for one in left for other in right)


def _priced(text: str, prices: tuple[NamedPrice, ...]) -> list[NamedPrice]:
    named = {trade().canon(token.lemma) for token in tokens(text)}
    return [price for price in prices if core(price.name) & named]
