"""What a person does in the messenger: write, press, share the phone, block. Each becomes an update for the bot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from valera.kit.errors import Conflict, Invalid, NotFound
from valera.simulator.messenger.chat import begin_chat, find_chat, set_blocked, set_keyboard
from valera.simulator.messenger.message import Content, Message, find_message, insert_message
from valera.simulator.messenger.press import insert_press

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.chat import Chat
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.telegram import Telegram

MAX_TYPED = 4096  # characters; the client app cuts longer texts into several messages
_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]+)?(?=\s|\Z)")
_SURROGATE = re.compile("[\ud800-\udfff]")


class BotIsBlocked(Conflict):
    """The person has to unblock the bot first."""


class ButtonNotFound(NotFound):
    """There is no such message, or it has no such button (any more)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """``update_id`` is None if the bot does not want updates of this kind."""

    message_id: int
    update_id: int | None


@dataclass(frozen=True, slots=True)
class Pressed:
    callback_query_id: str
    update_id: int | None


def write(telegram: Telegram, bot: Bot, person: Person, text: str, *, reply_to: int | None = None) -> Sent:
    if _SURROGATE.search(text):
        raise Invalid("The text holds half of a surrogate pair.")
    kept = text.replace("\0", "").strip()
    if not kept:
        raise Invalid("The text is empty.")
    if len(kept) > MAX_TYPED:
        raise Invalid(f"A message is at most {MAX_TYPED} characters long.")
    command = _COMMAND.match(kept)
    entities = ({"type": "bot_command", "offset": 0, "length": command.end()},) if command else ()
    return _send(telegram, bot, person, Content(kept, entities, reply_to=_known(telegram, bot, person, reply_to)))


def share_contact(telegram: Telegram, bot: Bot, person: Person) -> Sent:
    """The person's own phone, as by the button with request_contact."""
    names = {"first_name": person.first_name} | ({"last_name": person.last_name} if person.last_name else {})
    return _send(telegram, bot, person, Content(contact={"phone_number": person.phone, **names, "user_id": person.id}))


def press(telegram: Telegram, bot: Bot, person: Person, *, message_id: int, data: str) -> Pressed:
    message = find_message(telegram.store, bot.id, person.id, message_id)
    if message is None or not message.is_from_bot or not message.offers(data):
        raise ButtonNotFound("This message has no such button.")
    _writable_chat(telegram, bot, person)
    with telegram.store.transaction():
        pressed = insert_press(telegram.store, message, data, now=telegram.now())
        query = {
            "id": pressed.id,
            "from": person.to_user(),
            "message": telegram.rendered(message, bot, person),
            "chat_instance": str((bot.id << 32) ^ person.id),
            "data": data,
        }
        update_id = telegram.tell_bot(bot, person, "callback_query", query)
    telegram.sender.wake(bot.id)
    telegram.tell_watchers(bot, person, "pressed", {"callback_query_id": pressed.id, "message_id": message_id, "data": data})
    return Pressed(pressed.id, update_id)


def block(telegram: Telegram, bot: Bot, person: Person) -> None:
    _change_membership(telegram, bot, person, is_blocked=True)


def unblock(telegram: Telegram, bot: Bot, person: Person) -> None:
    _change_membership(telegram, bot, person, is_blocked=False)


def _send(telegram: Telegram, bot: Bot, person: Person, content: Content) -> Sent:
    with telegram.store.transaction():
        chat = _writable_chat(telegram, bot, person)
        message = insert_message(telegram.store, bot, person, content, is_from_bot=False, now=telegram.now())
        _put_keyboard_away(telegram, chat)
        rendered = telegram.rendered(message, bot, person)
        update_id = telegram.tell_bot(bot, person, "message", rendered)
    telegram.sender.wake(bot.id)
    telegram.tell_watchers(bot, person, "message", rendered)
    return Sent(message.message_id, update_id)


def _writable_chat(telegram: Telegram, bot: Bot, person: Person) -> Chat:
    chat = begin_chat(telegram.store, bot.id, person.id)
    if chat.is_blocked:
        raise BotIsBlocked("This person has blocked the bot.")
    return chat


def _put_keyboard_away(telegram: Telegram, chat: Chat) -> None:
    """A one-time keyboard leaves with the next message."""
    if chat.keyboard is not None and chat.keyboard.get("one_time_keyboard"):
        set_keyboard(telegram.store, chat, None)


def _known(telegram: Telegram, bot: Bot, person: Person, message_id: int | None) -> int | None:
    if message_id is None:
        return None
    answered: Message | None = find_message(telegram.store, bot.id, person.id, message_id)
    if answered is None:
        raise NotFound("The message to answer is not in this chat.")
    return message_id


def _change_membership(telegram: Telegram, bot: Bot, person: Person, *, is_blocked: bool) -> None:
    chat = find_chat(telegram.store, bot.id, person.id)
    if chat is None or chat.is_blocked == is_blocked:
        return
    statuses = ("member", "kicked") if is_blocked else ("kicked", "member")
    with telegram.store.transaction():
        set_blocked(telegram.store, chat, at=telegram.now() if is_blocked else None)
        telegram.tell_bot(bot, person, "my_chat_member", _membership(telegram, bot, person, statuses))
    telegram.sender.wake(bot.id)
    telegram.tell_watchers(bot, person, "blocked", {"is_blocked": is_blocked})


def _membership(telegram: Telegram, bot: Bot, person: Person, statuses: tuple[str, str]) -> dict[str, Any]:
    old, new = ({"user": bot.to_user(), "status": status} | ({"until_date": 0} if status == "kicked" else {}) for status in statuses)
    return {"chat": person.to_chat(), "from": person.to_user(), "date": int(telegram.now()), "old_chat_member": old, "new_chat_member": new}
