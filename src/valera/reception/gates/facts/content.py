"""What an answer of a shop does not speak of: insults, politics, medicine, the law, other firms.

Structure first: a firm's name that neither the shop, nor a tool, nor a dictionary of cars has is refused, whatever is said of it. Words of
data/content.toml second; a word of the shop's own facts is the shop's, and a polite refusal may name what it refuses.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING

from valera.reception.gates.reading.draft import fold
from valera.reception.gates.reading.marks import cars_in
from valera.reception.gates.reading.sources import folded
from valera.reception.gates.violation import Gate, violation
from valera.russian.words import lemmas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.reading.draft import Draft, Sentence
    from valera.reception.gates.violation import Violation

TOPICS = ("politics", "medicine", "law", "others")


def foreign_content(draft: Draft, evidence: Evidence) -> list[Violation]:
    spans = [
        span for sentence in draft.sentences for span in (*_insults(sentence), *_topics(sentence, evidence), *_firms(sentence, evidence))
    ]
    return [violation(Gate.CONTENT, span, evidence) for span in spans]


def _insults(sentence: Sentence) -> tuple[str, ...]:
    """Nothing excuses them, not even the client's own."""
    return _matches("insult", sentence.lower)


def _topics(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    for topic in TOPICS:
        foreign = [span for span in _matches(topic, sentence.lower) if not any(span in folded(text) for text in evidence.shop.texts())]
        if foreign and _pattern("refusal", "words").search(sentence.lower) is None:
            yield foreign[0]


@functools.lru_cache(maxsize=8192)
def _matches(topic: str, lower: str) -> tuple[str, ...]:
    return tuple(match.group() for match in _pattern(topic, "words").finditer(lower))


def _firms(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    return (said for said, name in _names_in(sentence.text) if not _is_known(name, evidence))


@functools.lru_cache(maxsize=8192)
def _names_in(text: str) -> tuple[tuple[str, str], ...]:
    """Where a firm is named: the words around it, and the name."""
    found = (match for key in ("named", "quoted", "recommended") for match in _pattern("firm", key).finditer(text))
    return tuple((match.group(), match["name"].strip('\u00ab\u00bb"\u201c\u201d\u201e ')) for match in found)


def _is_known(name: str, evidence: Evidence) -> bool:
    """The shop's own word, a tool's, a make of cars; of the client's only where nothing is said of it but the name."""
    wanted = fold(name)
    if any(wanted in folded(text) for text in (*evidence.shop.texts(), *evidence.tool_texts)) or cars_in(name):
        return True
    own = {word for text in (*evidence.shop.texts(), *evidence.tool_texts) for word in _words(text)}
    said = name.split()
    is_name = len(said) == 1 or any(word[0].isupper() for word in said[1:])  # «Да, записать» is a button's label
    return not (name[0].isupper() and (is_name or "," not in name)) or set(lemmas(name)) <= own


@functools.lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(lemmas(text))


@functools.cache
def _pattern(table: str, key: str) -> re.Pattern[str]:
    entry = _tables()[table][key]
    return re.compile("|".join(entry) if isinstance(entry, list) else entry)


@functools.cache
def _tables() -> dict[str, dict[str, list[str] | str]]:
    return tomllib.loads(resources.files("valera.reception.gates").joinpath("data/content.toml").read_text("utf-8"))
