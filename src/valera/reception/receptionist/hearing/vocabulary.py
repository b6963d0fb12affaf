"""The vocabulary: which words in a text are cues, whatever their form, and however they are misspelt."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from valera.reception.trade import trade
from valera.russian.morphology import fold, is_known, lemma, parses, part_of_speech
from valera.russian.words import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


FIXED = frozenset({"PREP", "PRCL", "VERB", "INFN", "PRTS", "GRND"})
GAP = 2  # words that may stand inside a phrase
SHORTEST = 4  # letters of a word that a slip may have meant; with one of them lost it still counts
LONG = 8  # letters; from here two slips are forgiven


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase of the vocabulary found in a text: the indexes of its words among the text's tokens."""

    name: str
    words: tuple[int, ...]


@functools.cache
def _tables() -> dict[str, Any]:
    text = resources.files("valera.reception.receptionist").joinpath("data/vocabulary.toml").read_text("utf-8")
    return tomllib.loads(text)


@functools.cache
def word_set(table: str, key: str) -> frozenset[str]:
    """Lemmas of the words of one line; empty where there is no such line."""
    return _lemmas(_tables()[table].get(key, ""))


@functools.cache
def filler() -> frozenset[str]:
    return _lemmas(_tables()["reply"]["filler"])


def _lemmas(line: str) -> frozenset[str]:
    return frozenset(form for word in line.split() for form in (lemma(word), word))


@functools.cache
def topics() -> dict[str, tuple[tuple[str, ...], ...]]:
    return {name: tuple(map(_phrase, phrases)) for name, phrases in _tables()["topics"].items()}


@functools.cache
def _cues() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Phrases by their first word: name and lemmas."""
    index: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for name, phrases in _tables()["cues"].items():
        for phrase in map(_phrase, phrases):
            index.setdefault(phrase[0], []).append((name, phrase))
    return index


@functools.cache
def _turned() -> dict[tuple[str, ...], list[str]]:
    """Phrases of two words the other way round: «вы где» is «где вы». Beside a verb or a preposition the order tells."""
    index: dict[tuple[str, ...], list[str]] = {}
    for phrases in _cues().values():
        for name, phrase in phrases:
            if len(phrase) == 2 and not any(part_of_speech(word) in FIXED for word in phrase):  # noqa: PLR2004
                index.setdefault((phrase[1], phrase[0]), []).append(name)
    return index


def _phrase(text: str) -> tuple[str, ...]:
    return tuple(token.lemma for token in tokens(text))


@functools.cache
def _spelled() -> dict[str, str]:
    """Every word that a slip may have meant, and the lemma it stands for; words of the trade in all their forms."""
    phrases = [phrase for table in ("cues", "topics") for group in _tables()[table].values() for phrase in group]
    spelled = {word: lemma(word) for word in {token.folded for phrase in phrases for token in tokens(phrase)} | filler()}
    for word in (*trade().actions, *trade().parts):
        spelled |= dict.fromkeys(_forms(word), word)
    return {form: word for form, word in spelled.items() if len(form) >= SHORTEST}


def _forms(word: str) -> set[str]:
    readings = parses(word)
    return {word, *(fold(form.word) for form in readings[0].lexeme)} if readings else {word}


@functools.lru_cache(maxsize=20_000)
def meant(word: str) -> str:
    """The lemma of the word, or of the one it is a slip of; a word of the dictionary is never a slip."""
    folded = fold(word)
    if folded in _tables()["spoken"]:
        return lemma(_tables()["spoken"][folded])
    own = _lemma(word)
    if len(folded) < SHORTEST - 1 or is_known(word) or trade().knows(own):
        return own
    allowed = 2 if len(folded) >= LONG else 1
    found = process.extractOne(folded, _spelled().keys(), scorer=DamerauLevenshtein.distance, score_cutoff=allowed)
    is_slip = found is not None and abs(len(found[0]) - len(folded)) <= 1  # two letters more make another word
    return _spelled()[found[0]] if found and is_slip else own


def _lemma(word: str) -> str:
    """The likeliest normal form, unless only another reading means something to the trade: «керамику», read as «керамик»."""
    likeliest = lemma(word)
    if trade().knows(likeliest) or likeliest in filler():
        return likeliest
    return next((other for reading in parses(word) if trade().knows(other := fold(reading.normal_form))), likeliest)


def find_cues(said: Sequence[str], sentences: Sequence[int]) -> list[Cue]:
    """All cues, the longer before the shorter where they share a word; ``said`` are the meant lemmas of the text's words, ``sentences``
    tells which words stand in one sentence.
    """
    found = [
        Cue(name, places)
        for at, first in enumerate(said)
        for name, phrase in _cues().get(first, ())
        if (places := _match(said, at, phrase)) is not None
    ]
    found += [Cue(name, (at, at + 1)) for at, pair in enumerate(pairwise(said)) for name in _turned().get(pair, ())]
    found = [cue for cue in found if sentences[cue.words[0]] == sentences[cue.words[-1]]]
    found.sort(key=lambda cue: (-len(cue.words), cue.words))
    taken: dict[int, int] = {}
    kept: list[Cue] = []
    for cue in found:
        if all(taken.get(place, 0) <= len(cue.words) for place in cue.words):
            kept.append(cue)
            taken |= dict.fromkeys(cue.words, len(cue.words))
    return sorted(kept, key=lambda cue: cue.words)


def _match(said: Sequence[str], at: int, phrase: Iterable[str]) -> tuple[int, ...] | None:
    places: list[int] = []
    for word in phrase:
        start = places[-1] + 1 if places else at
        stop = start + GAP + 1 if places else at + 1
        place = next((index for index in range(start, min(stop, len(said))) if said[index] == word), None)
        if place is None:
            return None
        places.append(place)
    return tuple(places)
