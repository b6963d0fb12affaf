"""Russian that is written in Latin letters, read back."""

from __future__ import annotations

import functools
import re

from valera.russian.morphology import is_known

SHORTEST = 4
_SPELLINGS = sorted(
    {
        "shch": "\u0449", "sch": "\u0449", "zh": "\u0436", "kh": "\u0445", "ts": "\u0446", "ch": "\u0447", "sh": "\u0448", "yu": "\u044e",
        "ju": "\u044e", "ya": "\u044f", "ja": "\u044f", "yo": "\u0435", "jo": "\u0435", "a": "\u0430", "b": "\u0431", "v": "\u0432",
        "w": "\u0432", "g": "\u0433", "d": "\u0434", "e": "\u0435", "z": "\u0437", "i": "\u0438", "j": "\u0439", "k": "\u043a",
        "l": "\u043b", "m": "\u043c", "n": "\u043d", "o": "\u043e", "p": "\u043f", "r": "\u0440", "s": "\u0441", "t": "\u0442",
        "u": "\u0443", "f": "\u0444", "h": "\u0445", "c": "\u0446", "y": "\u044b", "'": "\u044c", "q": "\u043a", "x": "\u0445",
    }.items(),
    key=lambda pair: -len(pair[0]),
)  # fmt: skip
_SPELLING = re.compile("|".join(map(re.escape, dict(_SPELLINGS))))
_LETTER_OF = dict(_SPELLINGS)
LATIN_WORD = re.compile(r"(?<![\w@/.:#-])[A-Za-z']{2,}(?![\w@/#]|[.:-]\w)")


def in_cyrillic(text: str) -> str:
    """«zapisal vas» read as a Russian reads it, when most of the Latin words are Russian ones."""
    long = [match.group().lower() for match in LATIN_WORD.finditer(text) if len(match.group()) >= SHORTEST]
    known = sum(_read(word) is not None for word in long)
    if not known or 2 * known <= len(long):
        return text
    return LATIN_WORD.sub(lambda match: _read(match.group().lower()) or match.group(), text)


@functools.lru_cache(maxsize=8192)
def _read(word: str) -> str | None:
    read = _SPELLING.sub(lambda match: _LETTER_OF[match.group()], word)
    candidates = (read, read.replace("\u044b", "\u0439"), f"{read}\u044c" if read.endswith("\u0442") else read)
    return next((candidate for candidate in candidates if is_known(candidate)), None)
