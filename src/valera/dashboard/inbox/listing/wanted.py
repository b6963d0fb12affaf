"""Wanted: what somebody types into the search field, as a name, a telephone, a plate and words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from valera.russian.phones import find_phone

MOST_WORDS = 8
LONGEST = 200
LONGEST_WORD = 40
FEWEST_LETTERS = 3
FEWEST_DIGITS = 4
LIKELY = 0.15
"""A reading of a word that is less likely than this is not looked for."""

_WORD = re.compile(r"[^\W_]+")
_PLATE = re.compile(r"[A-Z0-9]{3,9}")
_NUMBER = re.compile(r"[\d\s()+.\-‐-―\u00a0]+")
_FOLDED = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")


@dataclass(frozen=True, slots=True)
class Wanted:
    """``names``, ``phones`` and ``plate`` are patterns of LIKE; each of ``groups`` is one word in all its forms, with ``beginning`` as the
    last of them may go on.
    """

    text: str
    names: tuple[str, ...]
    phones: tuple[str, ...]
    plate: str | None
    groups: tuple[frozenset[str], ...]
    beginning: str

    def is_meant(self, word: str) -> bool:
        """Whether this word of a message is one of those that were looked for."""
        folded = _fold(word)
        return any(folded in forms for forms in self.groups) or bool(self.beginning and folded.startswith(self.beginning))


def read_wanted(text: str) -> Wanted | None:
    """None: nothing that could be looked for. Slow at the first call of a process: the Russian dictionary is loaded."""
    text = " ".join(text.replace("\x00", "").split())[:LONGEST]
    words = [_fold(word)[:LONGEST_WORD] for word in _WORD.findall(text)][:MOST_WORDS]
    if not words:
        return None
    last = words[-1]
    return Wanted(
        text=text,
        names=tuple(f"%{_escaped(word)}%" for word in words),
        phones=_phones(text),
        plate=_plate(text),
        groups=tuple(_forms(word) for word in words),
        beginning=last if len(last) >= FEWEST_LETTERS else "",
    )


def _fold(word: str) -> str:
    return word.lower().replace("ё", "е")


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _phones(text: str) -> tuple[str, ...]:
    """«8 (916) 123-45-67», «+7916…», «916 123», «восемь девятьсот шестнадцать …»: digits as they stand in +79161234567."""
    whole = find_phone(text)
    if whole is not None:
        return (whole.e164,)
    if not _NUMBER.fullmatch(text):
        return ()
    digits = "".join(char for char in text if char.isascii() and char.isdigit())
    if len(digits) < FEWEST_DIGITS:
        return ()
    return (f"%{digits}%", f"+7{digits[1:]}%") if digits[0] == "8" else (f"%{digits}%",)


def _plate(text: str) -> str | None:
    """«а512км», "A512KM", «А 512 КМ 797», «512 км»: Latin and Cyrillic letters that look alike are one."""
    folded = re.sub(r"[\s\u00a0-]", "", text.upper()).translate(_FOLDED)
    if not _PLATE.fullmatch(folded) or sum(map(str.isdigit, folded)) < 2:  # noqa: PLR2004  (no plate has fewer)
        return None
    return f"%{folded}%"


def _forms(word: str) -> frozenset[str]:
    """All forms of the words that this may be one of: the stemmer of PostgreSQL does not find «крыльев» by «крыло»."""
    from valera.russian.morphology import parses  # pymorphy and its dictionary are loaded when somebody searches

    likely = [reading for reading in parses(word) if reading.score >= LIKELY]
    return frozenset([word, *(_fold(form.word) for reading in likely for form in reading.lexeme)])
