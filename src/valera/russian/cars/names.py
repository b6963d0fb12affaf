"""The index of car names: every spelling and every case of every make and model, read once from data/cars.csv."""

from __future__ import annotations

import csv
import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources

from rapidfuzz.distance import DamerauLevenshtein

from valera.russian.morphology import is_known
from valera.russian.tokens import tokens

LONGEST_NAME = 4
SHORTEST_TYPO = 5
LONG_WORD = 8

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """One row behind a spelling. A `weak` spelling («мастер», «3») means the model only beside its make."""

    make: str
    model: str | None
    segment: str | None
    weak: bool


def names_of(key: Key) -> tuple[Name, ...]:
    """Whose name this is, in any case; empty for nobody's."""
    return _index().get(key, ())


def names_like(word: str) -> tuple[Name, ...]:
    """Whose name was misspelt. Short words and words of the dictionary are never taken for a slip."""
    if len(word) < SHORTEST_TYPO or is_known(word) or word in _everyday():
        return ()
    return _names_like(word)


@functools.lru_cache(maxsize=50_000)
def _names_like(word: str) -> tuple[Name, ...]:
    return _pet_name(word) or _slip(word)


def _slip(word: str) -> tuple[Name, ...]:
    allowed = 2 if len(word) >= LONG_WORD else 1
    near: dict[int, set[str]] = defaultdict(set)
    for form in _single_words()[word[0]]:
        if len(form) >= SHORTEST_TYPO and abs(len(form) - len(word)) <= allowed:
            distance = DamerauLevenshtein.distance(word, form, score_cutoff=allowed)
            if distance <= (2 if min(len(form), len(word)) >= LONG_WORD else 1):
                near[distance].add(form)
    if not near:
        return ()
    found = {name for form in near[min(near)] for name in names_of((form,)) if not name.weak}
    return tuple(found) if len({(name.make, name.model) for name in found}) == 1 else ()


def _pet_name(word: str) -> tuple[Name, ...]:
    """«приорка», «вестушка», «дастерок»: a name with a diminutive ending."""
    match = _DIMINUTIVE.fullmatch(word)
    if match is None:
        return ()
    stems = (match["stem"], match["stem"] + "а", match["stem"] + "я", match["stem"] + "ь", match["stem"] + "о")
    found = {name for stem in stems for name in names_of((stem,)) if not name.weak}
    return tuple(found) if len({(name.make, name.model) for name in found}) == 1 else ()


_DIMINUTIVE = re.compile(r"(?P<stem>[а-я]{3,20}?)(?:очк|ечк|ушк|юшк|ышк|ух|юх|чик|ик|ок|ек|к)(?:а|и|у|ой|е|ом|ы|ам|ами|ах|ов|)")


@functools.cache
def _index() -> dict[Key, tuple[Name, ...]]:
    spelled: dict[Key, dict[Name, None]] = defaultdict(dict)
    derived: dict[Key, dict[Name, None]] = defaultdict(dict)
    for make, model, aliases, segment in _rows():
        for alias in _spellings(make, model, aliases):
            for at, key in enumerate(_keys(alias.removesuffix("?"))):
                weak = alias.endswith("?") or _says_little(key) or (len(key) == 1 and key[0] in _everyday())
                (derived if at else spelled)[key][Name(make, model, segment, weak)] = None
    return {key: _strongest(names) for key, names in {**derived, **spelled}.items()}


def _spellings(make: str, model: str | None, aliases: str) -> list[str]:
    """The name itself and its aliases; a name that is also an everyday word stands among them with its question mark."""
    listed = [alias.strip() for alias in aliases.split("|") if alias.strip()]
    own = model or make
    is_everyday = f"{own.lower()}?" in listed
    return ([] if is_everyday else [own]) + ([f"{make} {model}"] if model and not is_everyday else []) + listed


def _strongest(names: Iterable[Name]) -> tuple[Name, ...]:
    strong = {(name.make, name.model) for name in names if not name.weak}
    return tuple(name for name in names if not name.weak or (name.make, name.model) not in strong)


def _says_little(key: Key) -> bool:
    """Digits alone or a letter or two name a car only beside its make."""
    return all(word.isdigit() for word in key) or (len(key) == 1 and len(key[0]) <= 2)


@functools.cache
def _single_words() -> dict[str, tuple[str, ...]]:
    by_letter: dict[str, list[str]] = defaultdict(list)
    for key, names in _index().items():
        if len(key) == 1 and any(not name.weak for name in names):
            by_letter[key[0][0]].append(key[0])
    return defaultdict(tuple, {letter: tuple(words) for letter, words in by_letter.items()})


def _rows() -> Iterator[tuple[str, str | None, str, str | None]]:
    lines = (resources.files("valera.russian") / "data" / "cars.csv").read_text("utf-8").splitlines()
    for row in csv.DictReader(lines):
        yield row["make"], row["model"] or None, row["aliases"], row["segment"] or None


@functools.cache
def _everyday() -> frozenset[str]:
    """Everyday words that happen to be a form of a car's name: «лады», «сиди»."""
    return frozenset((resources.files("valera.russian") / "data" / "everyday_words.txt").read_text("utf-8").split())


def _keys(alias: str) -> Iterator[Key]:
    words = [token.folded for token in tokens(alias)]
    declined = [list(dict.fromkeys(_forms(word))) for word in words]
    if len(words) > 3:
        declined = [[word] for word in words[:-1]] + declined[-1:]
    yield from itertools.product(*declined)


def _forms(word: str) -> Iterator[str]:
    """The word in every case it may stand in, or in the look-alike letters of the other keyboard."""
    yield word
    if word.isascii():
        if len(word) <= 2 and word.isalpha() and all(letter in _LOOK_ALIKE for letter in word):
            yield "".join(_LOOK_ALIKE[letter] for letter in word)
        return
    if len(word) < 3:
        return
    stem, last = word[:-1], word[-1]
    if last == "а":
        yield from (stem + ending for ending in ("и" if stem[-1] in "гкхжчшщ" else "ы", "е", "у", "ой", "ою", "ей", "", "ам", "ами", "ах"))
    elif last in "яь":
        yield from (stem + ending for ending in ("и", "е", "ю", "ей", "ем", "я", "ям", "ями", "ях", "ью"))
    elif last == "й":
        yield from (stem + ending for ending in ("я", "ю", "ем", "е", "и", "ев"))
    elif last not in _VOWELS:
        yield from (word + ending for ending in ("а", "у", "ом", "е", "и" if last in "гкхжчшщ" else "ы", "ов", "ам", "ами", "ах"))


_VOWELS = "аеиоуыэюя"
_LOOK_ALIKE = dict(zip("abcehkmoptxy", "авсенкмортху", strict=True))
