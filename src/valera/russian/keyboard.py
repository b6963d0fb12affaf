"""Russian words typed in Latin letters: by sound («pokraska») or on the other keyboard («gjrhfcrf»)."""

from __future__ import annotations

import functools
import re

_BY_SOUND = {
    "shch": "щ", "sch": "щ", "yo": "ё", "jo": "ё", "zh": "ж", "kh": "х", "ts": "ц", "ch": "ч", "sh": "ш", "yu": "ю", "ju": "ю", "ya": "я",
    "ja": "я", "ye": "е", "je": "е", "iy": "ий", "yi": "ый", "ij": "ий", "yj": "ый", "a": "а", "b": "б", "v": "в", "w": "в", "g": "г",
    "d": "д", "e": "е", "z": "з", "i": "и", "j": "й", "y": "ы", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "r": "р",
    "s": "с", "t": "т", "u": "у", "f": "ф", "h": "х", "c": "ц", "q": "к", "x": "кс",
}  # fmt: skip
_AFTER_VOWEL = re.compile(r"(?<=[аеёиоуыэюя])ы")
_SOUNDS = re.compile("|".join(sorted(_BY_SOUND, key=len, reverse=True)))
_BY_KEY = str.maketrans("qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё")
SHORTEST = 3


@functools.lru_cache(maxsize=10_000)
def readings(word: str) -> tuple[str, ...]:
    """What a word of Latin letters may stand for, the likelier first; empty for a short one and for anything else."""
    if len(word) < SHORTEST or not (word.isascii() and word.isalpha()):
        return ()
    lowered = word.lower()
    by_sound = _AFTER_VOWEL.sub("й", _SOUNDS.sub(lambda match: _BY_SOUND[match.group()], lowered))
    return by_sound, lowered.translate(_BY_KEY)
