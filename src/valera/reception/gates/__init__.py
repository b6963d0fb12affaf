"""What may leave the system: every sum, time, promise and deed in a reply needs a row, a fact or the client's own word behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.bookings import unfounded_deeds
from valera.reception.gates.contacts import foreign_contacts
from valera.reception.gates.draft import Draft
from valera.reception.gates.numbers import unexplained_numbers
from valera.reception.gates.promises import unfounded_promises
from valera.reception.gates.sums import unsourced_sums
from valera.reception.gates.times import unoffered_times
from valera.reception.gates.violation import Gate, Violation

if TYPE_CHECKING:
    from valera.reception.gates.evidence import Evidence

__all__ = ["Gate", "Violation", "review"]

GATES = (unsourced_sums, unfounded_promises, unfounded_deeds, unoffered_times, foreign_contacts, unexplained_numbers)


def review(draft: str, evidence: Evidence) -> tuple[Violation, ...]:
    """What in ``draft`` has no source in ``evidence``, in the order of the gates; empty: it may be sent.

    Pure and deterministic. A draft that is blocked is never rewritten here: the caller gives the sentences to the model for one repair,
    then falls back to a template.
    """
    read = Draft.read(draft, now=evidence.shop.now, zone=evidence.shop.zone)
    found = [violation for gate in GATES for violation in gate(read, evidence)]
    return tuple(dict.fromkeys(found))
