"""The grammar of one price cell: «от 5000», «3000-5000», «22 000,000», «16 000 руб.», «до 7 т.р.» … or why it is no price."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from valera.pricing.price_list import Price
from valera.pricing.reading.draft import DoubtKind
from valera.pricing.vocabulary import any_of, fold, folded, starts_with_any, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_AMOUNT = 10**8
CURRENCIES = tuple(vocabulary("cells")["currency"])
"""ISO codes that a list may be in."""
GROUP = 3
"""Digits between marks of thousands."""
LEAST_BARE = 100
"""Below it a number with words behind it, and no currency, is a number of something else: «2 (малые)»."""
NOMINAL = {Decimal(0), Decimal(1)}
"""A price of nothing or of one rouble stands in lists instead of «по запросу»."""
LONGEST_CELL = 150
"""Characters; a longer text is a description, whatever numbers it holds."""
DATE = re.compile(r"(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|(?:19|20)\d{2})|(?:19|20)\d{2}-\d{2}-\d{2}(?:[t ].*)?)(?: ?г\.?)?")
THOUSANDS_SPACE = r"\d{1,3}(?:[ '\u2019]\d{3})+(?!\d)(?:[.,]\d+)?"
NUMBER = rf"(?:{THOUSANDS_SPACE}|\d+(?:[.,]\d+)*)"
KOPECKS = re.compile(r"(?<=\d)\s?[-=\u2013](?:00)?(?=\s*(?:$|[^\d\s]))")  # «1500-00», «1500=»: the dash is where kopecks would stand


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says. Neither blank nor price: ``doubt`` tells why."""

    price: Price | None = None
    doubt: DoubtKind | None = None
    is_blank: bool = False
    is_on_request: bool = False


BLANK = Cell(is_blank=True)


def looks_like_price(text: str) -> bool:
    return read_cell(text).price is not None


@functools.lru_cache(maxsize=1 << 16)
def read_cell(text: str, decimal_mark: str | None = None) -> Cell:
    """``decimal_mark`` is what the rest of the list uses, if that is known: it decides whether «500,000» is five hundred."""
    plain = fold(text)
    if not plain or plain in folded("cells", "price", "blank"):
        return BLANK
    if len(plain) > LONGEST_CELL:
        return Cell(doubt=DoubtKind.NOT_A_PRICE)
    if plain[0] == "=" or DATE.fullmatch(plain):
        return Cell(doubt=DoubtKind.FORMULA if plain[0] == "=" else DoubtKind.DATE)
    if not any(character.isdigit() for character in plain):
        return Cell(doubt=DoubtKind.NOT_A_PRICE, is_on_request=starts_with_any(plain, folded("cells", "words", "on_request")))
    match = _grammar().fullmatch(KOPECKS.sub("", plain))
    if match is None:
        return Cell(doubt=DoubtKind.NOT_A_PRICE)
    return _weigh(match, decimal_mark)


def find_decimal_mark(texts: Iterable[str]) -> str | None:
    """The mark that stands before a fraction in this list; None if no cell tells, or two cells tell differently."""
    marks = {mark for text in texts if looks_like_price(text) for number in re.findall(NUMBER, fold(text)) if (mark := _own_mark(number))}
    return marks.pop() if len(marks) == 1 else None


def find_currencies(text: str) -> frozenset[str]:
    """ISO codes of the currencies that the text names."""
    return frozenset(code for code, sign in _currency_signs() if sign.search(fold(text)))


def _own_mark(number: str) -> str | None:
    """A number that tells by itself: «22 000,5», «1.500,00», «1500,50»."""
    found = re.findall(r"[.,]", number)
    if not found:
        return None
    tail = len(number) - max(number.rfind("."), number.rfind(",")) - 1
    grouped = bool(re.search(r"[ '\u2019]", number))
    return found[-1] if grouped or len(set(found)) > 1 or (len(found) == 1 and tail != GROUP) else None


def _weigh(match: re.Match[str], decimal_mark: str | None) -> Cell:
    low, low_doubt = _number(match["low"], decimal_mark)
    high, high_doubt = _number(match["high"], decimal_mark) if match["high"] else (None, None)
    if low is None or (match["high"] and high is None):
        return Cell(doubt=DoubtKind.NOT_A_PRICE)
    rest, has_unit = match["rest"].strip(" .,:;*"), bool(match["unit1"] or match["unit2"])
    doubt = low_doubt or high_doubt
    if rest:
        remark = _remark(rest, is_money=has_unit or low >= LEAST_BARE)
        if remark is DoubtKind.NOT_A_PRICE:
            return Cell(doubt=remark)
        doubt = doubt or remark
    if match["k1"] or (match["k2"] and low <= (high or low)):
        low *= 1000
    if high is not None and match["k2"]:
        high *= 1000
    price, order = _price(low, high, is_from=bool(match["from"]) or rest.startswith("+"), is_at_most=bool(match["upto"]))
    if (price.upto or price.amount) in NOMINAL:
        return Cell(doubt=DoubtKind.NOMINAL)
    if not all(_in_bounds(amount) for amount in (price.amount, price.upto or price.amount)):
        return Cell(doubt=DoubtKind.OUT_OF_BOUNDS)
    return Cell(price, order or doubt)


