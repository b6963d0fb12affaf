"""Contacts: phones, links, names of accounts and addresses are the shop's own, or the client's own given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.claims import pattern
from valera.reception.gates.draft import fold
from valera.reception.gates.sources import folded, phones_of, words_of
from valera.reception.gates.violation import Gate, violation
from valera.russian.words import lemma, tokens

if TYPE_CHECKING:
    from valera.reception.gates.draft import Draft, Sentence
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.violation import Violation


def foreign_contacts(draft: Draft, evidence: Evidence) -> list[Violation]:
    spans = [*_phones(draft, evidence), *_links(draft, evidence), *_addresses(draft, evidence)]
    return [violation(Gate.CONTACT, span, evidence) for span in spans]


def _phones(draft: Draft, evidence: Evidence) -> list[str]:
    if not draft.phones:
        return []
    known = frozenset[str]().union(*map(phones_of, (*evidence.shop.texts(), *evidence.client_texts)))
    return [draft.text[phone.start : phone.end] for phone in draft.phones if phone.e164 not in known]


def _links(draft: Draft, evidence: Evidence) -> list[str]:
    lower = fold(draft.text)
    found = [match.group().rstrip(".,;:!?)") for key in ("email", "link", "handle") for match in pattern("contact", key).finditer(lower)]
    return [span for span in found if not any(span in folded(text) for text in evidence.shop.texts())]


def _addresses(draft: Draft, evidence: Evidence) -> list[str]:
    """In a sentence that tells a place, every proper name and every number beside the place must be in the shop's own words."""
    known = frozenset[str]().union(*map(words_of, evidence.shop.texts()))
    return [sentence.text for sentence in draft.sentences if _tells_place(sentence) and _proper(sentence, draft) - known]


def _tells_place(sentence: Sentence) -> bool:
    return bool(pattern("contact", "place").search(sentence.lower))


def _proper(sentence: Sentence, draft: Draft) -> set[str]:
    taken = [(one.start, one.end) for one in (*draft.sums, *draft.times, *draft.dates, *draft.phones)]
    words = [token for token in tokens(sentence.text)[1:] if not any(start <= sentence.start + token.start < end for start, end in taken)]
    return {lemma(token.text) for token in words if token.text[0].isupper() or token.text.isdecimal()}
