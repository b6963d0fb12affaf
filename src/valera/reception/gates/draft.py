"""A reply as the gates read it: without markdown and disguises, cut into sentences, its sums, times and phones found once."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from valera.reception.gates.claims import pattern
from valera.russian.money.sums import find_percents, find_sums
from valera.russian.phones import find_phones
from valera.russian.time.when import find_clock_times, find_dates

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from valera.russian.money.sums import Percent, Sum
    from valera.russian.phones import Phone
    from valera.russian.time.when import Mention

SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000\t\r\v\f ]+")
INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe0f\ufeff]")
MARKUP = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)|^#+ ", re.MULTILINE)
WORD = re.compile(r"[^\W\d_]+")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
LOOKALIKES = str.maketrans(
    "aceopxyABCEHKMOPTXk",
    "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425\u043a",
)
END = re.compile(r"\n+|(?<=[.!?\u2026])\s+(?=[^\W\d_a-z\u0430-\u044f\u0451]|[\u00ab\"(\u2022\u2116@+]|$)")
CLOSING = ' )\u00bb"'


class Placed(Protocol):
    """Anything found at a place in the text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Found = TypeVar("Found", bound=Placed)


@dataclass(frozen=True, slots=True)
class Sentence:
    """``lower`` is the text in lower case with ё folded, of the same length, for patterns. ``start`` is its place in the draft."""

    text: str
    lower: str
    start: int
    is_question: bool

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def within(self, found: Iterable[Found]) -> list[Found]:
        return [one for one in found if self.start <= one.start < self.end]


@dataclass(frozen=True, slots=True)
class Draft:
    """All positions refer to ``text``."""

    text: str
    sentences: tuple[Sentence, ...]
    sums: tuple[Sum, ...]
    percents: tuple[Percent, ...]
    dates: tuple[Mention, ...]
    times: tuple[Mention, ...]
    phones: tuple[Phone, ...]

    @classmethod
    def read(cls, text: str, *, now: datetime, zone: ZoneInfo) -> Draft:
        plain = normalise(text)
        return cls(
            plain,
            tuple(split_sentences(plain)),
            find_sums(plain),
            find_percents(plain),
            find_dates(plain, now, zone),
            tuple(mark for mark in find_clock_times(plain) if not pattern("words", "counted").match(fold(plain[mark.end :]))),
            find_phones(plain),
        )


def normalise(text: str) -> str:
    """One kind of space, digits of every script as 0-9, no markdown, Latin look-alikes inside Cyrillic words as Cyrillic."""
    visible = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    digits = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in visible)
    return SPACES.sub(" ", MARKUP.sub("", WORD.sub(_unmask, digits)))


def fold(text: str) -> str:
    """Lower case with ё as е; the length stays."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return lower.replace("\u0451", "\u0435")


def _unmask(match: re.Match[str]) -> str:
    word = match.group()
    return word.translate(LOOKALIKES) if CYRILLIC.search(word) else word


def split_sentences(text: str) -> list[Sentence]:
    found: list[Sentence] = []
    start = 0
    for end, following in [*(match.span() for match in END.finditer(text)), (len(text), len(text))]:
        piece = text[start:end]
        if pattern("words", "abbreviation").search(fold(piece)) and end < len(text):
            continue
        if piece.strip():
            found.append(Sentence(piece, fold(piece), start, is_question=piece.rstrip(CLOSING).endswith("?")))
        start = following
    return found
