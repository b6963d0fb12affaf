"""What the finders have in common: one place of a text that tells who somebody is, and the text as finders read it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """As it stands in a placeholder; the order decides whose find counts where two overlap by the same length."""

    EMAIL = "email"
    CARD = "card"
    VIN = "vin"
    PHONE = "phone"
    PLATE = "plate"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Found:
    """text[start:end]. ``key`` is the same for the same value in another spelling, ``value`` is what comes back in its stead."""

    kind: Kind
    start: int
    end: int
    key: str
    value: str


_PLAIN = re.compile(r"[\x20-\x7eА-яЁё\n«»—–№₽…]*")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u20e3\ufe0f\u00ad\u200e\u200f\u0301"), " ")


def plain(text: str) -> str:
    """Of the same length: spaces are spaces, digits of any script digits, what cannot be seen a space."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(map(_plain, text.translate(_INVISIBLE)))


def _plain(letter: str) -> str:
    if letter.isascii() or letter == "\n":
        return letter
    if letter.isspace():
        return " "
    folded = unicodedata.normalize("NFKC", letter)
    return folded if len(folded) == 1 else letter
