"""A client corrected a message. Before it is answered, the answer is for what stands there now; afterwards the team is told.

It counts as answered with the commit of the answer, which leaves in the same moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.chats import queries as chat_queries
from valera.chats.chat import Status
from valera.reception.intake import queries
from valera.reception.intake.messages import content_of, take_message
from valera.reception.intake.room import NOTHING, RawUpdate, Room, TakenIn
from valera.telegram.files.attachment import want_files

if TYPE_CHECKING:
    from valera.telegram.update import Message, User

NOTE = "edited"


@dataclass(frozen=True, slots=True)
class Edited:
    """``is_changed``: its words or files are others than before; Telegram also tells of changes that nobody sees."""

    id: int
    turn_id: int | None
    is_changed: bool
    has_new_files: bool


async def take_edit(room: Room, raw: RawUpdate, message: Message, sender: User) -> TakenIn:
    """An edit of a message that never arrived is its first version for us."""
    if room.chat is None:
        return await take_message(room, raw, message, sender)
    chat, tx = room.chat, room.tx
    edited = await chat_queries.update_edited(
        tx, Edited, chat_id=chat.id, telegram_message_id=message.message_id, content=message.words, attachments=content_of(raw, message)
    )
    if edited is None:
        return await take_message(room, raw, message, sender)
    if not edited.is_changed:
        return NOTHING
    if edited.has_new_files and (files := message.files()):
        await want_files(tx, edited.id, files)
    if edited.turn_id is not None:
        await chat_queries.insert_note_once(tx, chat_id=chat.id, content=NOTE)
        await track(tx, EventType.EDITED_AFTER_ANSWER, {"chat": chat.id, "message": edited.id})
    elif chat.status != Status.HUMAN and (room.is_tester or not raw.is_stranger):
        due_in = await queries.answer_anew(tx, chat_id=chat.id, received_at=raw.received_at, quiet=room.settling.quiet)
        return TakenIn(turn_in=due_in, has_files=edited.has_new_files)
    return TakenIn(has_files=edited.has_new_files)
