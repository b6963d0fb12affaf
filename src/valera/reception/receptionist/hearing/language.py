"""Which language a client writes: Russian in Latin letters is put into its own, another language is told apart from mere nonsense."""

from __future__ import annotations

import re
import unicodedata

from valera.reception.receptionist.hearing.vocabulary import meant, word_set
from valera.russian.cars import find_cars
from valera.russian.morphology import fold, is_known, lemma

LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z'`]*")
LETTER_WORD = re.compile(r"[^\W\d_]{2,}")
CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
SHORTEST = 4  # letters of a word that may prove the language
HALF, MOST = 0.5, 0.7
FEW = 3  # strange words: fewer may be slang
NEIGHBOURS = frozenset("іїєґўәғқңөұүһҳҷӣӯјљњћђџ")
"""Cyrillic letters that Russian does not have."""

SOUNDS = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"), ("yu", "ю"), ("ju", "ю"), ("ya", "я"),
    ("ja", "я"), ("yo", "ё"), ("jo", "ё"), ("ye", "е"), ("iy", "ий"), ("yy", "ый"), ("a", "а"), ("b", "б"), ("v", "в"), ("w", "в"),
    ("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("i", "и"), ("j", "й"), ("k", "к"), ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"),
    ("p", "п"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"), ("f", "ф"), ("h", "х"), ("c", "ц"), ("y", "ы"), ("x", "х"), ("q", "к"),
    ("'", "ь"), ("`", "ь"),
)  # fmt: skip
VOWELS = frozenset("aeiouy")


def in_russian_letters(text: str) -> str:
    """«Skolko stoit polirovka na Solaris» → «Сколько стоит полировка на Solaris». Any other text comes back as it is."""
    cars = [(car.start, car.end) for car in find_cars(text)]
    found = [match for match in LATIN_WORD.finditer(text) if not any(start < match.end() and match.start() < end for start, end in cars)]
    if not found or CYRILLIC.search(text):
        return text
    telling = [match.group() for match in found if len(match.group()) >= SHORTEST] or [match.group() for match in found]
    if sum(_is_russian(word) for word in telling) <= HALF * len(telling):
        return text
    pieces: list[str] = []
    at = 0
    for match in found:
        pieces += [text[at : match.start()], _respelled(match.group())]
        at = match.end()
    return "".join([*pieces, text[at:]])


def is_foreign(text: str) -> bool:
    """Whether somebody speaks another language: letters or everyday words of one, and no Russian beside them."""
    cars = [(car.start, car.end) for car in find_cars(text)]
    words = [
        fold(match.group())
        for match in LETTER_WORD.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in cars)
    ]
    neighbours = [word for word in words if set(word) & NEIGHBOURS]
    if len(neighbours) > 1 or (neighbours and len(neighbours) >= HALF * len(words)):
        return True
    long = [word for word in words if len(word) >= SHORTEST]
    strange = [word for word in long if not is_known(word) and meant(word) == lemma(word)]
    if len(strange) >= FEW and len(strange) >= MOST * len(long) and all(map(CYRILLIC.search, strange)):
        return True
    others = [word for word in words if not CYRILLIC.search(word)]
    if len(others) <= HALF * len(words):
        return False
    return any(_is_of_another_script(word) or word in word_set("reply", "foreign") for word in others)


def _is_of_another_script(word: str) -> bool:
    return any(not unicodedata.name(letter, "").startswith("LATIN") or not letter.isascii() for letter in word)


def _is_russian(word: str) -> bool:
    """A word of the dictionary, or one that the receptionist waits for, once it is spelt in Russian letters."""
    russian = _respelled(word)
    if len(word) < SHORTEST:
        return word.lower() in word_set("reply", "short_latin")
    return word.lower() not in word_set("reply", "foreign") and (is_known(russian) or meant(russian) != lemma(russian))


def _respelled(word: str) -> str:
    plain = _letters(word.lower())
    soft = f"{plain}ь"
    respelled = soft if not is_known(plain) and is_known(soft) else plain
    return respelled.capitalize() if word[0].isupper() else respelled


def _letters(word: str) -> str:
    letters: list[str] = []
    at = 0
    while at < len(word):
        if word[at] == "y" and at and word[at - 1] in VOWELS and word[at + 1 : at + 2] not in {"a", "u", "o", "e"}:
            sound, russian = "y", "й"
        else:
            sound, russian = next(pair for pair in SOUNDS if word.startswith(pair[0], at))
        letters.append(russian)
        at += len(sound)
    return "".join(letters)
