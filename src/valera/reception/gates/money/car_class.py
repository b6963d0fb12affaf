"""A class that is not the car's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.money.claim import car_names
from valera.reception.gates.reading.classes import classes_in
from valera.reception.gates.violation import Gate, violation

if TYPE_CHECKING:
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.reading.draft import Draft
    from valera.reception.gates.violation import Violation


def wrong_classes(draft: Draft, evidence: Evidence) -> list[Violation]:
    """A statement that gives a car a class which the list does not."""
    known = dict(evidence.car_classes)
    found: list[Violation] = []
    for sentence in draft.sentences:
        named = classes_in(sentence.text, evidence.classes)
        cars = [car for car in car_names(sentence.text) if car in known] if named else []
        if len(named) == 1 and cars and not sentence.is_question and not named & {known[car] for car in cars}:
            found.append(violation(Gate.CLASS, sentence.text, evidence))
    return found
