"""The Russian dictionary: normal forms, parts of speech, whether a word exists. Loaded at the first question, answers are kept."""

from __future__ import annotations

import functools
import unicodedata

import pymorphy3

LONGEST_WORD = 40


@functools.lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Lower case, ё as е, without stress marks; й stays й."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFD", text)
        text = unicodedata.normalize("NFC", decomposed.replace("\u0301", "").replace("\u0300", ""))
    return text.lower().replace("ё", "е")


def lemma(word: str) -> str:
    """The normal form; of several readings the likeliest word, a noun before its rivals: «двери» is a door, «крыло» a wing."""
    return _lemma(fold(word))


def is_known(word: str) -> bool:
    """True for a word of the dictionary, in any of its forms."""
    return _is_known(fold(word))


def part_of_speech(word: str) -> str:
    """Of the likeliest reading, in OpenCorpora's letters: NOUN, VERB, PREP …; empty for what is no Russian word."""
    readings = parses(word)
    return str(readings[0].tag.POS or "") if readings else ""


def parses(word: str) -> tuple[pymorphy3.analyzer.Parse, ...]:
    """All readings of a word, the likeliest first."""
    return _parses(fold(word))


@functools.cache
def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


@functools.lru_cache(maxsize=50_000)
def _parses(folded: str) -> tuple[pymorphy3.analyzer.Parse, ...]:
    if len(folded) > LONGEST_WORD or not _is_cyrillic(folded):
        return ()
    return tuple(_analyzer().parse(folded))


@functools.lru_cache(maxsize=50_000)
def _is_known(folded: str) -> bool:
    return len(folded) <= LONGEST_WORD and _is_cyrillic(folded) and bool(_analyzer().word_is_known(folded))


@functools.lru_cache(maxsize=50_000)
def _lemma(folded: str) -> str:
    weights: dict[str, float] = {}
    for reading in _parses(folded):
        normal = reading.normal_form.replace("ё", "е")
        weights[normal] = weights.get(normal, 0.0) + reading.score * (1.6 if reading.tag.POS == "NOUN" else 1.0)
    return max(weights, key=lambda normal: weights[normal]) if weights else folded


def _is_cyrillic(word: str) -> bool:
    return any("а" <= letter <= "я" for letter in word)
