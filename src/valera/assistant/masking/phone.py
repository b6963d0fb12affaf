"""Phone numbers by their shape, valid or not: in digits of any grouping, in words, in both; what is priced or dated is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from valera.assistant.masking.found import Found, Kind
from valera.russian.numbers import read_number
from valera.russian.phones import find_phones, format_phone
from valera.russian.tokens import Kind as TokenKind
from valera.russian.tokens import scan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from valera.russian.tokens import Token

_GAP = re.compile(r"[\s()\[\]\-–—−‑.,/\\_*+|'·•:;~]{0,6}")
_SPOKEN_SEPARATORS = frozenset(
    ["тире", "дефис", "пробел", "дальше", "потом", "затем", "скобка", "скобке", "скобки", "и", "код", "черточка"]
)
_REPEATED = {
    **dict.fromkeys(["нуля", "нулей", "нулика", "ноля"], "0"),
    **dict.fromkeys(["единицы", "единички", "единиц"], "1"),
    **dict.fromkeys(["двойки", "двоечки", "двоек"], "2"),
    **dict.fromkeys(["тройки", "троечки", "троек"], "3"),
    **dict.fromkeys(["четверки", "четверочки", "четверок"], "4"),
    **dict.fromkeys(["пятерки", "пятерочки", "пятерок"], "5"),
    **dict.fromkeys(["шестерки", "шестерочки", "шестерок"], "6"),
    **dict.fromkeys(["семерки", "семерочки", "семерок"], "7"),
    **dict.fromkeys(["восьмерки", "восьмерочки", "восьмерок"], "8"),
    **dict.fromkeys(["девятки", "девяточки", "девяток"], "9"),
}
_SINGLE = {"единица": "1", "двойка": "2", "тройка": "3", "четверка": "4", "пятерка": "5", "шестерка": "6", "семерка": "7", "восьмерка": "8",
           "девятка": "9", "нолик": "0"}  # fmt: skip
_CALLED = re.compile(
    r"(?i)(?:\bтел(?:ефон\w*|\.)?|\b(?:по)?звон\w+|\bнабер\w+|\bмоб(?:ильн\w+|\.)?|\bсот(?:ов\w+|\.)|wh?ats\s?app|в[ао]т?с\s?ап\w*|viber|вайбер\w*|"
    r"\bphone|\btel\b|\bцифр\w+)[^\d\n]{0,16}$"
)
_ABROAD = ("375", "380", "374", "373", "992", "993", "994", "995", "996", "998")
_MOST_GROUPS, _MOST_DIGITS = 15, 15
_LOCAL = 10


@dataclass(frozen=True, slots=True)
class _Group:
    """Digits written or said together, text[start:end]. ``after``: what stands between it and the group before."""

    digits: str
    start: int
    end: int
    has_plus: bool
    is_spoken: bool
    after: str


def find_phone_numbers(text: str) -> list[Found]:
    """``text`` is plain."""
    found: list[Found] = []
    for run in _runs(text):
        at = 0
        while at < len(run):
            length = _phone_at(text, run, at)
            if length:
                found.append(_found(text, run[at : at + length]))
            at += length or 1
    taken = [(one.start, one.end) for one in found]
    valid = (
        phone
        for phone in find_phones(text)
        if text[phone.start] == "+" and not any(start < phone.end and phone.start < end for start, end in taken)
    )
    return found + [Found(Kind.PHONE, phone.start, phone.end, phone.e164, format_phone(phone.e164)) for phone in valid]


def _runs(text: str) -> Iterator[list[_Group]]:
    """Groups that nothing but separators stand between."""
    run: list[_Group] = []
    pieces = scan(text)
    at = reached = 0
    while at < len(pieces):
        digits, after = _digits(pieces, at)
        if not digits:
            at += 1
            continue
        start, end = pieces[at].start, pieces[after - 1].end
        between = text[reached:start]
        goes_on = bool(run) and _separates(between)
        if run and not goes_on:
            yield run
            run = []
        lead = between if goes_on else text[max(0, start - 3) : start]
        has_plus = "+" in lead or bool(re.search(r"плюс\W*$", text[max(0, start - 6) : start], re.IGNORECASE))
        run.append(_Group(digits, start, end, has_plus, pieces[at].kind is TokenKind.WORD, between if goes_on else ""))
        at, reached = after, end
    if run:
        yield run


def _digits(pieces: Sequence[Token], at: int) -> tuple[str, int]:
    piece = pieces[at]
    if piece.kind is TokenKind.NUMBER:
        return "".join(str(int(digit)) for digit in piece.text), at + 1
    if piece.kind is not TokenKind.WORD:
        return "", at + 1
    if single := _SINGLE.get(piece.folded):
        return single, at + 1
    number = read_number(pieces, at)
    if number is None or number.value >= 1000:
        return "", at + 1
    if number.after < len(pieces) and number.value in range(2, 6) and (repeated := _REPEATED.get(pieces[number.after].folded)):
        return repeated * number.value, number.after + 1
    return str(number.value), number.after


def _separates(between: str) -> bool:
    if _GAP.fullmatch(between):
        return between.count("\n") <= 2 and ":" not in between.strip()
    words = re.findall(r"[^\W\d_]+", between)
    return 0 < len(words) <= 2 and all(word.lower().replace("ё", "е") in {*_SPOKEN_SEPARATORS, "плюс"} for word in words)


def _phone_at(text: str, run: Sequence[_Group], at: int) -> int:
    """How many groups the longest phone takes that begins with this one."""
    best = 0
    digits = ""
    for count, group in enumerate(run[at : at + _MOST_GROUPS], start=1):
        if count > 1 and group.has_plus:
            break
        digits += group.digits
        if len(digits) > _MOST_DIGITS:
            break
        groups = run[at : at + count]
        if _is_phone(digits, groups) or (len(digits) in (5, 6, 7) and _is_called(text, groups)):
            best = count
    return best


def _is_phone(digits: str, groups: Sequence[_Group]) -> bool:
    lengths = [len(group.digits) for group in groups]
    if groups[0].has_plus:
        return _is_international(digits, groups) or _may_have_more(digits, groups)
    if len(digits) < _LOCAL + 1 and _may_have_more(digits, groups):
        return True
    if len(digits) == _LOCAL + 1 and digits[0] in "78" and digits[1] in "34789":
        return not _is_money(groups, lengths) and (lengths[0] in (1, 4, 5) or lengths[0] > 5 or digits[1] == "9" or groups[0].is_spoken)
    if len(digits) == _LOCAL:
        return _is_local(digits, groups, lengths)
    if len(digits) == 12 and digits.startswith(_ABROAD):
        return lengths[0] in (3, 5, 12) and not _is_money(groups, lengths)
    return lengths == [3, 2, 2] and all(group.after.strip() in ("-", "–", "—") for group in groups[1:]) and not _is_tyre(groups)


def _may_have_more(digits: str, groups: Sequence[_Group]) -> bool:
    """Said in words «сто сорок девять» may be 149 or 100-49, and «семьдесят шесть» 76 or 70-6."""
    lead = 1 if digits[0] in "78" else 0
    if (
        not all(group.is_spoken for group in groups[1:])
        or digits[lead : lead + 1] != "9"
        or len(groups) < 3 + lead
        or len(digits) < 8 + lead
    ):
        return False
    most = sum(_most_digits(group.digits) for group in groups)
    return len(groups[lead].digits) == 3 and len(digits) < _LOCAL + lead <= most


def _most_digits(said: str) -> int:
    return len(said) + 2 * (len(said) == 3 and said[1] != "0") + (len(said) > 1 and said[-2] not in "01" and said[-1] != "0")


def _is_international(digits: str, groups: Sequence[_Group]) -> bool:
    if digits[0] in "78":
        return len(digits) == _LOCAL + 1 and digits[1] in "34789"
    return 10 <= len(digits) <= _MOST_DIGITS and not any(group.digits == "000" for group in groups[1:])


def _is_local(digits: str, groups: Sequence[_Group], lengths: list[int]) -> bool:
    """Ten digits without 7 or 8 before them: a mobile, or a town's number whose code stands apart."""
    if _is_money(groups, lengths):
        return False
    marks = set(accumulate(lengths))
    if digits[0] == "9":
        is_fine = max(lengths) <= 2 or lengths == [_LOCAL] or (3 in marks and lengths[0] == 3) or lengths[0] in (4, 5, 6)
        return is_fine and lengths not in ([3, 3, 1, 3], [4, 6], [5, 5], [4, 3, 3], [4, 4, 2])
    return digits[0] in "348" and lengths[0] in (3, 4, 5) and len(groups) > 1 and ")" in groups[1].after and len(lengths) <= 4


