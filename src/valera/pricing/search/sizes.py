"""Sizes and counts that tell rows apart: «до 3 см», «от 3 до 10 см», «свыше 30 %», «8 клапанов», «в два слоя»."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.pricing.vocabulary import vocabulary
from valera.russian.numbers import read_number
from valera.russian.tokens import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from valera.russian.tokens import Token

BOTH = frozenset({"оба", "обе", "обоих", "обеих"})
RANGE_SIGNS = frozenset({"-", "–", "—", "−"})
GLUED = frozenset({"х", "x", "ти", "и", "-", "–"})


@dataclass(frozen=True, slots=True)
class Size:
    """From ``least`` to ``most`` of one unit; one number is both."""

    unit: str
    least: float
    most: float

    def meets(self, other: Size) -> bool:
        """They may be the same: «7 см» lies within «до 10 см»; ranges that only touch («3–10» and «10–20») do not meet."""
        if self.unit != other.unit:
            return False
        if self.least == self.most or other.least == other.most:
            return self.least <= other.most and other.least <= self.most
        return self.least < other.most and other.least < self.most


@dataclass(frozen=True, slots=True)
class Units:
    """Which words name a unit, and how much of it one is."""

    words: Mapping[str, tuple[str, float]]
    upto: frozenset[str]
    over: frozenset[str]
    between: frozenset[str]
    amounts: frozenset[str]
    compounds: re.Pattern[str]
    numerals: Mapping[str, float]

    @classmethod
    def load(cls) -> Units:
        data = vocabulary("sizes")
        return cls(
            {word: (unit, float(scale)) for unit, scales in data["units"].items() for scale, words in scales.items() for word in words},
            frozenset(data["words"]["upto"]),
            frozenset(data["words"]["over"]),
            frozenset(data["words"]["between"]),
            frozenset(data["words"]["amounts"]),
            re.compile(rf"({'|'.join(data['numerals'])})({'|'.join(data['compounds'])})\w*"),
            {word: float(number) for word, number in data["numerals"].items()},
        )

    def take(self, tokens: Sequence[Token]) -> tuple[tuple[Size, ...], list[Token]]:
        """The sizes among the tokens, and the tokens that are left."""
        sizes: list[Size] = []
        left: list[Token] = []
        at = 0
        while at < len(tokens):
            found = self._size_at(tokens, at)
            if found:
                sizes.append(found[0])
                at = found[1]
            else:
                left.append(tokens[at])
                at += 1
        return tuple(sizes), left

    def _size_at(self, tokens: Sequence[Token], at: int) -> tuple[Size, int] | None:
        """With what leads it («до», «от … до», «свыше»), and the index behind its unit."""
        lead = tokens[at].folded
        if compound := self.compounds.fullmatch(lead):
            unit, scale = self.words[vocabulary("sizes")["compounds"][compound[2]]]
            value = self.numerals[compound[1]] * scale
            return Size(unit, value, value), at + 1
        start = at + (lead in self.upto or lead in self.over or lead in self.between)
        first = _number(tokens, start)
        if first is None:
            return self._unit_before(tokens, at)
        value, after = first
        second = _number(tokens, after + 1) if after < len(tokens) and _joins(tokens[after], self.upto) else None
        unit = self._unit(tokens, second[1] if second else after)
        if unit is None:
            return None
        name, scale, end = unit
        if second:
            return Size(name, min(value, second[0]) * scale, max(value, second[0]) * scale), end
        if lead in self.upto:
            return Size(name, 0.0, value * scale), end
        return Size(name, value * scale, math.inf if lead in self.over else value * scale), end

    def _unit(self, tokens: Sequence[Token], at: int) -> tuple[str, float, int] | None:
        while at < len(tokens) and tokens[at].folded in GLUED:
            at += 1
        if at >= len(tokens):
            return None
        known = self.words.get(tokens[at].folded) or self.words.get(tokens[at].lemma)
        return (*known, at + 1) if known else None

    def _unit_before(self, tokens: Sequence[Token], at: int) -> tuple[Size, int] | None:
        """«сантиметров 7»."""
        known = self.words.get(tokens[at].lemma) if tokens[at].kind is Kind.WORD else None
        number = _number(tokens, at + 1) if known else None
        if known is None or number is None or self._unit(tokens, number[1]) is not None:
            return None
        return Size(known[0], number[0] * known[1], number[0] * known[1]), number[1]


def contradict(asked: Iterable[Size], has: Iterable[Size]) -> bool:
    """A size was said, and the row is for others of the same unit."""
    there = tuple(has)
    return any(units and not any(size.meets(other) for other in units) for size in asked if (units := _of_unit(there, size.unit)))


def is_within(asked: Iterable[Size], has: Iterable[Size]) -> bool:
    """Some size that was said is one that the row is for."""
    there = tuple(has)
    return any(size.meets(other) for size in asked for other in there)


def _of_unit(sizes: Iterable[Size], unit: str) -> list[Size]:
    return [size for size in sizes if size.unit == unit]


def _number(tokens: Sequence[Token], at: int) -> tuple[float, int] | None:
    if at >= len(tokens):
        return None
    if tokens[at].kind is Kind.NUMBER:
        return (float(tokens[at].text), at + 1) if len(tokens[at].text) < 7 else None  # noqa: PLR2004 - no size is so large
    if tokens[at].folded in BOTH:
        return 2.0, at + 1
    written = read_number(tokens, at)
    return (float(written.value), written.after) if written else None


def _joins(token: Token, upto: frozenset[str]) -> bool:
    return token.text in RANGE_SIGNS or token.folded in upto
