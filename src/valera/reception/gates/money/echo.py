"""The client's own sum, given back as a question or refused: nothing is promised by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.reading.patterns import pattern
from valera.reception.gates.reading.sources import sums_of

if TYPE_CHECKING:
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.money.claim import Claim
    from valera.reception.gates.reading.draft import Sentence


def gives_back(claim: Claim, evidence: Evidence) -> str | None:
    """The client's message that named this very sum, if the sentence only asks about it or denies it."""
    if not echoes(claim.sentence):
        return None
    wanted = {claim.money.amount, claim.money.upto} - {None}
    return next((text for text in evidence.client_texts if wanted <= _amounts(text)), None)


def _amounts(text: str) -> set[object]:
    return {amount for one in sums_of(text) for amount in (one.amount, one.upto)}


def echoes(sentence: Sentence) -> bool:
    """It asks the client about his own words, says whose words they are, or refuses; a consent in the same breath makes it an offer."""
    plain = pattern("echo", "filler").sub(" ", sentence.lower)
    if pattern("echo", "refused").search(plain):
        return not pattern("echo", "but_grants").search(plain)
    if pattern("echo", "grants").search(plain):
        return False
    return bool(pattern("time", "quoted").search(plain)) or (sentence.is_question and bool(pattern("echo", "asks").search(plain)))
