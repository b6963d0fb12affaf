"""Russian in Latin letters, for names that stand in addresses."""

from __future__ import annotations

import re

_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_LATIN = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya"
_LETTERS = dict(zip(_CYRILLIC, re.split(" ", _LATIN), strict=True))


def in_latin(text: str) -> str:
    """«Лесной» → ``lesnoy``; what is no Russian letter stays."""
    return "".join(_LETTERS.get(letter, letter) for letter in text.lower())


def slug(text: str, *, longest: int = 40) -> str:
    """«Кузовной на Лесной» → ``kuzovnoy-na-lesnoy``; empty where no letter or digit is left."""
    return re.sub(r"[^a-z0-9]+", "-", in_latin(text)).strip("-")[:longest].strip("-")