def _is_money(groups: Sequence[_Group], lengths: list[int]) -> bool:
    """«89 900 – 120 500», «85 000 120 000»: thousands in threes."""
    if groups[0].has_plus or len(groups) == 1:
        return False
    rounds = sum(group.digits in ("000", "500") for group in groups)
    in_thousands = lengths[0] in (2, 3) and all(length == 3 for length in lengths[1:])
    return in_thousands or (rounds > 1 and lengths[0] <= 3 and not groups[0].is_spoken and groups[0].digits not in ("7", "8"))


def _is_tyre(groups: Sequence[_Group]) -> bool:
    """«215-60-16»."""
    width, profile, rim = (int(group.digits) for group in groups)
    return width % 5 == 0 and profile % 5 == 0 and 12 <= rim <= 24


def _is_called(text: str, groups: Sequence[_Group]) -> bool:
    """«тел. 245 67 89»: a number of the town, because it is called one."""
    lengths = [len(group.digits) for group in groups]
    in_thousands = lengths[-1] == 3 and groups[-1].digits.endswith("00")
    return not in_thousands and sum(lengths) > 5 and bool(_CALLED.search(text[max(0, groups[0].start - 40) : groups[0].start]))


def _found(text: str, groups: Sequence[_Group]) -> Found:
    digits = "".join(group.digits for group in groups)
    start, end = groups[0].start, groups[-1].end
    if groups[0].has_plus:
        start = max(text.rfind("+", 0, start), text.lower().rfind("плюс", 0, start), start - 6)
        start = groups[0].start if text[start : start + 1] not in ("+", "п", "П") else start
    if text[start - 1 : start] == "(" and ")" in text[start:end]:
        start -= 1
    written = text[start:end]
    if len(digits) == _LOCAL + 1 and digits[0] in "78":
        key = f"+7{digits[1:]}"
    elif len(digits) == _LOCAL and not groups[0].has_plus:
        key = f"+7{digits}"
    elif groups[0].has_plus or len(digits) > _LOCAL:
        key = f"+{digits}"
    else:
        return Found(Kind.PHONE, start, end, digits, written)
    value = format_phone(key) if (known := find_phones(key)) and known[0].e164 == key else written
    return Found(Kind.PHONE, start, end, key, value)
