"""How long a work takes, and when it will be ready."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from valera.bookings.telling.wording import say_duration
from valera.reception.receptionist.conversation import Call, Refused
from valera.reception.receptionist.desk import Piece
from valera.reception.receptionist.slots import ASK_WHEN, service_of

if TYPE_CHECKING:
    from valera.reception.receptionist.desk import Desk, Task


def how_long(desk: Desk) -> Task:
    """How long the work takes, which is what a slot for it lasts. Tool: find_slots."""
    result = yield Call.of("find_slots", when=desk.heard.when or None, service=service_of(desk))
    if isinstance(result, Refused):
        return [Piece(result.sentence, desk.say("offer_human"), ASK_WHEN)]
    return [
        Piece(
            desk.say("takes", duration=say_duration(timedelta(minutes=result["duration_minutes"]), desk.shop.locale)),
            desk.say("shall_book"),
            ASK_WHEN,
        )
    ]


def tell_deadline(desk: Desk) -> Task:
    """When it will be ready is the master's to promise; how long the work takes is known. Tool, for a known work: find_slots."""
    lines = [desk.say("deadline")]
    if service := service_of(desk):
        result = yield Call.of("find_slots", service=service)
        if isinstance(result, dict):
            duration = timedelta(minutes=result["duration_minutes"])
            lines.insert(0, desk.say("takes", duration=say_duration(duration, desk.shop.locale)))
    return [Piece(" ".join(lines), desk.say("offer_human"), ASK_WHEN)]
