"""Phone numbers in a text, in any spelling that people use, words included."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import phonenumbers

from valera.russian.numbers import read_number
from valera.russian.tokens import Kind, Token, scan

_BETWEEN = frozenset("-–—−().+/")
_LONGEST_GAP = 3
_RUSSIAN_DIGITS = 10
_SHORTEST, _LONGEST = 8, 15


@dataclass(frozen=True, slots=True)
class Phone:
    """A valid number, as +79161234567, at text[start:end]."""

    e164: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits said together; `plus` stands before them, `joined` means that they continue the group before."""

    digits: str
    start: int
    end: int
    plus: bool
    joined: bool
    spoken: bool


def find_phone(text: str, region: str = "RU") -> Phone | None:
    """The first phone in the text."""
    return next(_phones(text, region), None)


def find_phones(text: str, region: str = "RU") -> tuple[Phone, ...]:
    return tuple(_phones(text, region))


def format_phone(e164: str) -> str:
    """«+7 916 123-45-67»; other countries as they write it."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _phones(text: str, region: str) -> Iterator[Phone]:
    groups = _groups(text)
    at = 0
    while at < len(groups):
        found = _phone_at(groups, at, region)
        if found:
            phone, at = found
            yield phone
        else:
            at += 1


def _groups(text: str) -> list[_Group]:
    pieces = scan(text)
    groups: list[_Group] = []
    at, broken = 0, True
    plus_at: int | None = None
    while at < len(pieces):
        piece = pieces[at]
        digits, after = _digits_at(pieces, at)
        if digits:
            end = pieces[after - 1].end
            close = bool(groups) and not broken and piece.start - groups[-1].end <= _LONGEST_GAP + (piece.kind is Kind.WORD)
            joined = close and plus_at is None
            groups.append(
                _Group(digits, piece.start if plus_at is None else plus_at, end, plus_at is not None, joined, piece.kind is Kind.WORD)
            )
            plus_at, broken = None, False
        elif piece.text == "+" or piece.folded == "плюс":
            plus_at = piece.start
        elif piece.text not in _BETWEEN and not (piece.text == "," and groups and groups[-1].spoken):
            plus_at, broken = None, True
        at = after
    return groups


def _digits_at(pieces: Sequence[Token], at: int) -> tuple[str, int]:
    piece = pieces[at]
    if piece.kind is Kind.NUMBER:
        hangs_on_letters = at > 0 and pieces[at - 1].kind is Kind.WORD and pieces[at - 1].end == piece.start
        return ("" if hangs_on_letters else "".join(str(int(digit)) for digit in piece.text), at + 1)
    number = read_number(pieces, at)
    return (str(number.value), number.after) if number and number.value < 1000 else ("", at + 1)


def _phone_at(groups: list[_Group], at: int, region: str) -> tuple[Phone, int] | None:
    """The longest valid phone that begins with this group."""
    digits, best = "", None
    for after in range(at, len(groups)):
        if after > at and not groups[after].joined:
            break
        digits += groups[after].digits
        if len(digits) > _LONGEST:
            break
        if (
            len(digits) >= _SHORTEST
            and not _goes_on_in_thousands(groups, after + 1)
            and (e164 := _valid(digits, groups[at : after + 1], region))
        ):
            best = Phone(e164, groups[at].start, groups[after].end), after + 1
    return best


def _goes_on_in_thousands(groups: list[_Group], after: int) -> bool:
    """«9 484 833–9 484 834» holds ten digits in a row and is two sums."""
    return after < len(groups) and groups[after].joined and len(groups[after].digits) == 3


def _valid(digits: str, groups: list[_Group], region: str) -> str | None:
    if region == "RU" and (russian := _russian(digits, groups)):
        return russian if _is_valid(russian) else None
    if groups[0].plus:
        return f"+{digits}" if _is_valid(f"+{digits}") else None
    if region != "RU" and _is_valid(digits, region):
        return phonenumbers.format_number(phonenumbers.parse(digits, region), phonenumbers.PhoneNumberFormat.E164)
    return None


def _russian(digits: str, groups: list[_Group]) -> str | None:
    """+7 and ten digits, from 8…, 7…, +7…, +8… or the bare ten; sums of money in thousands are none."""
    if sum(group.digits in {"000", "500"} for group in groups) > 1 and not groups[0].plus:
        return None
    first = groups[0].digits
    if len(digits) == _RUSSIAN_DIGITS + 1 and digits[0] in "78" and digits[1] in "3489":
        return f"+7{digits[1:]}"
    if len(digits) == _RUSSIAN_DIGITS and not groups[0].plus and len(first) > 2:
        if groups[0].joined and len(first) < _RUSSIAN_DIGITS:
            return None
        is_mobile = digits[0] == "9"
        is_city = digits[0] in "348" and 3 <= len(first) <= 5 and len(groups) > 2
        return f"+7{digits}" if is_mobile or is_city else None
    return None


@functools.lru_cache(maxsize=20_000)
def _is_valid(number: str, region: str | None = None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False
