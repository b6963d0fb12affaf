"""A Russian text in pieces: words, numbers and signs with their places."""

from __future__ import annotations

import enum
import functools
import re
from dataclasses import dataclass

from valera.russian.morphology import fold, lemma

_MARK = "\u0300-\u036f"
_SIGNS = re.escape(".,:;!?%№#$€₽₸~≈+-–—−/()*…«»\"'’_=&")
_TOKEN = re.compile(rf"(?P<word>(?:[^\W\d_][{_MARK}]*)+)|(?P<number>\d+)|(?P<sign>[{_SIGNS}]|\n)")


class Kind(enum.Enum):
    WORD = "word"
    NUMBER = "number"
    SIGN = "sign"


_KINDS: dict[str | None, Kind] = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a text. `folded` is how it is compared: lower case, ё as е, no stress marks."""

    text: str
    start: int
    end: int
    kind: Kind
    folded: str

    @property
    def lemma(self) -> str:
        return lemma(self.text)


@functools.lru_cache(maxsize=256)
def scan(text: str) -> tuple[Token, ...]:
    """Words, numbers and the signs that mean something to a grammar; everything else (emoji, spaces) is left out.

    Remembered for a while: the readers of sums, times and deeds all ask for the same text, one after another.
    """
    return tuple(_token(match) for match in _TOKEN.finditer(text))


def tokens(text: str) -> tuple[Token, ...]:
    """Words and numbers."""
    return tuple(token for token in scan(text) if token.kind is not Kind.SIGN)


def _token(match: re.Match[str]) -> Token:
    text = match.group()
    kind = _KINDS[match.lastgroup]
    return Token(text, match.start(), match.end(), kind, fold(text) if kind is Kind.WORD else text)
