"""Deeds: «записал», «перенёс», «отменил», «в листе ожидания», «записал ваш номер» need the row that says so, and its time."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.reception.gates.deeds.forms import Deed, Form, Said, forms_in
from valera.reception.gates.deeds.handover import unfounded_handovers
from valera.reception.gates.deeds.own import may_be_own, own_deeds
from valera.reception.gates.deeds.rows import agree, cancelled, done, standing
from valera.reception.gates.reading.patterns import is_in, pattern
from valera.reception.gates.reading.sources import sentences_of
from valera.reception.gates.violation import Gate, violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from valera.reception.gates.deeds.rows import Row
    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.reading.draft import Draft, Sentence
    from valera.reception.gates.violation import Violation

SHORT = 2
"""Words of a report like «Всё, оформила»."""

AHEAD, BEHIND = 45, 30
"""Characters around a verb like «оформил» in which it says what was made."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with the verbs in it that claim something: neither denied, nor asked, nor put off until a condition is met."""

    sentence: Sentence
    forms: tuple[Form, ...]

    def has(self, *kinds: Deed) -> list[Form]:
        return [form for form in self.forms if form.kinds & set(kinds)]

    def says(self, key: str) -> bool:
        return is_in("deed", key, self.sentence.lower)

    def near(self, form: Form, key: str) -> bool:
        text = self.sentence.lower
        return any(
            pattern("deed", key).search(part)
            for part in (text[form.end : form.end + AHEAD], text[max(0, form.start - BEHIND) : form.start])
        )


def unfounded_deeds(draft: Draft, evidence: Evidence) -> list[Violation]:
    """Claims that something was booked, moved, cancelled, noted or handed over, without the row. What the shop says of itself, word for
    word, is about nobody's booking.
    """
    found: list[Violation] = []
    own = frozenset[str]().union(*map(sentences_of, evidence.shop.texts()))
    for sentence in draft.sentences:
        if _is_silent(sentence.text, sentence.lower) or sentence.lower.strip() in own:
            continue
        said = Statement(sentence, _claiming(sentence))
        if any(not agree(sentence, draft, evidence, rows) for rows in _needed(said, draft, evidence)):
            found.append(violation(Gate.BOOKING, sentence.text, evidence))
        if not evidence.deeds and not evidence.human_called:
            found += [violation(Gate.DEED, span, evidence) for span in own_deeds(sentence)]
        found += [violation(Gate.HANDOVER, span, evidence) for span in unfounded_handovers(sentence, said.forms, evidence)]
    return found


@functools.lru_cache(maxsize=8192)
def _is_silent(text: str, lower: str) -> bool:
    """Nothing in it could claim a deed, whatever the rows say."""
    return not forms_in(text) and not may_be_own(text) and not any(is_in("deed", key, lower) for key in _CLAIMING)


_CLAIMING = (
    "standing", "moved_otherwise", "cancelled_otherwise", "none_left", "visit", "waiting", "settled", "finished", "waitlist_noun",
    "by_phone", "answer_alone", "told_en", "knows", "notified",
)  # fmt: skip


def _claiming(sentence: Sentence) -> tuple[Form, ...]:
    return tuple(form for form in forms_in(sentence.text) if not _is_idle(form, sentence))


def _is_idle(form: Form, sentence: Sentence) -> bool:
    before, after = sentence.lower[: form.start], sentence.lower[form.end :]
    if pattern("words", "negation").search(before) or pattern("words", "wished").search(before):
        return True
    is_asked = sentence.is_question and not any(sign in after for sign in ",;\u2014\u2013")
    is_conditional = pattern("deed", "will_condition").search(sentence.lower[: form.start] + after) is not None
    if form.said is Said.WILL:
        return is_asked or is_conditional
    if form.said is Said.NOW and is_asked and not before.strip(" \u2014-"):
        return True  # «Записываем?»
    if form.said is Said.STATE:
        return is_asked or (is_conditional and pattern("words", "will_be").search(sentence.lower) is not None)
    return False


def _needed(said: Statement, draft: Draft, evidence: Evidence) -> Iterator[list[Row]]:
    """For each claim of the sentence the rows of which one must stand behind it."""
    for claim in _CLAIMS:
        rows = claim(said, draft, evidence)
        if rows is not None:
            yield rows
            if claim in _WHOLE:
                return


def _noted(said: Statement, _: Draft, evidence: Evidence) -> list[Row] | None:
    """«записал ваш номер»; «записал вас» is something else."""
    noted = [form for form in said.has(Deed.NOTE) if _is_of_contacts(said.sentence.lower[form.end :], said.sentence.lower[: form.start])]
    return done(evidence, "note", "call_back", "request") if noted else None


def _is_of_contacts(after: str, before: str) -> bool:
    own = pattern("deed", "contact_noun")
    match = own.search(after[:AHEAD])
    if match is not None:
        return pattern("deed", "client").search(after[: match.start()]) is None
    return own.search(before[-BEHIND:]) is not None and pattern("deed", "client").search(after) is None


def _listed(said: Statement, _: Draft, evidence: Evidence) -> list[Row] | None:
    """On the list of those who wait."""
    if not said.says("waitlist_noun") or said.sentence.is_question:
        return None
    is_claimed = said.has(Deed.BOOK, Deed.MAKE) or said.says("on_waitlist")
    return done(evidence, "waitlist") if is_claimed else None


