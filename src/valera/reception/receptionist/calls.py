"""The telephone: a client who wants to be called is called by the shop's staff; what is missing for it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.reception.receptionist.conversation import Call, Refused
from valera.reception.receptionist.desk import Piece
from valera.reception.receptionist.hearing.wishes import Kind
from valera.reception.receptionist.memory import Open

if TYPE_CHECKING:
    from valera.reception.receptionist.desk import Desk, Task

ASK_PHONE = 45
LONGEST_QUOTE = 200


def wants_call(desk: Desk) -> bool:
    """Said now, or what was missing for it is told now."""
    heard = desk.heard
    if heard.wants(Kind.CALLBACK):
        return True
    if desk.memory.open is not Open.CALLBACK or heard.is_no:
        return False
    is_contact = desk.shop.client_phone_known and not heard.wishes and not heard.works
    return bool(heard.phone or heard.when) or is_contact


def request(desk: Desk) -> Task:
    """Tools: save_client for a name that was told, then request_callback."""
    heard, begun = desk.heard, desk.memory.callback or {}
    if heard.name:
        yield Call.of("save_client", name=heard.name)
    quote = begun.get("reason") or " ".join(heard.text.split())[:LONGEST_QUOTE]
    result = yield Call.of(
        "request_callback", when=heard.when or begun.get("when"), phone=heard.phone or begun.get("phone"), reason=quote or None
    )
    if isinstance(result, Refused):
        return [Piece(question=result.sentence, weight=ASK_PHONE)]
    return [Piece(str(result["committed"]["text"]))]
