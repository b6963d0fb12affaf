"""Promises: discounts, gifts, guarantees and refunds only as the shop's facts have them."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from valera.reception.gates.reading.draft import fold
from valera.reception.gates.reading.patterns import is_in, pattern, word_list
from valera.reception.gates.reading.sources import folded, words_of
from valera.reception.gates.violation import Gate, violation
from valera.russian.morphology import part_of_speech
from valera.russian.words import tokens

if TYPE_CHECKING:
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.reading.draft import Draft, Sentence
    from valera.reception.gates.violation import Violation

CUT = re.compile(r"[,;:()\n]|\s[\u2013\u2014-]\s")
STEM = 5  # letters that tell one promise from another


def unfounded_promises(draft: Draft, evidence: Evidence) -> list[Violation]:
    return [
        violation(Gate.PROMISE, match.group(), evidence)
        for sentence in draft.sentences
        if is_in("promise", "words", sentence.lower) and not _gives_nothing(sentence, evidence)
        for match in pattern("promise", "words").finditer(sentence.lower)
        if not _is_fact(match.group(), match.start(), sentence, evidence)
    ]


def _gives_nothing(sentence: Sentence, evidence: Evidence) -> bool:
    """A refusal, or a word about who decides: no promise as long as nothing is given in the same breath."""
    rest = pattern("promise", "refused").sub(" ", sentence.lower)
    if pattern("promise", "giving").search(rest):
        return False
    asked = fold(" ".join(evidence.client_texts))
    quoted = all(match.group()[:STEM] in asked for match in pattern("promise", "words").finditer(sentence.lower))
    return bool(pattern("promise", "deferred").search(sentence.lower)) or (sentence.is_question and quoted)


def _is_fact(word: str, start: int, sentence: Sentence, evidence: Evidence) -> bool:
    """One of the shop's own sentences has the word, and every number said beside it, and every noun of its clause."""
    numbers = {token.text for token in tokens(sentence.text) if token.text.isdecimal()}
    others = {noun for noun in _nouns(_clause(sentence, start)) if not noun.startswith(word[:STEM])}
    texts = evidence.shop.texts()
    return any(word[:STEM] in folded(text) and numbers <= digits_in(text) and others <= words_of(text) for text in texts)


def _clause(sentence: Sentence, start: int) -> str:
    """From comma to comma; a measure behind the comma is told by its numbers."""
    cuts = [0, *(match.end() for match in CUT.finditer(sentence.text)), len(sentence.text)]
    before = max(cut for cut in cuts if cut <= start)
    return sentence.text[before : min(cut for cut in cuts if cut > start)]


def _nouns(text: str) -> set[str]:
    return {token.lemma for token in tokens(text) if part_of_speech(token.text) == "NOUN"} - word_list("lemmas", "neutral")


@functools.lru_cache(maxsize=4096)
def digits_in(text: str) -> frozenset[str]:
    """Every group of digits."""
    return frozenset(token.text for token in tokens(text) if token.text.isdecimal())
