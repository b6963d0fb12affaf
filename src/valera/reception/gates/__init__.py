"""What may leave the system: every sum, time, promise and deed in a reply needs a row, a fact or the client's own word behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.deeds.bookings import unfounded_deeds
from valera.reception.gates.facts.contacts import foreign_contacts
from valera.reception.gates.facts.content import foreign_content
from valera.reception.gates.facts.hidden import hidden_words
from valera.reception.gates.facts.numbers import unexplained_numbers
from valera.reception.gates.facts.promises import unfounded_promises
from valera.reception.gates.facts.times import unoffered_times
from valera.reception.gates.money.sums import Sourced, sourced_sums, unsourced_sums
from valera.reception.gates.reading.draft import Draft
from valera.reception.gates.violation import Gate, Violation

if TYPE_CHECKING:
    from valera.reception.gates.evidence import Evidence

__all__ = ["Gate", "Sourced", "Violation", "review", "sources"]

GATES = (
    hidden_words,
    foreign_content,
    unsourced_sums,
    unfounded_promises,
    unfounded_deeds,
    unoffered_times,
    foreign_contacts,
    unexplained_numbers,
)


def review(draft: str, evidence: Evidence) -> tuple[Violation, ...]:
    """What in ``draft`` has no source in ``evidence``, in the order of the gates; empty: it may be sent.

    Pure and deterministic. A draft that is blocked is never rewritten here: the caller gives the sentences to the model for one repair,
    then falls back to a template.
    """
    read = _read(draft, evidence)
    found = [one for gate in GATES for one in gate(read, evidence)]
    return tuple(dict.fromkeys(found))


def sources(text: str, evidence: Evidence) -> list[Sourced]:
    """Where each sum and percentage of a text that passed came from, in the order of the text."""
    return sourced_sums(_read(text, evidence), evidence)


def _read(text: str, evidence: Evidence) -> Draft:
    """What code wrote about a deed or a proposal of this turn, word for word, is true as it stands and is not read."""
    for told in evidence.told():
        text = text.replace(told, "\n")
    return Draft.read(text, now=evidence.shop.now, zone=evidence.shop.zone)
