"""Rows that a claim may lean on: what was committed in this turn, and the bookings that stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.reception.gates.evidence import ACTIVE
from valera.reception.gates.facts.times import pairs_in, said_times
from valera.reception.gates.reading.sources import phones_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from valera.reception.gates.evidence import Committed, Deed, Evidence
    from valera.reception.gates.reading.draft import Draft, Sentence

NUMBERED = re.compile(r"(?:№|\bno\.?|#|\bномер\w*)\s*(\d{1,9})(?!\d)")


@dataclass(frozen=True, slots=True)
class Row:
    number: int | None
    starts_at: datetime | None
    phone: str = ""


def done(evidence: Evidence, *kinds: str) -> list[Row]:
    """Committed in this turn."""
    return _rows(evidence.did(*kinds))


def standing(evidence: Evidence) -> list[Row]:
    """Bookings of the client, those made in this turn included."""
    return [*done(evidence, "book", "move"), *_rows(row for row in evidence.committed if row.status in ACTIVE)]


def cancelled(evidence: Evidence) -> list[Row]:
    return [*done(evidence, "cancel"), *_rows(row for row in evidence.committed if row.status == "cancelled")]


def agree(sentence: Sentence, draft: Draft, evidence: Evidence, rows: Iterable[Row]) -> bool:
    """One of the rows has the number that the sentence names; and every day, hour and phone of the sentence is that of such a row."""
    numbers = {int(number) for number in NUMBERED.findall(sentence.lower)}
    own = [row for row in rows if not numbers or row.number in numbers]
    if not own or not numbers <= {row.number for row in own}:
        return False
    moments = [row.starts_at.astimezone(evidence.shop.zone) for row in own if row.starts_at is not None]
    phones = {row.phone for row in own if row.phone}
    if phones and not phones_of(sentence.text) <= phones:
        return False
    return all(any(said.fits(moment) for moment in moments) for said in pairs_in(sentence, draft)) and said_times(sentence, draft) <= {
        (moment.hour, moment.minute) for moment in moments
    }


def _rows(found: Iterable[Deed] | Iterable[Committed]) -> list[Row]:
    return [Row(one.number, one.starts_at, getattr(one, "phone", "")) for one in found]
