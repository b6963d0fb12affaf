"""Contacts: phones, links, names of accounts and addresses are the shop's own, or the client's own given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.reading.links import links_in
from valera.reception.gates.reading.patterns import is_in, pattern, word_list
from valera.reception.gates.reading.sources import folded, phones_of, words_of
from valera.reception.gates.violation import Gate, violation
from valera.russian.morphology import part_of_speech
from valera.russian.words import lemma, tokens

SHORTEST_NAME = 3

if TYPE_CHECKING:
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.reading.draft import Draft, Sentence
    from valera.reception.gates.violation import Violation


def foreign_contacts(draft: Draft, evidence: Evidence) -> list[Violation]:
    spans = [*_phones(draft, evidence), *_links(draft, evidence), *_messengers(draft, evidence), *_addresses(draft, evidence)]
    return [violation(Gate.CONTACT, span, evidence) for span in spans]


def _phones(draft: Draft, evidence: Evidence) -> list[str]:
    if not draft.phones:
        return []
    known = frozenset[str]().union(*map(phones_of, (*evidence.shop.texts(), *evidence.client_texts)))
    return [draft.text[phone.start : phone.end] for phone in draft.phones if phone.e164 not in known]


def _links(draft: Draft, evidence: Evidence) -> list[str]:
    found = [span.rstrip(".,;:!?)") for sentence in draft.sentences for span, _, _ in links_in(sentence.lower)]
    return [span for span in dict.fromkeys(found) if not any(span in folded(text) for text in evidence.shop.texts())]


def _messengers(draft: Draft, evidence: Evidence) -> list[str]:
    """That the shop is to be found there; the client may ask about it and be told that it is not."""
    return [
        match.group()
        for sentence in draft.sentences
        if is_in("contact", "messenger", sentence.lower)
        for match in pattern("contact", "messenger").finditer(sentence.lower)
        if not any(match.group() in folded(text) for text in evidence.shop.texts()) and not _is_denied(sentence)
    ]


def _is_denied(sentence: Sentence) -> bool:
    return sentence.is_question or pattern("time", "refused").search(pattern("echo", "filler").sub(" ", sentence.lower)) is not None


def _addresses(draft: Draft, evidence: Evidence) -> list[str]:
    """In a sentence that tells a place every proper name, every number and the word behind «улица» must be the shop's own words; beside
    a landmark every noun.
    """
    if not any(is_in("contact", key, sentence.lower) for sentence in draft.sentences for key in ("place", "landmark")):
        return []
    known = frozenset[str]().union(*map(words_of, evidence.shop.texts()))
    return [sentence.text for sentence in draft.sentences if _strange(sentence, draft) - known]


def _strange(sentence: Sentence, draft: Draft) -> set[str]:
    strange: set[str] = set()
    if is_in("contact", "place", sentence.lower):
        strange |= _proper(sentence, draft) | _streets(sentence)
    if is_in("contact", "landmark", sentence.lower) and is_in("contact", "landmark_of", sentence.lower):
        strange |= {token.lemma for token in tokens(sentence.text) if part_of_speech(token.text) == "NOUN"} - word_list("lemmas", "neutral")
        strange -= word_list("lemmas", "ways")
    return strange


def _proper(sentence: Sentence, draft: Draft) -> set[str]:
    taken = [(one.start, one.end) for one in (*draft.sums, *draft.times, *draft.dates, *draft.phones)]
    words = [token for token in tokens(sentence.text)[1:] if not any(start <= sentence.start + token.start < end for start, end in taken)]
    return {lemma(token.text) for token in words if token.text[0].isupper() or token.text.isdecimal()}


def _streets(sentence: Sentence) -> set[str]:
    """«на улице ленина», «адрес: ленина пять»."""
    names = [match["name"] for match in pattern("contact", "street").finditer(sentence.lower)]
    named = {lemma(name) for name in names if part_of_speech(name) in {"NOUN", "ADJF", ""} and len(name) >= SHORTEST_NAME}
    return named - word_list("lemmas", "neutral") - word_list("lemmas", "ways")
