"""Days and hours: what is named must have been offered, booked, or be the shop's opening hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.reception.gates.reading.durations import durations_in
from valera.reception.gates.reading.patterns import is_in, pattern
from valera.reception.gates.reading.sources import days_of, folded, hours_of, minutes_of, sentences_of
from valera.reception.gates.violation import Gate, violation

if TYPE_CHECKING:
    from datetime import date, datetime, time

    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.reading.draft import Draft, Sentence
    from valera.reception.gates.violation import Violation


@dataclass(frozen=True, slots=True)
class Said:
    """A day, an hour, or both, as one claim; ``days`` has two where a weekday and a date stand together."""

    days: tuple[date, ...]
    hour: time | None
    start: int
    end: int

    def fits(self, moment: datetime) -> bool:
        """``moment`` is in the shop's zone."""
        return (not self.days or moment.date() in self.days) and (self.hour is None or moment.time() == self.hour)


def unoffered_times(draft: Draft, evidence: Evidence) -> list[Violation]:
    found: list[Violation] = []
    header: tuple[date, ...] = ()
    for sentence in draft.sentences:
        if _is_quoted(sentence, evidence):
            continue
        own = pairs_in(sentence, draft, header)
        header = own[-1].days if own and own[-1].days else header
        found += [
            violation(Gate.TIME, draft.text[said.start : said.end], evidence) for said in own if not _is_sourced(said, sentence, evidence)
        ]
        found += [violation(Gate.DURATION, span, evidence) for span in _unsourced_durations(sentence, draft, evidence)]
        found += [violation(Gate.TIME, span, evidence) for span in _undated(sentence, evidence)]
    return found


def _is_quoted(sentence: Sentence, evidence: Evidence) -> bool:
    """Word for word a sentence that a tool said for the client («понедельник работаем 9:00–20:00»)."""
    wanted = sentence.lower.strip()
    return any(wanted in sentences_of(text) for text in evidence.tool_texts)


def pairs_in(sentence: Sentence, draft: Draft, header: tuple[date, ...] = ()) -> list[Said]:
    """Each hour with the day said last before it (in this sentence, else in the header above it), and days without an hour."""
    marks = sorted([*sentence.within(draft.dates), *sentence.within(draft.times)], key=lambda mark: (mark.start, mark.time is not None))
    days, used, found = header, True, list[Said]()
    place = (0, 0)
    for mark in marks:
        if mark.date is not None:
            if not used:
                found.append(Said(days, None, *place))
            days, used, place = (mark.date,), False, (mark.start, mark.end)
        if mark.time is not None:
            found.append(Said(days, mark.time, place[0] if not used else mark.start, mark.end))
            used = True
    if not used:
        found.append(Said(days, None, *place))
    return found


def said_times(sentence: Sentence, draft: Draft) -> set[tuple[int, int]]:
    return {(mark.time.hour, mark.time.minute) for mark in sentence.within(draft.times) if mark.time is not None}


def _is_sourced(said: Said, sentence: Sentence, evidence: Evidence) -> bool:
    moments = [moment.astimezone(evidence.shop.zone) for moment in evidence.moments()]
    if any(said.fits(moment) for moment in moments):
        return True
    if is_in("time", "opening", sentence.lower) and _in_texts(said, evidence.shop.texts(), evidence):
        return True
    if is_in("time", "ready", sentence.lower) and not sentence.is_question and not _refuses(sentence):
        return _in_texts(said, tuple(evidence.shop.facts.values()), evidence)  # a deadline is nothing that the client can set
    if said.hour is None and not _offers(sentence):
        return _in_texts(said, (*evidence.client_texts, *evidence.shop.texts()), evidence) or said.days == (evidence.shop.now.date(),)
    if _gives_back(sentence) and not (sentence.is_question and _offers(sentence)):
        return _in_texts(said, evidence.client_texts, evidence)
    return _in_texts(said, tuple(evidence.shop.facts.values()), evidence) and not _offers(sentence)


def _undated(sentence: Sentence, evidence: Evidence) -> list[str]:
    """Deadlines without a date («к вечеру будет готово») and doors that are always open."""
    found: list[str] = []
    lower = sentence.lower
    if is_in("time", "part", lower) and is_in("time", "ready", lower) and (part := pattern("time", "part").search(lower)):
        found += [part.group()] if not sentence.is_question and not _refuses(sentence) else []
    if (
        is_in("time", "always", lower)
        and (always := pattern("time", "always").search(lower))
        and not sentence.is_question
        and not _refuses(sentence)
    ):
        found.append(always.group())
    if is_in("time", "vague", lower) and _offers(sentence) and not sentence.is_question and not evidence.moments():
        found += [match.group() for match in pattern("time", "vague").finditer(lower)]
    return [span for span in found if not any(span in folded(text) for text in evidence.shop.texts())]


def _refuses(sentence: Sentence) -> bool:
    return pattern("time", "refused").search(pattern("echo", "filler").sub(" ", sentence.lower)) is not None


def _gives_back(sentence: Sentence) -> bool:
    """It asks about the client's own time, or says that it cannot be."""
    lower = pattern("echo", "filler").sub(" ", sentence.lower)
    if sentence.is_question or pattern("time", "quoted").search(lower):
        return not is_in("time", "consent", lower)
    return is_in("time", "refused", lower) and not is_in("echo", "but_grants", lower)


def _offers(sentence: Sentence) -> bool:
    """Says that there is room then."""
    lower = sentence.lower
    return is_in("time", "available", lower) and not _refuses(sentence) and not is_in("time", "looking", lower)


def _in_texts(said: Said, texts: tuple[str, ...], evidence: Evidence) -> bool:
    """Somebody wrote this hour (and, if it is only a day, this day)."""
    if said.hour is not None:
        return any(said.hour in hours_of(text) for text in texts)
    day = evidence.shop.now.replace(hour=0, minute=0, second=0, microsecond=0)
    return any(days_of(text, day, evidence.shop.zone) & set(said.days) for text in texts)


def _unsourced_durations(sentence: Sentence, draft: Draft, evidence: Evidence) -> list[str]:
    hours = [(mark.start - sentence.start, mark.end - sentence.start) for mark in sentence.within((*draft.times, *draft.dates))]
    named = [(minutes, start, end) for minutes, start, end in durations_in(sentence.text) if not _overlaps(start, end, hours)]
    if not named:
        return []
    refused = pattern("echo", "refused").search(sentence.lower) and not is_in("echo", "but_grants", sentence.lower)
    if refused:
        return []
    texts = (*evidence.shop.texts(), *evidence.tool_texts, *(evidence.client_texts if _gives_back(sentence) else ()))
    sourced = frozenset(evidence.minutes).union(*map(minutes_of, texts))
    return [sentence.text[start:end] for minutes, start, end in named if minutes not in sourced]


def _overlaps(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < after and before < end for before, after in spans)
