"""Percentages: the shop's own, beside the shop's own words; or the client's, given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.money.echo import echoes
from valera.reception.gates.reading.sources import percents_of
from valera.reception.gates.violation import Gate, violation

if TYPE_CHECKING:
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.reading.draft import Draft, Sentence
    from valera.reception.gates.violation import Violation
    from valera.russian.money.sums import Percent


def unsourced_percents(draft: Draft, evidence: Evidence) -> list[Violation]:
    return [
        violation(Gate.PERCENT, draft.text[one.start : one.end], evidence)
        for sentence in draft.sentences
        for one in sentence.within(draft.percents)
        if _origin(one, sentence, evidence) is None
    ]


def percent_origins(draft: Draft, evidence: Evidence) -> list[tuple[str, str, str]]:
    """What is said, fact or client, and the text it comes from."""
    found = [(one, _origin(one, sentence, evidence)) for sentence in draft.sentences for one in sentence.within(draft.percents)]
    return [(draft.text[one.start : one.end], *origin) for one, origin in found if origin is not None]


def _origin(one: Percent, sentence: Sentence, evidence: Evidence) -> tuple[str, str] | None:
    for text in evidence.shop.texts():
        if one.value in percents_of(text) and (one.upto is None or one.upto in percents_of(text)):
            return "fact", text
    said = [text for text in evidence.client_texts if one.value in percents_of(text)] if echoes(sentence) else []
    return ("client", said[0]) if said else None
