"""The word that a mistyped one stands for: by one slip in any form of a word that the list or the trade has, else by likeness."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from valera.pricing.search.lexicon import SHORTEST_TYPO, Lexicon, lexicon
from valera.pricing.search.term import NOT, Term, TermKind
from valera.russian.keyboard import readings
from valera.russian.morphology import LONGEST_WORD, parses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SAME_WORD = 0.74
"""Normalised Damerau-Levenshtein likeness: one slip in a word of four letters («двер»), two in one of eight."""
SHORTEST_REAL = 5
DOUBTFUL = 0.6
"""A word that exists, one slip from a word of the list («стоики» for «стойки»): enough to ask, never enough to be sure."""
LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"


@dataclass(frozen=True, slots=True)
class Speller:
    """``forms``: every form of every word of one list; ``words``: the words themselves."""

    lexicon: Lexicon
    forms: Mapping[str, str]
    words: tuple[str, ...]

    @classmethod
    def of(cls, keys: Iterable[str], lexicon: Lexicon) -> Speller:
        words = tuple(key for key in keys if not key.isdigit() and not key.startswith(NOT))
        return cls(lexicon, {form: word for word in words for form in _forms(word)}, words)

    def repaired(self, term: Term) -> Term:
        """The term itself where nothing is near. The list's words go before the trade's."""
        if len(term.folded) < SHORTEST_TYPO or term.key.startswith(NOT) or term.kind is not TermKind.WORD:
            return term
        if term.is_real:
            return self._doubted(term)
        slips = (_one_slip(word, forms) for word in (term.folded, *readings(term.folded)) for forms in (self.forms, trade_forms()))
        if slip := next(filter(None, slips), None):
            return self._as(term, slip, 1 - 1 / len(term.folded))
        found = _nearest(term.key, self.words)
        return self._as(term, *found) if found else self.by_trade(term)

    def by_trade(self, term: Term) -> Term:
        found = _nearest_of_trade(term.key)
        return self._as(term, *found) if found else term

    def _doubted(self, term: Term) -> Term:
        if term.is_soft or len(term.folded) < SHORTEST_REAL or (term.key,) in self.lexicon.phrases:
            return term
        slip = _one_slip(term.folded, self.forms)
        return self._as(term, slip, DOUBTFUL) if slip else term

    def _as(self, term: Term, word: str, likeness: float) -> Term:
        key = self.lexicon.means(word)[0]
        return replace(term, key=key, kind=self.lexicon.kind_of(key), is_soft=False, is_real=True, is_naming=True, likeness=likeness)


@functools.lru_cache(maxsize=20_000)
def _nearest_of_trade(key: str) -> tuple[str, float] | None:
    return _nearest(key, lexicon().single_words)


def _nearest(key: str, words: tuple[str, ...]) -> tuple[str, float] | None:
    """The word, and how alike it is."""
    if len(key) < SHORTEST_TYPO or key.startswith(NOT):
        return None
    found = process.extractOne(key, words, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=SAME_WORD)
    return (found[0], found[1]) if found else None


def _one_slip(word: str, forms: Mapping[str, str]) -> str | None:
    """The first of the words that one letter more, less, other or swapped makes of it."""
    return next((forms[near] for near in _near(word) if near in forms), None) if len(word) <= LONGEST_WORD else None


def _near(word: str) -> Iterator[str]:
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    for before, after in halves:
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        if after:
            yield from (before + letter + after[1:] for letter in LETTERS)
            yield before + after[1:]
        yield from (before + letter + after for letter in LETTERS)


@functools.cache
def trade_forms() -> Mapping[str, str]:
    """Every form of the trade's own words: 40 ms, once."""
    return {form: word for word in lexicon().single_words for form in _forms(word)}


@functools.lru_cache(maxsize=50_000)
def _forms(word: str) -> tuple[str, ...]:
    """The forms of the word's own reading; of a word that no dictionary knows only itself."""
    if len(word) < SHORTEST_TYPO:
        return ()
    own = next((reading for reading in parses(word) if reading.is_known and reading.normal_form.replace("\u0451", "\u0435") == word), None)
    forms = (form.word.replace("\u0451", "\u0435") for form in own.lexeme) if own else ()
    return tuple(dict.fromkeys((word, *forms)))
