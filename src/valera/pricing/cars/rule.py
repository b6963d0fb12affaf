"""A shop's own rule: «Toyota Camry», «BMW», «внедорожники», «BMW внедорожники» or a name of its own, and the class that it means."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.kit.errors import Invalid
from valera.pricing.vocabulary import fold, tidy, vocabulary
from valera.russian.cars import Car, find_cars, segments_in
from valera.russian.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from valera.pricing.price_list import CarClass

SHORTEST_SUBJECT, LONGEST_SUBJECT = 2, 100


@dataclass(frozen=True, slots=True)
class CarRule:
    """``make`` and ``model`` as the dictionary writes them. A rule without make and segments is about a name that only the shop knows.

    ``car_classes`` are names of classes; a list whose parts divide cars differently may need one of each division.
    """

    subject: str
    make: str | None
    model: str | None
    segments: tuple[str, ...]
    car_classes: tuple[str, ...]

    @property
    def is_own_name(self) -> bool:
        return self.make is None and not self.segments

    @property
    def weight(self) -> int:
        """The rule that says more wins: a model before a make's kind of car, that before the make, that before the kind."""
        return 4 * bool(self.model or self.is_own_name) + 2 * bool(self.make) + bool(self.segments)

    def covers(self, make: str | None, model: str | None, segment: str | None) -> bool:
        if self.is_own_name:
            return make == self.subject
        return self.make in {None, make} and self.model in {None, model} and (not self.segments or segment in self.segments)


def read_rule(subject: str, car_classes: tuple[str, ...]) -> CarRule:
    """What the words are about. A make with a model that no dictionary has is a name of the shop's own. Raises Invalid for no name."""
    subject = tidy(subject)
    cars = find_cars(subject)
    if not SHORTEST_SUBJECT <= len(subject) <= LONGEST_SUBJECT or not tokens(subject) or len(cars) > 1:
        raise Invalid(
            f"Name one car or one kind of car in {SHORTEST_SUBJECT} to {LONGEST_SUBJECT} characters: 'Toyota Camry', 'кроссоверы'."
        )
    car = cars[0] if cars else None
    rest = subject[: car.start] + " " + subject[car.end :] if car else subject
    segments = tuple(sorted(segments_in(rest)))
    if any(not segments_in(token.text) and token.folded not in _filler() for token in tokens(rest)):
        return CarRule(fold(subject), None, None, (), car_classes)
    named = " ".join(filter(None, (car.make, car.model, tidy(rest).lower()))) if car else fold(subject)
    return CarRule(named, car.make if car else None, car.model if car else None, segments, car_classes)


def ruled(rules: Sequence[CarRule], classes: Sequence[CarClass], car: Car | str) -> tuple[CarClass, ...]:
    """The classes that the strongest rules for this car, or for this segment, name among these; empty where no rule speaks."""
    make, model, segment = (car.make, car.model, car.segment) if isinstance(car, Car) else (None, None, car)
    fitting = [rule for rule in rules if rule.covers(make, model, segment) and _among(rule, classes)]
    strongest = max((rule.weight for rule in fitting), default=0)
    return tuple(dict.fromkeys(entry for rule in fitting if rule.weight == strongest for entry in _among(rule, classes)))


def find_own_names(rules: Sequence[CarRule], text: str) -> Iterator[Car]:
    """Cars that only the shop's rules know, word beside word as the rule says them, in any case."""
    there = tokens(text)
    for rule in rules:
        words = [token.lemma for token in tokens(rule.subject)] if rule.is_own_name else []
        for start in range(len(there) - len(words) + 1 if words else 0):
            window = there[start : start + len(words)]
            if [token.lemma for token in window] == words:
                yield Car(rule.subject, None, None, window[0].start, window[-1].end)
                break


def _among(rule: CarRule, classes: Sequence[CarClass]) -> list[CarClass]:
    named = {fold(name) for name in rule.car_classes}
    return [entry for entry in classes if fold(entry.name) in named]


@functools.cache
def _filler() -> frozenset[str]:
    return frozenset(vocabulary("classes")["words"]["beside_kind"])
