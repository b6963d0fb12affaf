"""What a model is told of how much it may do by itself, and of what a member of the team wants it to say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from valera.kit.phrases import Phrases
from valera.reception.autonomy import Autonomy

if TYPE_CHECKING:
    from valera.chats.drafting import Hint
    from valera.reception.briefing.prompt import Instructions

PHRASES = Phrases.load("valera.reception")


def of_autonomy(instructions: Instructions, autonomy: Autonomy, hint: Hint | None, *, locale: str) -> Instructions:
    """Behind everything else: it is different for each turn."""
    more = [PHRASES.say(locale, "only_requests")] if autonomy == Autonomy.REQUESTS else []
    if hint is not None:
        more.append(PHRASES.say(locale, "hinted", hint=hint.hint, draft=hint.draft))
    return replace(instructions, changing="\n\n".join([instructions.changing, *more])) if more else instructions
