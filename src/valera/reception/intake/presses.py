"""A button takes effect here, by code; whoever is answering the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.accounts.account import get_account
from valera.reception import confirmation
from valera.reception.intake import queries
from valera.reception.intake.room import NOTHING, RawUpdate, Room, TakenIn

if TYPE_CHECKING:
    from valera.telegram.update import CallbackQuery


async def take_press(room: Room, raw: RawUpdate, press: CallbackQuery) -> TakenIn:
    """Presses in groups, and of buttons that carry nothing, are acknowledged and mean nothing."""
    if press.client is None or press.data is None or press.message is None:
        return NOTHING
    account = await get_account(room.tx)
    chat = await room.enter(press.message.chat.id, press.client)
    taken = await room.keep(chat, raw, confirmation.label(press.data, account.locale), telegram_message_id=None)
    if taken is None:
        return NOTHING
    await queries.update_pressed(room.tx, taken.id, data=press.data, under=press.message.message_id)
    room.has_spoken = True
    await confirmation.take_press(room.tx, account, chat, message_id=taken.id, data=press.data, now=room.clock.now())
    return TakenIn(has_delivery=True)
