"""How anything that a person sends gets into a chat, and to the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.kit.errors import Conflict, Forbidden, NotFound
from valera.simulator.messenger.chat import begin_chat, set_keyboard
from valera.simulator.messenger.group import Group, GroupKind, Peer
from valera.simulator.messenger.message import Content, Message, find_message, insert_message

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.chat import Chat
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.telegram import Telegram

COMMAND = "bot_command"


class BotIsBlocked(Conflict):
    """The person has to unblock the bot first."""


class GroupIsClosed(Forbidden):
    """Nobody writes there: the group became a supergroup, or it is a channel."""


@dataclass(frozen=True, slots=True)
class Sent:
    """``update_id`` is None if the bot does not want updates of this kind, or does not get to see this one."""

    message_id: int
    update_id: int | None


def send(telegram: Telegram, bot: Bot, person: Person, content: Content, *, to: Group | None = None) -> Sent:
    """One message, to the bot itself or to a group that it may be in."""
    return send_all(telegram, bot, person, [content], to=to)[0]


def send_all(telegram: Telegram, bot: Bot, person: Person, contents: list[Content], *, to: Group | None = None) -> list[Sent]:
    """Several at the same moment, as an album is sent."""
    with telegram.store.transaction():
        chat = writable_chat(telegram, bot, to or person)
        now = telegram.now()
        messages = [insert_message(telegram.store, bot, chat.id, content, sender_id=person.id, now=now) for content in contents]
        _put_keyboard_away(telegram, chat)
        rendered = [telegram.rendered(message, bot) for message in messages]
        update_ids = [
            telegram.tell_bot(bot, "message", shown, by=chat.id) if to is None or is_seen(telegram, bot, to, message) else None
            for message, shown in zip(messages, rendered, strict=True)
        ]
    telegram.wake(bot.id)
    for shown in rendered:
        telegram.tell_watchers(bot, chat.id, "message", shown)
    return [Sent(message.message_id, update_id) for message, update_id in zip(messages, update_ids, strict=True)]


def writable_chat(telegram: Telegram, bot: Bot, peer: Peer) -> Chat:
    """Raises BotIsBlocked or GroupIsClosed."""
    if isinstance(peer, Group) and (peer.migrated_to is not None or peer.kind is GroupKind.CHANNEL):
        raise GroupIsClosed("Nobody can write in this group: it became a supergroup, or it is a channel.")
    chat = begin_chat(telegram.store, bot.id, peer.id)
    if chat.is_blocked:
        raise BotIsBlocked("This person has blocked the bot.")
    return chat


def is_seen(telegram: Telegram, bot: Bot, group: Group, message: Message) -> bool:
    """A bot that is no administrator sees commands, its name, and answers to itself: Telegram's privacy mode."""
    if group.status == "administrator" or not group.has_bot:
        return group.has_bot
    content = message.content
    if any(entity["type"] == COMMAND for entity in content.entities) or f"@{bot.username}".lower() in content.text.lower():
        return True
    answered = find_message(telegram.store, bot.id, group.id, content.reply_to) if content.reply_to else None
    return answered is not None and answered.is_from_bot


def known_message(telegram: Telegram, bot: Bot, chat_id: int, message_id: int) -> Message:
    message = find_message(telegram.store, bot.id, chat_id, message_id)
    if message is None:
        raise NotFound("There is no such message in this chat.")
    return message


def _put_keyboard_away(telegram: Telegram, chat: Chat) -> None:
    """A one-time keyboard leaves with the next message."""
    if chat.keyboard is not None and chat.keyboard.get("one_time_keyboard"):
        set_keyboard(telegram.store, chat, None)
