"""Numbers of bank cards, insurance accounts and passports."""

from __future__ import annotations

import re

from valera.assistant.masking.found import Found, Kind

_CARD = re.compile(r"(?<!\d)\d(?:[ \-–]?\d){12,18}(?!\d)")
_FOURS = re.compile(r"\d{4}(?:[ \-–]\d{4}){3}(?:[ \-–]\d{1,3})?")
_PAPERS = re.compile(r"(?<!\d)\d{3}-\d{3}-\d{3}[ \-]\d{2}(?!\d)|(?i:паспорт\w*|серия)[^\d\n]{0,20}(\d{2}\s?\d{2}[^\d\n]{0,8}\d{6})(?!\d)")


def find_cards(text: str) -> list[Found]:
    """``text`` is plain. Thirteen to nineteen digits that keep the card's own checksum, or stand in fours."""
    spans = [match.span() for match in _CARD.finditer(text) if _FOURS.fullmatch(match.group()) or _keeps_checksum(match.group())]
    spans += [match.span(1) if match[1] else match.span() for match in _PAPERS.finditer(text)]
    return [Found(Kind.CARD, start, end, re.sub(r"\D", "", text[start:end]), text[start:end]) for start, end in spans]


def _keeps_checksum(written: str) -> bool:
    """Luhn's."""
    digits = [int(sign) for sign in reversed(written) if sign.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return len(set(digits)) > 2 and (sum(digits[::2]) + sum(doubled)) % 10 == 0
