"""What the assistant says of itself: «освободил ваше время», «вписываю вас», «спросил у мастера».

It has tools to look, to count and to propose; everything else that it says it did, does or will do needs a row of this turn. The list in
data/deeds.toml is of what it may say freely, so that a verb that nobody thought of is refused.
"""

from __future__ import annotations

import functools
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from valera.reception.gates.deeds.forms import lists
from valera.reception.gates.reading.patterns import pattern
from valera.russian.morphology import fold, parses, part_of_speech
from valera.russian.tokens import Kind, scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from valera.reception.gates.reading.draft import Sentence
    from valera.russian.tokens import Token

CUT = re.compile(r"[,;:()\n\u2013\u2014]|\s-\s|\s(?:и|а|но|что|чтобы|если|когда|как)\s")


def may_be_own(text: str) -> bool:
    """Whether any verb of it is one of the assistant's own."""
    return any(_claims_itself(token.folded) for token in scan(text) if token.kind is Kind.WORD)


def own_deeds(sentence: Sentence) -> tuple[str, ...]:
    """Verbs in the first person, or in the past without a subject, that are none of looking and speaking."""
    return _own_deeds(sentence.text, sentence.lower, is_question=sentence.is_question)


@functools.lru_cache(maxsize=8192)
def _own_deeds(text: str, lower: str, *, is_question: bool) -> tuple[str, ...]:
    return tuple(_found(text, lower, is_question=is_question))


def _found(text: str, lower: str, *, is_question: bool) -> Iterator[str]:
    if not may_be_own(text):
        return
    put_off = is_question or pattern("deed", "will_condition").search(lower) is not None
    for start, end in _clauses(lower):
        words = [token for token in scan(text[start:end]) if token.kind is Kind.WORD]
        for at, word in enumerate(words):
            tense = _claims_itself(word.folded)
            if not tense or (tense == "futr" and put_off) or (tense == "past" and _has_subject(words[:at])):
                continue
            before = lower[: start + word.start]
            if not (pattern("words", "negation").search(before) or pattern("words", "wished").search(before)):
                yield word.text


def _clauses(text: str) -> list[tuple[int, int]]:
    cuts = [0, *(match.end() for match in CUT.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise(cuts) if end > start]


@functools.lru_cache(maxsize=20_000)
def _claims_itself(word: str) -> str:
    """past, pres or futr; empty for any other word, and for verbs that may be said freely."""
    readings = parses(word)
    if not readings or any(reading.tag.POS != "VERB" for reading in readings[:1]):
        return ""
    if any(fold(reading.normal_form) in lists()["free"] for reading in readings):
        return ""
    tag = readings[0].tag
    if "past" in tag and "sing" in tag and "neut" not in tag:
        return "past"
    return next((tense for tense in ("pres", "futr") if tense in tag and "1per" in tag and "sing" in tag), "")


def _has_subject(words: list[Token]) -> bool:
    """A noun or a pronoun in the nominative before the verb; «я» is the assistant."""
    return any(
        word.folded != "я"
        and part_of_speech(word.text) in {"NOUN", "NPRO", "ADJF"}
        and any("nomn" in reading.tag for reading in parses(word.text))
        for word in words
    )
