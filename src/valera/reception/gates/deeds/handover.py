"""«передал менеджеру», «вам перезвонят», «сообщим, когда освободится»: somebody was really told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.gates.deeds.forms import Deed, Form, Said
from valera.reception.gates.reading.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from valera.reception.gates.evidence import Evidence
    from valera.reception.gates.reading.draft import Sentence

TOLD = ("human", "call_back", "complaint", "request")


def unfounded_handovers(sentence: Sentence, forms: tuple[Form, ...], evidence: Evidence) -> Iterator[str]:
    """``forms`` are the verbs of the sentence that claim something."""
    lower = sentence.lower
    is_open = sentence.is_question or pattern("deed", "will_condition").search(lower) is not None
    by_phone = pattern("deed", "by_phone").search(lower)
    if by_phone and not is_open and not evidence.did("call_back"):
        yield by_phone.group()
    if evidence.human_called or evidence.did(*TOLD):
        return
    alone = pattern("deed", "answer_alone").search(lower) or pattern("deed", "told_en").search(lower)
    if alone and not is_open:
        yield alone.group()
    if _passes_on(lower, forms):
        yield sentence.text
    is_remembered = evidence.committed and pattern("deed", "free_time").search(lower) is None
    if not evidence.did("waitlist") and not is_remembered and _will_be_told(sentence):
        yield sentence.text


def _passes_on(lower: str, forms: tuple[Form, ...]) -> bool:
    """Somebody of the shop was told, or will answer."""
    if any(form.kinds & {Deed.CALL_IN} and form.said in {Said.DONE, Said.NOW} for form in forms):
        return True
    answers = [form for form in forms if form.kinds & {Deed.ANSWER}]
    if answers and pattern("deed", "client").search(lower):
        return True
    if pattern("deed", "people").search(lower):
        booked = [form for form in forms if form.kinds & {Deed.BOOK, Deed.MOVE, Deed.CANCEL} and form.said is Said.WILL]
        passed = [form for form in forms if form.kinds & {Deed.HAND_OVER, Deed.CALL_IN}]
        return bool(answers or booked or passed or pattern("deed", "knows").search(lower))
    is_complaint = pattern("deed", "complaint_noun").search(lower) is not None
    return is_complaint and any(form.kinds & {Deed.MAKE, Deed.HAND_OVER, Deed.CALL_IN} for form in forms)


def _will_be_told(sentence: Sentence) -> bool:
    """A condition is no excuse here: nobody would remember it. Of a booking its reminders do, of free time the waitlist."""
    if sentence.is_question or pattern("deed", "notify").search(sentence.lower) is None:
        return False
    return pattern("deed", "notified").search(sentence.lower) is not None
