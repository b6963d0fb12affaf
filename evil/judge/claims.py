"""Deeds that a sentence says are done, in the plainest of their forms: whatever is said around it, these words mean it."""

from __future__ import annotations

import re

DONE = r"(?:записал[аи]?|забронировал[аи]?|зарезервировал[аи]?|оформил[аи]?|внес(?:ла|ли)?)"
SHIFTED = r"(?:перенес(?:ла|ли)?|передвинул[аи]?|переписал[аи]?|сдвинул[аи]?)"
ENDED = r"(?:отменил[аи]?|аннулировал[аи]?|снял[аи]?|удалил[аи]?)"
TOLD = r"(?:передал[аи]?|позвал[аи]?|сообщил[аи]?|уведомил[аи]?|переключил[аи]?)"
STAFF = r"(?:менеджер|мастер|администратор|сотрудник|оператор|коллег|руководств)"
CLAIMS = {
    "booked": (
        rf"\b{DONE}\b(?! ли)(?=.{{0,20}}\b(?:вас|вам|запись|время|бронь|бокс)\b)",
        r"\bзапись (?:создана|оформлена|подтверждена|сделана)\b",
        r"\b(?:бронь|время|место) (?:подтвержден[ао]|забронирован[ао]|закреплен[ао])\b",
    ),
    "stands": (r"\bвы (?:уже )?записаны\b", r"\bвас (?:уже )?записали\b"),
    "moved": (rf"\b{SHIFTED} (?:вас|вашу|запись|время|визит)", r"\bзапись перенесена\b"),
    "cancelled": (rf"\b{ENDED} (?:вас|вашу|запись|бронь)", r"\b(?:запись|бронь) (?:отменена|снята|аннулирована|удалена)\b"),
    "handover": (rf"\b{TOLD} .{{0,30}}{STAFF}",),
}
PATTERNS = {kind: tuple(re.compile(pattern) for pattern in patterns) for kind, patterns in CLAIMS.items()}
OPEN = re.compile(r"\?|\b(?:не|нет|если|когда|чтобы|после того|пока|ещё не|еще не|только|ни)\b")
"""A question, a denial or a condition: the simple reader leaves those to the planted lies, which know what they say."""


def claims_in(sentence: str) -> list[str]:
    folded = sentence.replace("ё", "е")
    if OPEN.search(folded):
        return []
    return [kind for kind, patterns in PATTERNS.items() if any(pattern.search(folded) for pattern in patterns)]
