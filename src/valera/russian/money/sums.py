"""Money and percentages in a text, in digits or words, and how Valera writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from valera.russian.money.amounts import Amount, read_amount
from valera.russian.phones import find_phones
from valera.russian.plates import find_plates, find_vins
from valera.russian.quantities import Scanned, read_quantity
from valera.russian.tokens import Kind

NBSP = "\u00a0"
SYMBOLS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br"}


@dataclass(frozen=True, slots=True)
class Sum:
    """Money at text[start:end]. «от 5 000» is `is_from`; «3 000–5 000» has `upto`; `currency` is None when nobody named one."""

    amount: Decimal
    upto: Decimal | None
    is_from: bool
    currency: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Percent:
    value: Decimal
    upto: Decimal | None
    start: int
    end: int


def find_sums(text: str) -> tuple[Sum, ...]:
    """Everything that reads as money. Kilometres, litres, years, phones, dates, plates and numbers of orders do not."""
    scanned = Scanned.of(text, _spans_of_other_things(text))
    found: list[Sum] = []
    at = 0
    while at < len(scanned.pieces):
        money = _read_sum(scanned, at)
        if money is None:
            at += 1
            continue
        if money.is_money:
            found.append(money.as_sum())
        at = max(money.after, at + 1)
    return tuple(found)


def find_percents(text: str) -> tuple[Percent, ...]:
    """«10 %», «5–10%», «от пяти до десяти процентов»."""
    scanned = Scanned.of(text)
    found: list[Percent] = []
    at = 0
    while at < len(scanned.pieces):
        percent, at = _read_percent(scanned, at)
        if percent:
            found.append(percent)
    return tuple(found)


def format_sum(amount: Decimal, upto: Decimal | None = None, is_from: bool = False, currency: str = "RUB") -> str:  # noqa: FBT001, FBT002 - as a price holds them
    """«от 18 000 ₽», «3 000–5 000 ₽»; the spaces do not break."""
    written = f"{_format_amount(amount)}–{_format_amount(upto)}" if upto is not None else _format_amount(amount)
    prefix = f"от{NBSP}" if is_from else ""
    return f"{prefix}{written}{NBSP}{SYMBOLS.get(currency, currency)}"


def _format_amount(amount: Decimal) -> str:
    whole = amount == amount.to_integral_value()
    return (f"{amount:,.0f}" if whole else f"{amount:,.2f}").replace(",", NBSP).replace(".", ",")


@dataclass(frozen=True, slots=True)
class _Money:
    low: Amount
    high: Amount | None
    is_from: bool
    start: int

    @property
    def is_money(self) -> bool:
        return self.last.is_money or self.low.is_money

    @property
    def last(self) -> Amount:
        return self.high or self.low

    @property
    def after(self) -> int:
        return self.last.after

    def as_sum(self) -> Sum:
        upto = _plain(self.high.value) if self.high else None
        return Sum(
            _plain(self.low.value), upto, self.is_from and not self.high, self.last.currency or self.low.currency, self.start, self.last.end
        )


def _plain(value: Decimal) -> Decimal:
    """Without the zeros that a multiplication leaves: 1500, not 1500.0."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _read_sum(scanned: Scanned, at: int) -> _Money | None:
    is_from = scanned.word(at) == "от"
    low = read_amount(scanned, at + is_from)
    if low is None:
        return None
    high = _read_upper(scanned, low, is_from=is_from)
    if high:
        low = _like_its_upper(low, high)
    return _Money(low, high, is_from, scanned.pieces[at].start)


def _read_upper(scanned: Scanned, low: Amount, *, is_from: bool) -> Amount | None:
    """The other end of «3-5 тысяч», «от 5000 до 7000 руб», «3 000 … 5 000»."""
    at = low.after
    link = scanned.word(at)
    if link == "до" or link in _DASHES or link == "…":
        at += 1
        if link in _DASHES and scanned.word(at) == "х":
            at += 1
    elif link == "." and scanned.word(at + 1) == ".":
        while scanned.word(at) == ".":
            at += 1
    else:
        return None
    high = read_amount(scanned, at)
    if high is None or (link == "до" and not is_from and not (high.is_money or low.is_money)):
        return None
    return high if _like_its_upper(low, high).value < high.value and (high.is_money or low.is_money) else None


def _like_its_upper(low: Amount, high: Amount) -> Amount:
    """«3-5 тысяч»: the lower end takes the multiplier that was said once."""
    if low.multiplier == 1 and high.multiplier > 1 and low.value < 1000 and low.quantity.value < high.quantity.value:
        return replace(low, value=low.value * high.multiplier)
    return low


def _read_percent(scanned: Scanned, at: int) -> tuple[Percent | None, int]:
    low = read_quantity(scanned, at)
    if low is None:
        return None, at + 1
    high = read_quantity(scanned, low.after + 1) if scanned.word(low.after) in {*_DASHES, "до", "…"} else None
    after_low, after_high = low.after + _percent_length(scanned, low.after), high.after if high else low.after
    if high and (length := _percent_length(scanned, after_high)):
        return Percent(low.value, high.value, low.start, scanned.pieces[after_high + length - 1].end), after_high + length
    if after_low > low.after:
        return Percent(low.value, None, low.start, scanned.pieces[after_low - 1].end), after_low
    return None, max(low.after, at + 1)


def _percent_length(scanned: Scanned, at: int) -> int:
    piece = scanned.piece(at)
    if piece is None:
        return 0
    return 1 if piece.text == "%" or piece.folded == "проц" or (piece.kind is Kind.WORD and piece.lemma == "процент") else 0


def _spans_of_other_things(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((span.start, span.end) for found in (find_phones(text), find_plates(text), find_vins(text)) for span in found) + tuple(
        _written_otherwise(text)
    )


def _written_otherwise(text: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _DATE_OR_CLOCK.finditer(text))
    yield from (
        match.span() for match in _CHUNK.finditer(text) if "@" in match.group() or "://" in match.group() or "www." in match.group()
    )


_DATE_OR_CLOCK = re.compile(
    r"(?<![\d.,])(?:\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})|\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{4}|\d{1,2}:\d{2}(?::\d{2})?)(?![\d])"
)
_CHUNK = re.compile(r"\S+")
_DASHES = frozenset("-–—−")
