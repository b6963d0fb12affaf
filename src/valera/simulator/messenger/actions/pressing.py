"""Buttons under messages, reactions to them, and the button that stops a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from valera.kit.errors import NotFound
from valera.simulator.messenger.actions.sending import known_message, writable_chat
from valera.simulator.messenger.draft import drop_draft, find_draft
from valera.simulator.messenger.press import insert_press

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.group import Group
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.telegram import Telegram


class ButtonNotFound(NotFound):
    """There is no such message, or it has no such button (any more)."""


@dataclass(frozen=True, slots=True)
class Pressed:
    callback_query_id: str
    update_id: int | None


def press(telegram: Telegram, bot: Bot, person: Person, *, message_id: int, data: str, within: Group | None = None) -> Pressed:
    chat_id = within.id if within else person.id
    try:
        message = known_message(telegram, bot, chat_id, message_id)
    except NotFound:
        raise ButtonNotFound("This message has no such button.") from None
    if not message.is_from_bot or not message.offers(data):
        raise ButtonNotFound("This message has no such button.")
    writable_chat(telegram, bot, within or person)
    with telegram.store.transaction():
        pressed = insert_press(telegram.store, message, person, data, now=telegram.now())
        query = {
            "id": pressed.id,
            "from": person.to_user(),
            "message": telegram.rendered(message, bot),
            "chat_instance": str((bot.id << 32) ^ abs(chat_id)),
            "data": data,
        }
        update_id = telegram.tell_bot(bot, "callback_query", query, by=person.id)
    telegram.wake(bot.id)
    telegram.tell_watchers(bot, chat_id, "pressed", {"callback_query_id": pressed.id, "message_id": message_id, "data": data})
    return Pressed(pressed.id, update_id)


def react(telegram: Telegram, bot: Bot, person: Person, *, message_id: int, emoji: str) -> int | None:
    """Sets the person's reaction; empty takes it away. The bot hears of it only if it asked for message_reaction by name."""
    message = known_message(telegram, bot, person.id, message_id)
    reaction: list[dict[str, Any]] = [{"type": "emoji", "emoji": emoji}] if emoji else []
    update = {
        "chat": person.to_chat(),
        "message_id": message.message_id,
        "user": person.to_user(),
        "date": int(telegram.now()),
        "old_reaction": [],
        "new_reaction": reaction,
    }
    with telegram.store.transaction():
        update_id = telegram.tell_bot(bot, "message_reaction", update, by=person.id)
    telegram.wake(bot.id)
    return update_id


def stop_draft(telegram: Telegram, bot: Bot, person: Person) -> None:
    """The person will not read more of it. Raises NotFound where there is no draft, or none with such a button."""
    draft = find_draft(telegram.store, bot.id, person.id, now=telegram.now())
    if draft is None or not draft.can_stop:
        raise NotFound("There is no draft that can be stopped.")
    with telegram.store.transaction():
        drop_draft(telegram.store, bot.id, person.id)
        update = {"chat": person.to_chat(), "draft_id": draft.draft_id}
        telegram.tell_bot(bot, "stopped_message_generation", update, by=person.id)
    telegram.wake(bot.id)
    telegram.tell_watchers(bot, person.id, "draft", {"draft_id": draft.draft_id, "text": None})
