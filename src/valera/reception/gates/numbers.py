"""The net under the other gates: a number that none of them recognised must stand in what the shop, a tool or the client wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from valera.reception.gates.claims import pattern
from valera.reception.gates.draft import fold
from valera.reception.gates.durations import durations_in
from valera.reception.gates.sources import digits_of
from valera.reception.gates.violation import Gate, violation
from valera.russian.numbers import find_numbers

if TYPE_CHECKING:
    from valera.reception.gates.draft import Draft
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.violation import Violation

DIGITS = re.compile(r"\d+")
ORDER = re.compile(r"^[\s\u2022-]*\d{1,2}[.)](?=\s)", re.MULTILINE)
SMALL = 10


def unexplained_numbers(draft: Draft, evidence: Evidence) -> list[Violation]:
    taken = [(one.start, one.end) for found in (draft.sums, draft.percents, draft.dates, draft.times, draft.phones) for one in found]
    taken += [(start, end) for _, start, end in durations_in(draft.text)]
    taken += [match.span() for match in (*ORDER.finditer(draft.text), *pattern("contact", "link").finditer(fold(draft.text)))]
    taken += [match.span() for match in re.finditer(re.escape(evidence.shop.name), draft.text)]  # «СТО» is a name before it is a hundred
    numbers = [(match.group(), *match.span()) for match in DIGITS.finditer(draft.text)]
    numbers += [(str(number.value), number.start, number.end) for number in find_numbers(draft.text) if number.value >= SMALL]
    left = [(digits, start, end) for digits, start, end in numbers if not any(before <= start and end <= after for before, after in taken)]
    if not left:
        return []
    known = _row_numbers(evidence).union(*map(digits_of, evidence.source_texts()))
    return [violation(Gate.NUMBER, draft.text[start:end], evidence) for digits, start, end in left if digits not in known]


def _row_numbers(evidence: Evidence) -> set[str]:
    numbers = {row.number for row in evidence.committed} | {entry.number for entry in evidence.accepted}
    return {str(number) for number in numbers if number is not None} | {
        digits for name in evidence.classes for digits in DIGITS.findall(name)
    }
