"""The net under the other gates: a number that none of them recognised must stand in what the shop, a tool or the client wrote."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from valera.reception.gates.money.bare import bare_sums
from valera.reception.gates.reading.durations import durations_in
from valera.reception.gates.reading.links import links_in
from valera.reception.gates.reading.marks import cars_in
from valera.reception.gates.reading.sources import digits_of, whole_numbers
from valera.reception.gates.violation import Gate, violation
from valera.russian.numbers import find_numbers

if TYPE_CHECKING:
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.reading.draft import Draft
    from valera.reception.gates.violation import Violation

DIGITS = re.compile(r"\d+")
ORDER = re.compile(r"^[\s\u2022-]*\d{1,2}[.)](?=\s)", re.MULTILINE)
INLINE = re.compile(r"(?<![\w(])(\d{1,2})\)(?=\s)")
OF_A_BOOKING = re.compile(
    r"(?:\bваш\w*\W+(?:номер|запис|заявк|брон)\w*|\b(?:номер|запис|заявк|брон)\w*\W+(?:№|no\.?|номер\w*|запис\w+|заявк\w+|брон\w+))\W*$",
    re.IGNORECASE,
)
"""«ваш номер 5», «запись № 5»: a number of the client's own, not any number that a tool happened to name."""
SMALL = 10


def unexplained_numbers(draft: Draft, evidence: Evidence) -> list[Violation]:
    text = draft.text
    numbers = [(digits, one.start + start, one.start + end) for one in draft.sentences for digits, start, end in _numbers(one.text)]
    if not numbers:
        return []
    taken = [*_read_otherwise(draft, evidence), *_order(text)]
    left = [(digits, start, end) for digits, start, end in numbers if not any(before <= start and end <= after for before, after in taken)]
    if not left:
        return []
    own = _row_numbers(evidence).union(*map(digits_of, (*evidence.shop.texts(), *evidence.client_texts)))
    known = own.union(*map(digits_of, evidence.source_texts()))
    return [
        violation(Gate.NUMBER, text[start:end], evidence)
        for digits, start, end in left
        if digits not in (own if OF_A_BOOKING.search(text[:start]) else known)
    ]


@functools.lru_cache(maxsize=8192)
def _numbers(sentence: str) -> tuple[tuple[str, int, int], ...]:
    spelled = ((str(number.value), number.start, number.end) for number in find_numbers(sentence) if number.value >= SMALL)
    return (*whole_numbers(sentence), *spelled)


def _read_otherwise(draft: Draft, evidence: Evidence) -> list[tuple[int, int]]:
    """What another gate has judged, and the names of cars and of the shop («СТО» is a name before it is a hundred)."""
    marks = (draft.sums, draft.percents, draft.dates, draft.times, draft.phones, bare_sums(draft, evidence).sourced)
    taken = [(one.start, one.end) for found in marks for one in found]
    taken += [(one.start + start, one.start + end) for one in draft.sentences for _, start, end in durations_in(one.text)]
    taken += [(one.start + start, one.start + end) for one in draft.sentences for _, start, end in links_in(one.lower)]
    taken += [(one.start + car.start, one.start + car.end) for one in draft.sentences for car in cars_in(one.text)]
    return taken + [match.span() for match in re.finditer(re.escape(evidence.shop.name), draft.text)]


def _order(text: str) -> list[tuple[int, int]]:
    """Numbers of a list: at the beginning of lines, or «1) …; 2) …» in their order."""
    inline = list(INLINE.finditer(text))
    is_list = [int(match[1]) for match in inline] == list(range(1, len(inline) + 1))
    return [match.span() for match in (*ORDER.finditer(text), *(inline if is_list and len(inline) > 1 else ()))]


def _row_numbers(evidence: Evidence) -> set[str]:
    numbers = {row.number for row in (*evidence.committed, *evidence.deeds)}
    return {str(number) for number in numbers if number is not None} | {
        digits for name in evidence.classes for digits in DIGITS.findall(name)
    }
