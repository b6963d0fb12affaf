"""The first words of a dialogue: which shop this is. A client who returns is known. That an assistant speaks, code has said already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from valera.reception.briefing.tone import Length, Manner
from valera.reception.receptionist.hearing.wishes import Kind

if TYPE_CHECKING:
    from valera.reception.receptionist.desk import Desk

PLAIN_NAME = re.compile(r"[^\W\d_]{2,20}(?:[ -][^\W\d_]{2,20})?")


def greet(desk: Desk) -> str:
    """Once a dialogue in full; a client who greets again is greeted back."""
    if not desk.is_first:
        return desk.say("greeting.again") if desk.heard.wants(Kind.GREETING) else ""
    name = desk.shop.client_name if PLAIN_NAME.fullmatch(desk.shop.client_name) else ""
    warm = "warm_" if Manner.WARM in desk.shop.tone else ""
    hello = desk.say(f"greeting.{warm}by_name", name=name) if name else desk.say(f"greeting.{warm}hello")
    known = desk.say("greeting.car", car=desk.shop.client_car) if desk.shop.client_car and not desk.heard.car else ""
    return " ".join(filter(None, [hello, desk.say("greeting.shop", shop=desk.shop.name), known, *_more(desk)]))


def _more(desk: Desk) -> list[str]:
    """Where and when, for shops that want to be detailed."""
    if Length.DETAILED not in desk.shop.tone:
        return []
    told = {"address": desk.shop.address, "hours": desk.shop.hours}
    return [desk.say(key, **{key: value}) for key, value in told.items() if value]
