"""A reply as the gates read it: without markdown and disguises, cut into sentences, its sums, times and phones found once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from valera.reception.gates.reading.disguise import disguises_in
from valera.reception.gates.reading.marks import marks_of
from valera.reception.gates.reading.patterns import pattern
from valera.reception.gates.reading.plain import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from valera.russian.money.sums import Percent, Sum
    from valera.russian.phones import Phone
    from valera.russian.time.when import Mention

END = re.compile(r"\n+|(?<=[.!?\u2026])\s+(?=[^\W\d_a-z\u0430-\u044f\u0451]|[\u00ab\"(\u2022\u2116@+]|$)")
LONGEST_ABBREVIATION = 12
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
    disguises: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str, *, now: datetime, zone: ZoneInfo) -> Draft:
        plain = normalise(text)
        sentences = tuple(split_sentences(plain))
        today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        found = [marks_of(one.text, one.lower, today, zone).moved(one.start) for one in sentences]
        return cls(
            plain,
            sentences,
            tuple(one for marks in found for one in marks.sums),
            tuple(one for marks in found for one in marks.percents),
            tuple(one for marks in found for one in marks.dates),
            tuple(one for marks in found for one in marks.times),
            tuple(one for marks in found for one in marks.phones),
            tuple(disguises_in(text, (one.text for one in sentences))),
        )


def fold(text: str) -> str:
    """Lower case with ё as е; the length stays."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return lower.replace("\u0451", "\u0435")


def split_sentences(text: str) -> list[Sentence]:
    found: list[Sentence] = []
    start = 0
    for end, following in [*(match.span() for match in END.finditer(text)), (len(text), len(text))]:
        piece = text[start:end]
        if pattern("words", "abbreviation").search(fold(piece[-LONGEST_ABBREVIATION:])) and end < len(text):
            continue
        if piece.strip():
            found.append(Sentence(piece, fold(piece), start, is_question=piece.rstrip(CLOSING).endswith("?")))
        start = following
    return found
