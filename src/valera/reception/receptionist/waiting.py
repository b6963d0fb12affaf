"""The waitlist: a client who wants that very time, though it is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.receptionist import slots
from valera.reception.receptionist.conversation import Call, Refused
from valera.reception.receptionist.desk import Piece

if TYPE_CHECKING:
    from valera.reception.receptionist.desk import Desk, Task


def join(desk: Desk) -> Task:
    """Tool: join_waitlist, for the time that is named, else for the one that was looked for last. Where there is nothing to wait for, the
    times are looked up instead.
    """
    when = desk.heard.when or str((desk.memory.searched or {}).get("when") or "")
    if not when:
        return [Piece(question=desk.say("ask_when"), weight=slots.ASK_WHEN)]
    result = yield Call.of("join_waitlist", when=when[: slots.LONGEST_WORDS], service=slots.service_of(desk))
    if isinstance(result, Refused):
        return (yield from slots.book(desk))
    return [Piece(str(result["committed"]["text"]))]


def leave(_desk: Desk) -> Task:
    """Tool: leave_waitlist."""
    result = yield Call.of("leave_waitlist")
    return [Piece(result.sentence if isinstance(result, Refused) else str(result["committed"]["text"]))]
