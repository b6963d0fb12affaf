"""What is written so that a program should not read it: letter by letter, in syllables, in two alphabets, with digits for letters."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from valera.reception.gates.reading.patterns import pattern
from valera.reception.gates.reading.plain import CYRILLIC, LATIN, WORD
from valera.russian.morphology import is_known
from valera.russian.plates import find_plates

if TYPE_CHECKING:
    from collections.abc import Iterable

BIDI = re.compile(r"[\u202a\u202b\u202d\u202e\u2066-\u2069]")
LETTER_BY_LETTER = re.compile(r"(?<![^\W\d_])[^\W\d_](?:([ .\-_*\u00b7|])[^\W\d_](?![^\W\d_]))(?:\1[^\W\d_](?![^\W\d_])){2,}")
SYLLABLES = re.compile(r"(?<!\w)[^\W\d_]{1,20}(?:-[^\W\d_]{1,20}){2,12}(?!\w)")
LEET = re.compile(r"(?<!\w)[\u0430-\u044f\d@$]{3,40}(?!\w)")
LEET_LETTERS = str.maketrans("034618@$", "\u043e\u0437\u0447\u0431\u0438\u0432\u0430\u0441")


def disguises_in(text: str, sentences: Iterable[str]) -> list[str]:
    """Pieces that are written so that a program should not read them: nobody who tells the truth writes so. ``text`` is what was
    written, ``sentences`` what it reads as.
    """
    return [*(match.group() for match in BIDI.finditer(text)), *(span for sentence in sentences for span in _in_sentence(sentence))]


@functools.lru_cache(maxsize=8192)
def _in_sentence(sentence: str) -> tuple[str, ...]:
    found = [match.group() for match in LETTER_BY_LETTER.finditer(sentence)]
    found += [match.group() for match in SYLLABLES.finditer(sentence) if is_known(match.group().replace("-", ""))]
    found += [match.group() for match in WORD.finditer(sentence) if _is_mixed(match.group())]
    return (*found, *_leet(sentence))


def _is_mixed(word: str) -> bool:
    """Both alphabets in one word, the Latin part no brand in capitals."""
    if word.isascii() or not CYRILLIC.search(word) or not LATIN.search(word):
        return False
    latin = "".join(letter for letter in word if letter.isascii())
    return not latin.isupper()


def _leet(plain: str) -> list[str]:
    plates = [(plate.start, plate.end) for plate in find_plates(plain)]
    found: list[str] = []
    for match in LEET.finditer(plain.lower()):
        word = match.group()
        letters = re.sub(r"[\d@$]", "", word)
        if len(letters) in {len(word), 0} or any(start <= match.start() < end for start, end in plates):
            continue
        if len(letters) > 1 and not pattern("words", "after_digits").fullmatch(letters) and is_known(word.translate(LEET_LETTERS)):
            found.append(word)
    return found
