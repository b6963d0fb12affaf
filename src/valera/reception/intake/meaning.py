"""What each kind of update means, carried out: the table of `telegram.update_kinds`, in code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.reception.intake.edits import take_edit
from valera.reception.intake.membership import take_membership
from valera.reception.intake.messages import take_message
from valera.reception.intake.presses import take_press
from valera.reception.intake.room import NOTHING, RawUpdate, Room, TakenIn
from valera.telegram.update_kinds import UPDATE_KINDS, Meaning

if TYPE_CHECKING:
    from valera.telegram.update import Update


async def take_update(room: Room, raw: RawUpdate, update: Update) -> TakenIn:
    """Every update is stored raw before it comes here: what is ignored, and what nobody knows yet, has no other trace."""
    person = update.client
    if update.message is not None:
        return await take_message(room, raw, update.message, person) if person is not None else NOTHING
    if update.edited_message is not None:
        return await take_edit(room, raw, update.edited_message, person) if person is not None else NOTHING
    if update.callback_query is not None:
        return await take_press(room, raw, update.callback_query)
    if update.my_chat_member is not None:
        await take_membership(room, update.my_chat_member)
    elif (kind := UPDATE_KINDS.get(raw.kind)) is not None and kind.meaning is Meaning.STORED:
        await track(room.tx, EventType.UPDATE_KEPT, {"kind": raw.kind, "bot": room.bot_id, "update": raw.update_id})
    return NOTHING
