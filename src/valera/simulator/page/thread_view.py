"""The chat as the messenger page shows it: bubbles, buttons, days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from valera.simulator.messenger.chat import find_chat
from valera.simulator.messenger.message import Message, list_messages
from valera.simulator.messenger.press import Press, list_presses
from valera.simulator.messenger.update import PRESS_SECONDS
from valera.simulator.page.rich_text import to_html
from valera.simulator.page.words import Words, local_time

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.telegram import Telegram

SHOWN_MESSAGES = 100
QUOTE_LENGTH = 80
DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Key:
    text: str
    data: str | None
    url: str | None
    is_pressed: bool
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class ReplyKey:
    """A key of the keyboard under the text field: it says its text or shares the phone."""

    text: str
    asks_contact: bool


@dataclass(frozen=True, slots=True)
class Bubble:
    """``day`` stands above the first message of a day."""

    id: int
    is_mine: bool
    html: Markup
    quote: str
    contact: dict[str, Any] | None
    keys: tuple[tuple[Key, ...], ...]
    sent_at: datetime
    is_edited: bool
    day: str


@dataclass(frozen=True, slots=True)
class ThreadView:
    bubbles: tuple[Bubble, ...]
    is_typing: bool
    is_blocked: bool
    keyboard: tuple[tuple[ReplyKey, ...], ...]


def view_thread(telegram: Telegram, bot: Bot, person: Person, words: Words) -> ThreadView:
    now = telegram.now()
    chat = find_chat(telegram.store, bot.id, person.id)
    messages = list_messages(telegram.store, bot.id, person.id, limit=SHOWN_MESSAGES)
    presses = list_presses(telegram.store, bot.id, person.id, since=now - DAY_SECONDS)
    texts = {message.message_id: message.content.text for message in messages}
    days = _days(messages, words, now)
    return ThreadView(
        bubbles=tuple(_bubble(message, day, texts, presses, now) for message, day in zip(messages, days, strict=True)),
        is_typing=chat is not None and chat.typing_until > now,
        is_blocked=chat is not None and chat.is_blocked,
        keyboard=_keyboard(chat.keyboard) if chat and chat.keyboard else (),
    )


def _days(messages: list[Message], words: Words, now: float) -> list[str]:
    today = local_time(now).date()
    named = [words.day(local_time(message.sent_at), today=today) for message in messages]
    return [day if index == 0 or named[index - 1] != day else "" for index, day in enumerate(named)]


def _bubble(message: Message, day: str, texts: dict[int, str], presses: list[Press], now: float) -> Bubble:
    content = message.content
    pressed = [press for press in presses if press.message_id == message.message_id]
    return Bubble(
        id=message.message_id,
        is_mine=not message.is_from_bot,
        html=to_html(content.text, content.entities),
        quote=texts.get(content.reply_to or 0, "")[:QUOTE_LENGTH],
        contact=content.contact,
        keys=tuple(tuple(_key(button, pressed, now) for button in row) for row in message.inline_keyboard),
        sent_at=local_time(message.sent_at),
        is_edited=message.edited_at is not None,
        day=day,
    )


def _key(button: dict[str, Any], pressed: list[Press], now: float) -> Key:
    data = button.get("callback_data")
    mine = [press for press in pressed if press.data == data]
    is_waiting = any(press.answered_at is None and press.pressed_at > now - PRESS_SECONDS for press in mine)
    return Key(button["text"], data, button.get("url"), bool(mine), is_waiting)


def _keyboard(markup: dict[str, Any]) -> tuple[tuple[ReplyKey, ...], ...]:
    return tuple(tuple(ReplyKey(key["text"], key.get("request_contact", False)) for key in row) for row in markup["keyboard"])
