"""Promises: discounts, gifts, guarantees and refunds only as the shop's facts have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.claims import pattern, word_list
from valera.reception.gates.draft import fold
from valera.reception.gates.sources import digits_of, folded, words_of
from valera.reception.gates.violation import Gate, violation
from valera.russian.morphology import part_of_speech
from valera.russian.words import tokens

if TYPE_CHECKING:
    from valera.reception.gates.draft import Draft, Sentence
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.violation import Violation

STEM = 5  # letters that tell one promise from another


def unfounded_promises(draft: Draft, evidence: Evidence) -> list[Violation]:
    return [
        violation(Gate.PROMISE, match.group(), evidence)
        for sentence in draft.sentences
        if not _gives_nothing(sentence, evidence)
        for match in pattern("promise", "words").finditer(sentence.lower)
        if not _is_fact(match.group(), sentence, evidence)
    ]


def _gives_nothing(sentence: Sentence, evidence: Evidence) -> bool:
    """A refusal, or a word about who decides: no promise as long as nothing is given in the same breath."""
    rest = pattern("promise", "refused").sub(" ", sentence.lower)
    if pattern("promise", "giving").search(rest):
        return False
    asked = fold(" ".join(evidence.client_texts))
    quoted = all(match.group()[:STEM] in asked for match in pattern("promise", "words").finditer(sentence.lower))
    return bool(pattern("promise", "deferred").search(sentence.lower)) or (sentence.is_question and quoted)


def _is_fact(word: str, sentence: Sentence, evidence: Evidence) -> bool:
    """One of the shop's own sentences has the word, and every number and every noun that is said beside it."""
    said = tokens(sentence.text)
    numbers = {token.text for token in said if token.text.isdecimal()}
    nouns = {token.lemma for token in said if part_of_speech(token.text) == "NOUN"} - word_list("lemmas", "neutral")
    others = {noun for noun in nouns if not noun.startswith(word[:STEM])}
    return any(word[:STEM] in folded(text) and numbers <= digits_of(text) and others <= words_of(text) for text in evidence.shop.texts())
