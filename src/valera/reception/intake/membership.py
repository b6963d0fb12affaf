"""The bot's place in a chat changed: a client blocked or unblocked it, a group took it in or put it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.clients.client import set_reachable

if TYPE_CHECKING:
    from valera.reception.intake.room import Room
    from valera.telegram.update import ChatMemberUpdated

GONE = frozenset({"kicked", "left"})


async def take_membership(room: Room, change: ChatMemberUpdated) -> None:
    """What waits for a client who blocked the bot is left alone: if Telegram still refuses it when its turn comes, it has failed.

    In a group nobody is a client, nothing is said and nothing is shown; that the bot is there is kept for the team.
    """
    is_gone = change.new_chat_member.status in GONE
    if change.chat.type == "private":
        if await set_reachable(room.tx, telegram_user_id=change.sender.id, is_reachable=not is_gone):
            await track(room.tx, EventType.BLOCKED if is_gone else EventType.UNBLOCKED, {"bot": room.bot_id})
        return
    event = EventType.LEFT_GROUP if is_gone else EventType.JOINED_GROUP
    where = {"bot": room.bot_id, "telegram_chat": change.chat.id, "type": change.chat.type, "status": change.new_chat_member.status}
    await track(room.tx, event, where)
