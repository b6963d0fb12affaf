"""Russian number plates and VINs in a text; Latin and Cyrillic look-alikes are the same letter."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CYRILLIC = "АВЕКМНОРСТУХ"
_LATIN = "ABEKMHOPCTYX"
_TO_CYRILLIC = str.maketrans(_LATIN + _LATIN.lower() + _CYRILLIC.lower(), _CYRILLIC * 3)
_TO_LATIN = str.maketrans(_CYRILLIC + _CYRILLIC.lower(), _LATIN * 2)
_LETTER = f"[{_CYRILLIC}{_LATIN}{_CYRILLIC.lower()}{_LATIN.lower()}]"
_CAPITAL = f"[{_CYRILLIC}{_LATIN}]"
_TIGHT = re.compile(rf"(?<!\w)({_LETTER})(\d{{3}})({_LETTER}{{2}})(?:[ \u00a0-]?(\d{{2,3}})(?!\d))?(?![^\W\d_])")
_LOOSE = re.compile(rf"(?<!\w)({_CAPITAL})[ \u00a0-]?(\d{{3}})[ \u00a0-]?({_CAPITAL}{{2}})(?:[ \u00a0-]?(\d{{2,3}}))?(?!\w)")
_VIN = re.compile(r"(?<!\w)\w{17}(?!\w)")
_VIN_LETTERS = re.compile(r"[A-HJ-NPR-Z0-9]{17}")


@dataclass(frozen=True, slots=True)
class Plate:
    """«А123ВС77» in Cyrillic capitals; the region may be missing."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Vin:
    """Seventeen Latin capitals and digits."""

    text: str
    start: int
    end: int


def find_plates(text: str) -> tuple[Plate, ...]:
    """«а123вс77», «A123BC 777», «А 123 ВС 77»; small letters only when written without gaps («с 100 км 50» is no plate)."""
    found: dict[int, Plate] = {}
    for pattern in (_TIGHT, _LOOSE):
        for match in pattern.finditer(text):
            if match[2] != "000" and match[2].isascii():
                letters = "".join(match.group(1, 2, 3)).translate(_TO_CYRILLIC)
                found.setdefault(match.start(), Plate(letters + (match[4] or ""), match.start(), match.end()))
    return tuple(found[start] for start in sorted(found))


def format_plate(plate: str) -> str:
    """«А 123 ВС 77»."""
    letter, digits, series, region = plate[:1], plate[1:4], plate[4:6], plate[6:]
    return " ".join(filter(None, (letter, digits, series, region)))


def fold_plate(text: str) -> str:
    """As plates are kept and looked for: capitals and digits with nothing between them, each look-alike the Cyrillic letter. Also of a part
    of a plate, and of a foreign one.
    """
    return "".join(filter(str.isalnum, text.upper())).translate(_TO_CYRILLIC)


def find_vins(text: str) -> tuple[Vin, ...]:
    """Both letters and digits must be there, and never I, O or Q: a VIN has none."""
    found: list[Vin] = []
    for match in _VIN.finditer(text):
        folded = match.group().upper().translate(_TO_LATIN)
        if _VIN_LETTERS.fullmatch(folded) and not folded.isdigit() and sum(map(str.isdigit, folded)) >= 4:
            found.append(Vin(folded, match.start(), match.end()))
    return tuple(found)