def _price(low: Decimal, high: Decimal | None, *, is_from: bool, is_at_most: bool) -> tuple[Price, DoubtKind | None]:
    if high is None:
        return Price(low, low if is_at_most else None, is_from and not is_at_most), None
    if high == low:
        return Price(low), None
    return Price(min(low, high), max(low, high)), DoubtKind.REVERSED if high < low else None


def _in_bounds(amount: Decimal) -> bool:
    return 0 < amount < MAX_AMOUNT and amount == amount.quantize(Decimal("0.01"))


def _remark(rest: str, *, is_money: bool) -> DoubtKind | None:
    """What stands behind the amount: a unit («/шт», «за элемент») is fine, words in brackets get a doubt, anything else is no price."""
    per = "|".join(re.escape(word) for word in sorted(folded("cells", "price", "per"), key=len, reverse=True))
    if re.fullmatch(rf"(?:{per})\s*(?:1\s*)?[^\d(]*[23]?", rest):
        return None
    first = re.match(r"[\w/.%²]+", rest)
    if first and (first[0].strip(".") in folded("cells", "price", "measures") or not is_money):
        return DoubtKind.NOT_A_PRICE
    if rest == "+":
        return None
    if re.search(r"\d", rest) or not (is_money and (rest[0] in "(+" or not first or first[0].isalpha())):
        return DoubtKind.NOT_A_PRICE
    return DoubtKind.REMARK


def _number(text: str, decimal_mark: str | None) -> tuple[Decimal | None, DoubtKind | None]:
    """The amount as written: which mark groups and which divides is told by the number itself, then by the list, then doubted."""
    text = re.sub(r"[ '\u2019]", "", text) if (grouped := bool(re.search(r"[ '\u2019]", text))) else text
    marks = re.findall(r"[.,]", text)
    if not marks:
        return _whole(Decimal(text)), None
    *groups, tail = re.split(r"[.,]", text)
    if len(marks) == 1 and (
        grouped or marks[0] == decimal_mark or len(tail) != GROUP or not 1 <= len(groups[0]) <= GROUP or groups[0].startswith("0")
    ):
        return _whole(Decimal(f"{groups[0]}.{tail}")), None
    if len(marks) == 1:
        return Decimal(groups[0] + tail), None if decimal_mark else DoubtKind.AMBIGUOUS_NUMBER
    if len(set(marks)) == 1:
        return (Decimal("".join((*groups, tail))), None) if _are_groups((*groups, tail)) else (None, None)
    if marks.count(marks[-1]) == 1 and _are_groups(tuple(groups)):
        return _whole(Decimal(f"{''.join(groups)}.{tail}")), None
    return None, None


def _whole(amount: Decimal) -> Decimal:
    """No zeros after the point: 22000.000 and 22000 are written alike."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()


def _are_groups(groups: tuple[str, ...]) -> bool:
    return 1 <= len(groups[0]) <= GROUP and all(len(group) == GROUP for group in groups[1:])


@functools.cache
def _grammar() -> re.Pattern[str]:
    terms = vocabulary("cells")
    start, upto, thousand = (any_of(terms["price"][key]) for key in ("from", "upto", "thousand"))
    unit = any_of(sign for signs in terms["currency"].values() for sign in signs)
    dash = rf"(?:-|\u2013|\u2014|\u2212|\.{{2,3}}|\u2026|{upto})"
    return re.compile(
        rf"(?:{unit}\s*)?(?P<from>{start})?\s*(?P<upto>{upto})?\s*(?:{unit}\s*)?(?P<low>{NUMBER})\s*(?P<k1>{thousand})?\s*(?P<unit1>{unit})?"
        rf"(?:\s*{dash}\s*(?:{unit}\s*)?(?P<high>{NUMBER})\s*(?P<k2>{thousand})?\s*(?P<unit2>{unit})?)?(?P<rest>(?!\d).*)"
    )


@functools.cache
def _currency_signs() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """A letter sign must stand after a number or by itself, not inside a word."""
    return tuple((code, re.compile(rf"(?<![^\W\d_]){any_of(signs)}")) for code, signs in vocabulary("cells")["currency"].items())
