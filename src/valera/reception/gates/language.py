"""Whether a client can read an answer: some models change into English or Chinese in the middle of a Russian dialogue.

Nothing is guessed about languages, only about scripts: names, brands and codes in Latin letters stand in every Russian text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
NO_PROSE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@/#]\w+|⟦[^⟧]*⟧")

ENOUGH_WORDS = 4
"""Fewer may be a name, a colour, a line of a spare part's catalogue."""

MIXED = 2
"""So many words of names for each word of prose are still a Russian sentence about paints."""

FEW_FOREIGN_LETTERS = 1
"""Of a script that neither the shop nor the client writes: a slip of a model is at least a syllable."""

WRITES = 0.5
"""Of a client's letters: then it is a script in which they write, not a name in between."""


class Script(StrEnum):
    CYRILLIC = "cyrillic"
    LATIN = "latin"
    OTHER = "other"


OF_LOCALE = {"ru": Script.CYRILLIC, "en": Script.LATIN}


def is_understood(answer: str, client_words: Iterable[str], locale: str) -> bool:
    """It is mostly written in a script that the shop's clients read, or that this client writes. The client's own words do not count."""
    said = tuple(client_words)
    read = {OF_LOCALE.get(locale, Script.CYRILLIC)} | _written_by(said)
    words = WORD.findall(NO_PROSE.sub(" ", answer))
    strange = sum(_script(letter) == Script.OTHER for word in words for letter in word if letter.isalpha())
    if Script.OTHER not in read and strange > FEW_FOREIGN_LETTERS:
        return False
    repeated = {word.casefold() for text in said for word in WORD.findall(text)}
    prose = Counter(_script(word[0]) for word in words if _is_prose(word) and word.casefold() not in repeated)
    foreign = sum(count for script, count in prose.items() if script not in read)
    return foreign < ENOUGH_WORDS or foreign <= MIXED * sum(count for script, count in prose.items() if script in read)


def _written_by(client_words: Iterable[str]) -> set[Script]:
    letters = Counter(_script(letter) for text in client_words for word in WORD.findall(NO_PROSE.sub(" ", text)) for letter in word)
    return {script for script, count in letters.items() if count >= letters.total() * WRITES}


def _is_prose(word: str) -> bool:
    """Names and abbreviations begin with a capital: "Toyota Land Cruiser Prado VX" is no English sentence."""
    return word[0].islower() or not word[0].isupper()


def _script(letter: str) -> Script:
    name = unicodedata.name(letter, "")
    if name.startswith("CYRILLIC"):
        return Script.CYRILLIC
    # Signs that are neither, like the micro sign or ª, count as what they stand beside: as Latin.
    return Script.LATIN if name.startswith(("LATIN", "MICRO", "FEMININE", "MASCULINE", "MODIFIER")) else Script.OTHER
