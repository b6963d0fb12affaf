"""What a gate reports."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from valera.reception.gates.evidence import Evidence

P = Phrases.load("valera.reception.gates")


class Gate(enum.StrEnum):
    """What kind of word had no row behind it."""

    SUM = "sum"
    PERCENT = "percent"
    CLASS = "class"
    PROMISE = "promise"
    BOOKING = "booking"
    DEED = "deed"
    TIME = "time"
    DURATION = "duration"
    HANDOVER = "handover"
    CONTACT = "contact"
    NUMBER = "number"
    CONTENT = "content"
    DISGUISE = "disguise"


@dataclass(frozen=True, slots=True)
class Violation:
    """``span`` is the offending piece of the draft; ``sentence`` tells the model what to do about it."""

    kind: Gate
    span: str
    sentence: str


def violation(kind: Gate, span: str, evidence: Evidence) -> Violation:
    clean = " ".join(span.split())
    return Violation(kind, clean, P.say(evidence.shop.locale, kind.value, span=clean))
