"""What is written so that a program should not read it does not leave, whatever it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.violation import Gate, violation

if TYPE_CHECKING:
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.reading.draft import Draft
    from valera.reception.gates.violation import Violation


def hidden_words(draft: Draft, evidence: Evidence) -> list[Violation]:
    return [violation(Gate.DISGUISE, span, evidence) for span in draft.disguises]
