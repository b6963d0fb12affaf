"""Sums: each is bound to the work named beside it, to that work's row and class, or it does not leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.reception.gates.money.bare import bare_sums
from valera.reception.gates.money.binding import Origin, origin_of
from valera.reception.gates.money.car_class import wrong_classes
from valera.reception.gates.money.claim import claims_of
from valera.reception.gates.money.percents import percent_origins, unsourced_percents
from valera.reception.gates.money.relative import unmeasured
from valera.reception.gates.violation import Gate, violation

if TYPE_CHECKING:
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.money.claim import Claim
    from valera.reception.gates.reading.draft import Draft
    from valera.reception.gates.violation import Violation


@dataclass(frozen=True, slots=True)
class Sourced:
    """``said``: the sum or percentage as it stands in the text."""

    said: str
    origin: Origin


def unsourced_sums(draft: Draft, evidence: Evidence) -> list[Violation]:
    """Sums and percentages with no source, sums in slang, comparisons that nobody measured, and a class that is not the car's."""
    wrong = [_span(claim, draft) for claim in claims_of(draft, evidence, draft.sums) if origin_of(claim, evidence) is None]
    loose = bare_sums(draft, evidence).wrong
    return [
        *(violation(Gate.SUM, span, evidence) for span in (*wrong, *loose, *unmeasured(draft, evidence))),
        *unsourced_percents(draft, evidence),
        *wrong_classes(draft, evidence),
    ]


def sourced_sums(draft: Draft, evidence: Evidence) -> list[Sourced]:
    """Every sum and percentage of a draft that passed, with where it came from, in the order of the text."""
    named = [*draft.sums, *bare_sums(draft, evidence).sourced]
    found = [(claim, origin_of(claim, evidence)) for claim in claims_of(draft, evidence, sorted(named, key=lambda one: one.start))]
    sums = [Sourced(draft.text[claim.money.start : claim.money.end], origin) for claim, origin in found if origin is not None]
    return sums + [Sourced(said, Origin(kind, text)) for said, kind, text in percent_origins(draft, evidence)]


def _span(claim: Claim, draft: Draft) -> str:
    return f"{claim.lead[-40:].strip()} {draft.text[claim.money.start : claim.money.end]}"
