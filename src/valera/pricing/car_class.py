"""Which class of a shop's list a car belongs to, from the shop's own words; None means that the client has to be asked."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.pricing.cars.rule import ruled
from valera.pricing.vocabulary import vocabulary
from valera.russian.cars import find_cars, segments_in
from valera.russian.words import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.pricing.cars.rule import CarRule
    from valera.pricing.price_list import CarClass
    from valera.russian.cars import Car
    from valera.russian.words import Token


@dataclass(frozen=True, slots=True)
class Said:
    """A class that somebody named in full, and where."""

    car_class: CarClass
    start: int
    end: int


def class_for_car(classes: Sequence[CarClass], car: Car, rules: Sequence[CarRule] = ()) -> CarClass | None:
    """By the shop's strongest rule; else the one class that names this very model; else the one that names its kind of car.

    Several or none: None.
    """
    if by_rule := ruled(rules, classes, car):
        return _only(by_rule)
    by_model = [
        entry
        for entry in classes
        if car.model and any((car.make, car.model) == (named.make, named.model) for named in find_cars(_words(entry)))
    ]
    if by_model:
        return _only(by_model)
    return _only([entry for entry in classes if car.segment and car.segment in segments_in(_words(entry))])


def read_class(classes: Sequence[CarClass], text: str, rules: Sequence[CarRule] = ()) -> CarClass | None:
    """The class that an answer about the class means: «2», «второй класс», «кроссовер», «легковая»."""
    there = {_key(token) for token in tokens(text)}
    named = [entry for entry in classes if (telling := _telling(entry)) and telling <= there]
    return read_kind(classes, text, rules) or _only(named)


def read_kind(classes: Sequence[CarClass], text: str, rules: Sequence[CarRule] = ()) -> CarClass | None:
    """The class that words about a car mean, by its full name or by a kind of car; a bare number there is a model or a year."""
    said = find_class(classes, text)
    return said.car_class if said else class_for_kind(classes, segments_in(text), rules)


def class_for_kind(classes: Sequence[CarClass], segments: frozenset[str], rules: Sequence[CarRule] = ()) -> CarClass | None:
    """The class that all of these segments fall into, by the shop's rules, else by its words about the classes."""
    by_rule = {segment: ruled(rules, classes, segment) for segment in segments}
    if any(by_rule.values()):
        each = [found or tuple(entry for entry in classes if segment in segments_in(_words(entry))) for segment, found in by_rule.items()]
        return _only(tuple(set().union(*each))) if all(each) else None
    return _only([entry for entry in classes if segments and segments <= segments_in(_words(entry))])


def find_class(classes: Sequence[CarClass], text: str) -> Said | None:
    """A class named in full, word beside word in any order («класс 2»), somewhere in a longer text. The longest name wins.

    A class that is called by a number alone is not looked for: «1 дверь» names none.
    """
    there = tokens(text)
    for entry in sorted(classes, key=lambda entry: -len(tokens(entry.name))):
        name = [] if entry.name.strip().isdigit() else sorted(_key(token) for token in tokens(entry.name))
        for start in range(len(there) - len(name) + 1):
            window = there[start : start + len(name)]
            if name and sorted(map(_key, window)) == name:
                return Said(entry, window[0].start, window[-1].end)
    return None


def _telling(entry: CarClass) -> set[str]:
    """Words of the name that tell it from others."""
    return {_key(token) for token in tokens(entry.name)} - set(vocabulary("classes")["words"]["filler"])


def _key(token: Token) -> str:
    return _numerals().get(token.lemma, token.lemma)


@functools.cache
def _numerals() -> dict[str, str]:
    return {word: number for number, forms in vocabulary("classes")["numerals"].items() for word in forms}


def _words(entry: CarClass) -> str:
    return f"{entry.name}, {entry.description}"


def _only(fitting: Sequence[CarClass]) -> CarClass | None:
    return fitting[0] if len(fitting) == 1 else None
