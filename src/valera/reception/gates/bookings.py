"""Deeds: «записал», «перенёс», «отменил», «передал менеджеру» need the row that says so, and its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.claims import pattern
from valera.reception.gates.evidence import ACTIVE
from valera.reception.gates.times import pairs_in, said_times
from valera.reception.gates.violation import Gate, violation

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable
    from datetime import datetime

    from valera.reception.gates.draft import Draft, Sentence
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.violation import Violation


def unfounded_deeds(draft: Draft, evidence: Evidence) -> list[Violation]:
    """Claims that something was booked, moved, cancelled or handed over, without the row."""
    found: list[Violation] = []
    for sentence in draft.sentences:
        if span := _unfounded_booking(sentence, draft, evidence):
            found.append(violation(Gate.BOOKING, span, evidence))
        if not evidence.human_called and (span := _handover(sentence)):
            found.append(violation(Gate.HANDOVER, span, evidence))
    return found


def _unfounded_booking(sentence: Sentence, draft: Draft, evidence: Evidence) -> str | None:
    moved = [entry.starts_at for entry in evidence.accepted if entry.kind == "move"]
    made = [entry.starts_at for entry in evidence.accepted if entry.kind in {"book", "move"}]
    stands = made + [row.starts_at for row in evidence.committed if row.status in ACTIVE]
    dated = bool(sentence.within(draft.dates) or sentence.within(draft.times))
    checks = (
        ("moved", "done", moved or (stands if dated else [])),
        ("cancelled", "done", _cancelled(evidence)),
        ("booking", "done", made or (stands if dated else [])),
        ("booking", "state", [] if sentence.is_question else stands),
        ("booking", "dated", stands),
    )
    for table, key, rows in checks:
        match = _claim(sentence, pattern(table, key))
        skipped = (key == "state" and sentence.is_question) or (key == "dated" and not _promises_visit(sentence, draft))
        if match and not skipped and not (rows and _times_match(sentence, draft, evidence, rows)):
            return sentence.text
    return None


def _cancelled(evidence: Evidence) -> list[datetime]:
    accepted = [entry.starts_at for entry in evidence.accepted if entry.kind == "cancel"]
    return accepted + [row.starts_at for row in evidence.committed if row.status == "cancelled"]


def _claim(sentence: Sentence, claim: re.Pattern[str]) -> re.Match[str] | None:
    """The first match that is neither denied nor put off until a condition is met."""
    return next((match for match in claim.finditer(sentence.lower) if not _is_denied(sentence, match)), None)


def _is_denied(sentence: Sentence, match: re.Match[str]) -> bool:
    before = sentence.lower[: match.start()]
    if pattern("words", "negation").search(before) or pattern("words", "not_inside").search(match.group()):
        return True
    will_be = pattern("words", "future").search(before) or pattern("words", "will_be").search(match.group())
    return bool(will_be and pattern("words", "condition").search(sentence.lower))


def _promises_visit(sentence: Sentence, draft: Draft) -> bool:
    """«Ждём вас» claims a booking only with a day or an hour, and not where it tells the opening hours."""
    dated = sentence.within(draft.dates) or sentence.within(draft.times) or pattern("booking", "day").search(sentence.lower)
    return bool(dated) and not sentence.is_question and not pattern("time", "opening").search(sentence.lower)


def _times_match(sentence: Sentence, draft: Draft, evidence: Evidence, rows: Iterable[datetime]) -> bool:
    """Every day and hour of the sentence belongs to one of the rows."""
    local = [row.astimezone(evidence.shop.zone) for row in rows]
    return all(any(said.fits(moment) for moment in local) for said in pairs_in(sentence, draft)) and said_times(sentence, draft) <= {
        (moment.hour, moment.minute) for moment in local
    }


def _handover(sentence: Sentence) -> str | None:
    lower = sentence.lower
    conditional = sentence.is_question or bool(pattern("handover", "condition").search(lower))
    if (match := _claim(sentence, pattern("handover", "alone"))) and not conditional:
        return match.group()
    if not pattern("handover", "who").search(lower):
        return None
    if match := _claim(sentence, pattern("handover", "past")):
        return sentence.text
    match = _claim(sentence, pattern("handover", "future"))
    return sentence.text if match and not conditional else None