def _called_back(said: Statement, _: Draft, evidence: Evidence) -> list[Row] | None:
    return done(evidence, "call_back") if said.says("call_noun") and said.has(Deed.MAKE, Deed.BOOK) else None


def _requested(said: Statement, _: Draft, evidence: Evidence) -> list[Row] | None:
    if not said.says("request_noun") or not (said.has(Deed.MAKE, Deed.BOOK) or _stands(said)):
        return None
    return [*done(evidence, "request", "call_back", "complaint"), *standing(evidence)]


def _moved(said: Statement, draft: Draft, evidence: Evidence) -> list[Row] | None:
    changed = [form for form in said.has(Deed.CHANGE) if said.near(form, "booking_noun") or said.near(form, "place_noun")]
    if not said.has(Deed.MOVE) and not changed and not said.says("moved_otherwise"):
        return None
    return done(evidence, "move") or (standing(evidence) if _is_dated(said, draft) else [])


def _cancelled(said: Statement, _: Draft, evidence: Evidence) -> list[Row] | None:
    removed = [
        form
        for form in said.has(Deed.REMOVE)
        if said.near(form, "booking_noun") or (form.said is not Said.STATE and said.near(form, "place_noun"))
    ]
    if said.has(Deed.CANCEL) or removed or said.says("cancelled_otherwise"):
        return cancelled(evidence)
    is_none_left = said.says("none_left") and not said.sentence.is_question
    return done(evidence, "cancel") if is_none_left and standing(evidence) else None


def _booked(said: Statement, draft: Draft, evidence: Evidence) -> list[Row] | None:
    made = [form for form in said.has(Deed.MAKE) if said.near(form, "booking_noun") or said.near(form, "place_noun")]
    made = [form for form in made if form.said is not Said.WILL or not said.says("people")]
    is_held = evidence.is_proposed and said.says("holding")
    if not said.has(Deed.BOOK) and (not made or is_held or pattern("time", "opening").search(said.sentence.lower)):
        return None
    return done(evidence, "book", "move") or (standing(evidence) if _is_dated(said, draft) or _are_states(said) else [])


def _stood(said: Statement, _: Draft, evidence: Evidence) -> list[Row] | None:
    """It is said of a booking or a place that it stands."""
    if not _stands(said) or (evidence.is_proposed and said.says("holding")):
        return None
    return standing(evidence)


def _expected(said: Statement, draft: Draft, evidence: Evidence) -> list[Row] | None:
    """«ждём вас завтра», «тогда завтра в полдень»: an appointment, not the opening hours."""
    lower = said.sentence.lower
    if said.sentence.is_question or pattern("time", "opening").search(lower):
        return None
    if said.says("waiting"):
        return standing(evidence)
    is_visit = said.says("visit") and (_is_dated(said, draft) or said.says("day"))
    is_settled = said.says("settled") and _begins_with_a_time(said, draft) and not pattern("time", "available").search(lower)
    return standing(evidence) if is_visit or is_settled else None


def _finished(said: Statement, _: Draft, evidence: Evidence) -> list[Row] | None:
    """«Готово.», «Подтверждено.», «Оформила.» after nothing was done."""
    if said.sentence.is_question or evidence.human_called or not (said.says("finished") or _is_report(said)):
        return None
    if said.has(Deed.CANCEL, Deed.REMOVE):
        return done(evidence, "cancel")
    return done(evidence, *{deed.kind for deed in evidence.deeds})


_CLAIMS: tuple[Callable[[Statement, Draft, Evidence], list[Row] | None], ...] = (
    _noted, _listed, _called_back, _requested, _moved, _cancelled, _booked, _stood, _expected, _finished,
)  # fmt: skip
_WHOLE = frozenset({_noted, _listed, _called_back, _requested, _moved, _cancelled})


def _is_report(said: Statement) -> bool:
    """Hardly more than the verb: what was done needs no naming."""
    words = len(said.sentence.lower.split())
    return words <= SHORT and any(form.said in {Said.DONE, Said.STATE} for form in said.forms)


def _stands(said: Statement) -> bool:
    """Not asked about, not denied, not put off until a yes."""
    lower = said.sentence.lower
    match = next((one for one in pattern("deed", "standing").finditer(lower) if not _is_denied(lower, one.start(), one.group())), None)
    if match is None or (said.sentence.is_question and not any(sign in lower[match.end() :] for sign in ",;\u2014\u2013")):
        return False
    will_be = pattern("words", "future").search(lower[: match.start()]) or pattern("words", "will_be").search(match.group())
    return not (will_be and pattern("deed", "will_condition").search(lower))


def _is_denied(lower: str, start: int, claim: str) -> bool:
    return pattern("words", "negation").search(lower[:start]) is not None or pattern("words", "not_inside").search(claim) is not None


def _is_dated(said: Statement, draft: Draft) -> bool:
    return bool(said.sentence.within(draft.dates) or said.sentence.within(draft.times))


def _are_states(said: Statement) -> bool:
    return all(form.said is Said.STATE for form in said.has(Deed.BOOK, Deed.MAKE))


def _begins_with_a_time(said: Statement, draft: Draft) -> bool:
    match = pattern("deed", "settled").match(said.sentence.lower)
    marks = [*said.sentence.within(draft.dates), *said.sentence.within(draft.times)]
    return match is not None and any(mark.start - said.sentence.start <= match.end() + 2 for mark in marks)
