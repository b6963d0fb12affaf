"""A draft without its disguises: one kind of space, digits of every script as 0-9, numerals of other languages as digits, no markdown,
look-alikes and transliteration as Cyrillic. What cannot be read so is found by disguise.py and does not leave.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata

from valera.reception.gates.reading.foreign import clocks_as_digits, numerals_as_digits
from valera.reception.gates.reading.transliteration import in_cyrillic

PLAIN = re.compile(r"[\n -~\u00a0\u00ab\u00b7\u00bb\u0401\u0410-\u044f\u0451\u2013\u2014\u2022\u2026\u20bd\u2116]*")
KEPT = frozenset("\n\u2026\u2116\u2122\u00bd\u00bc\u00be\u00b2\u00b3")
SPACES = re.compile(r"[ \u00a0\t\r\v\f]+")
MARKUP = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)|^#+ ", re.MULTILINE)
WORD = re.compile(r"[^\W\d_]+")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
LATIN = re.compile(r"[A-Za-z]")
LOOKALIKES = str.maketrans(
    "aceopxyABCEHKMOPTXkmhtnuirg\u03b1\u03bf\u03c1\u03b5\u0391\u0392\u0395\u039a\u039c\u039f\u03a1\u03a4\u03a7",
    "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0410\u0412\u0421\u0415\u041d\u041a\u041c\u041e\u0420\u0422\u0425\u043a"
    "\u043c\u043d\u0442\u043f\u0438\u0438\u0433\u0433\u0430\u043e\u0440\u0435\u0410\u0412\u0415\u041a\u041c\u041e\u0420\u0422\u0425",
)
LETTERS_O = "\u041e\u043eOo"
ZEROS = re.compile(
    rf"(?<!\w)(?:\d[\d{LETTERS_O}]*|[\u0417\u0437][{LETTERS_O}0](?=[ .,]?[{LETTERS_O}0]{{3}}))(?:[ .,]?[\d{LETTERS_O}]{{3}})*(?![^\W\d_])"
)
LETTER_DIGITS = str.maketrans("\u041e\u043eOo\u0417\u0437", "000033")
SPELLED_OUT = re.compile(r"(?<!\d)(?<!\d[.,:/-])\d(?:([ _.\u00b7*|-])\d(?!\d)(?:\1\d(?!\d)){2,})(?![.,:/-]?\d)")
SCORES = re.compile(r"(?<=\d)_(?=\d)")
TEN = "\U0001f51f"
ROMAN = re.compile(r"\b[IVXLC]{2,}(?=\s*(?:\u0442\u044b\u0441|\u0442\u0440\b|\u0442\.|\u0440\u0443\u0431|\u20bd|\u043a\b))")
ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


@functools.lru_cache(maxsize=2048)
def normalise(text: str) -> str:
    """Everything that a reader takes for one and the same text becomes the same text."""
    if "&" in text:
        text = html.unescape(text)
    if not PLAIN.fullmatch(text):
        text = "".join(map(_as_seen, unicodedata.normalize("NFC", text)))
    text = MARKUP.sub("", SCORES.sub("", ZEROS.sub(_zeros, text.replace("|", " "))))
    text = SPACES.sub(" ", SPELLED_OUT.sub(_together, ROMAN.sub(_roman, text)))
    if LATIN.search(text):
        text = clocks_as_digits(in_cyrillic(WORD.sub(_unmask, text)))
    return numerals_as_digits(text)


@functools.lru_cache(maxsize=4096)
def _as_seen(char: str) -> str:
    if char in KEPT:
        return char
    category = unicodedata.category(char)
    if category in {"Cf", "Mn", "Me", "Cc", "Co", "Cn"}:
        return ""
    if category in {"Zs", "Zl", "Zp"}:
        return "\n" if category != "Zs" else " "
    if char == TEN:
        return "10"
    number = unicodedata.numeric(char, None) if category in {"Nd", "No", "Nl", "Lo"} else None
    if number is not None and number == int(number):
        return str(int(number))
    return "/" if char in "\u2044\u2215" else unicodedata.normalize("NFKC", char)


def _zeros(match: re.Match[str]) -> str:
    """«2О ООО», «ЗО ООО»: letters for zeros."""
    return match.group().translate(LETTER_DIGITS)


def _together(match: re.Match[str]) -> str:
    return re.sub(r"\D", "", match.group())


def _roman(match: re.Match[str]) -> str:
    values = [ROMAN_DIGITS[letter] for letter in match.group()]
    return str(sum(-value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)))


def _unmask(match: re.Match[str]) -> str:
    """Latin and Greek letters in a Cyrillic word as the Cyrillic ones that look like them."""
    word = match.group()
    return word.translate(LOOKALIKES) if not word.isascii() and CYRILLIC.search(word) else word
