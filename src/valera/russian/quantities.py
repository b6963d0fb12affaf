"""Quantities inside a text, in digits or words: «22 000,50», «18.000», «1,5», «полторы», «две с половиной»."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from valera.russian.numbers import read_number
from valera.russian.tokens import Kind, Token, scan

_SPACE = "[ \u00a0\u202f\u2009]"
_DIGITS = re.compile(
    rf"(?P<whole>\d{{1,3}}(?:{_SPACE}\d{{3}})+(?!\d)|\d{{1,3}}(?:'\d{{3}})+(?!\d)|\d{{1,3}}(?:’\d{{3}})+(?!\d)"
    r"|[1-9]\d{0,2}(?:\.\d{3})+(?!\d)|[1-9]\d{0,2}(?:,\d{3})+(?!\d)|\d+)(?:[.,](?P<rest>\d{1,3})(?!\d))?",
)
_LONGEST = 18
_HALVES = {"полтора": Decimal("1.5"), "полторы": Decimal("1.5"), "полутора": Decimal("1.5"), "пол": Decimal("0.5")}
_PAIRS = frozenset({"пара", "пару", "парой", "пары"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written. `after` is the index of the first token behind it; `leans` means it needs a unit: «полторы», «пара»."""

    value: Decimal
    start: int
    end: int
    after: int
    is_digits: bool = False
    is_fraction: bool = False
    is_grouped: bool = False
    leans: bool = False


@dataclass(frozen=True, slots=True)
class Scanned:
    """A text with its tokens; `hidden` are spans that are something else (phones, dates) and no quantity."""

    text: str
    pieces: tuple[Token, ...]
    starts: tuple[int, ...]
    hidden: tuple[tuple[int, int], ...] = field(default=())

    @classmethod
    def of(cls, text: str, hidden: tuple[tuple[int, int], ...] = ()) -> Scanned:
        pieces = scan(text)
        return cls(text, pieces, tuple(piece.start for piece in pieces), tuple(sorted(hidden)))

    def is_hidden(self, place: int) -> bool:
        at = bisect.bisect_right(self.hidden, (place, len(self.text))) - 1
        return at >= 0 and self.hidden[at][0] <= place < self.hidden[at][1]

    def piece(self, at: int) -> Token | None:
        return self.pieces[at] if 0 <= at < len(self.pieces) else None

    def word(self, at: int) -> str:
        """The folded token at this index, empty past either end."""
        return self.pieces[at].folded if 0 <= at < len(self.pieces) else ""

    def is_joined(self, at: int) -> bool:
        """Whether nothing stands between this token and the one before it."""
        return 0 < at < len(self.pieces) and self.pieces[at - 1].end == self.pieces[at].start

    def index_from(self, place: int) -> int:
        return bisect.bisect_left(self.starts, place)


def read_quantity(scanned: Scanned, at: int) -> Quantity | None:
    """The quantity that begins at this token."""
    piece = scanned.piece(at)
    if piece is None or piece.kind is Kind.SIGN or scanned.is_hidden(piece.start):
        return None
    quantity = _in_digits(scanned, piece) if piece.kind is Kind.NUMBER else _in_words(scanned, at)
    return _with_half(scanned, quantity) if quantity else None


def as_decimal(scanned: Scanned, quantity: Quantity) -> Quantity:
    """«1,500» before «тыс» is one and a half, not fifteen hundred."""
    written = scanned.text[quantity.start : quantity.end]
    if quantity.is_digits and len(pieces := re.split("[.,]", written)) == 2:
        return replace(quantity, value=Decimal(".".join(pieces)), is_fraction=True) if all(map(str.isdecimal, pieces)) else quantity
    return quantity


def _in_digits(scanned: Scanned, piece: Token) -> Quantity | None:
    match = _DIGITS.match(scanned.text, piece.start)
    if match is None:
        return None
    whole, rest = re.sub(r"\D", "", match["whole"]), match["rest"]
    if len(whole) > _LONGEST:
        return None
    value = Decimal(f"{int(whole)}.{int(rest):0{len(rest)}d}") if rest else Decimal(int(whole))
    return Quantity(
        value,
        piece.start,
        match.end(),
        scanned.index_from(match.end()),
        is_digits=True,
        is_fraction=bool(rest and int(rest)),
        is_grouped=len(whole) != len(match["whole"]),
    )


def _in_words(scanned: Scanned, at: int) -> Quantity | None:
    piece = scanned.pieces[at]
    if half := _HALVES.get(piece.folded):
        return Quantity(half, piece.start, piece.end, at + 1, is_fraction=True, leans=True)
    if piece.folded in _PAIRS:
        return Quantity(Decimal(2), piece.start, piece.end, at + 1, leans=True)
    number = read_number(scanned.pieces, at)
    return Quantity(Decimal(number.value), number.start, number.end, number.after) if number else None


def _with_half(scanned: Scanned, quantity: Quantity) -> Quantity:
    after = quantity.after
    if scanned.word(after) not in {"с", "со"} or scanned.word(after + 1) != "половиной":
        return quantity
    return replace(
        quantity, value=quantity.value + Decimal("0.5"), end=scanned.pieces[after + 1].end, after=after + 2, is_fraction=True, leans=True
    )
