"""The chat as the messenger page shows it: bubbles, buttons, days, what the bot is at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from valera.simulator.messenger.chat import find_chat
from valera.simulator.messenger.draft import Draft, find_draft
from valera.simulator.messenger.message import MEDIA, list_messages
from valera.simulator.messenger.press import Press, list_presses
from valera.simulator.messenger.profile import commands_for
from valera.simulator.messenger.updates.queue import PRESS_SECONDS
from valera.simulator.page.rich_text import to_html
from valera.simulator.page.words import Words, local_time

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from valera.simulator.messenger.message import Message
    from valera.simulator.messenger.telegram import Telegram
    from valera.simulator.page.place import Place

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
class Medium:
    """``address`` is where the page gets it; empty for what has no file, or one too large to be kept."""

    kind: str
    address: str = ""
    title: str = ""
    note: str = ""
    is_wide: bool = True


@dataclass(frozen=True, slots=True)
class Bubble:
    """``day`` stands above the first message of a day. An album is one bubble with several media; it bears the id of its first message."""

    id: int
    is_mine: bool
    html: Markup
    quote: str
    forwarded: str
    contact: dict[str, Any] | None
    media: tuple[Medium, ...]
    keys: tuple[tuple[Key, ...], ...]
    sent_at: datetime
    is_edited: bool
    is_editable: bool
    day: str = ""


@dataclass(frozen=True, slots=True)
class ThreadView:
    bubbles: tuple[Bubble, ...]
    action: str
    draft: Draft | None
    draft_html: Markup | None
    is_blocked: bool
    keyboard: tuple[tuple[ReplyKey, ...], ...]
    commands: tuple[dict[str, Any], ...]

    @property
    def is_typing(self) -> bool:
        return bool(self.action)


def view_thread(telegram: Telegram, place: Place) -> ThreadView:
    """``place`` has a bot and a person."""
    assert place.bot is not None, "there is no thread without a bot"
    assert place.person is not None, "there is no thread without a person"
    bot, person, now = place.bot, place.person, telegram.now()
    chat = find_chat(telegram.store, bot.id, person.id)
    messages = list_messages(telegram.store, bot.id, person.id, limit=SHOWN_MESSAGES)
    presses = list_presses(telegram.store, bot.id, person.id, since=now - DAY_SECONDS)
    draft = find_draft(telegram.store, bot.id, person.id, now=now)
    return ThreadView(
        bubbles=_bubbles(messages, presses, place, now),
        action=chat.action if chat is not None and chat.typing_until > now else "",
        draft=draft,
        draft_html=to_html(draft.text, draft.entities) if draft else None,
        is_blocked=chat is not None and chat.is_blocked,
        keyboard=_keyboard(chat.keyboard) if chat and chat.keyboard else (),
        commands=tuple(commands_for(telegram.store, bot.id, person)),
    )


def summary(text: str, extra: dict[str, Any], words: Words) -> str:
    """A message in one line: its text, or what it is."""
    kind = next((kind for kind in MEDIA if kind in extra), "")
    name = words(f"medium.{kind}") if kind else ""
    return ": ".join(part for part in (name, text[:QUOTE_LENGTH]) if part)


def _bubbles(messages: list[Message], presses: list[Press], place: Place, now: float) -> tuple[Bubble, ...]:
    said = {message.message_id: summary(message.content.text, message.content.extra, place.words) for message in messages}
    today, shown, day = local_time(now).date(), list[Bubble](), ""
    for pieces in _albums(messages):
        first = pieces[0]
        named = place.words.day(local_time(first.sent_at), today=today)
        bubble = _bubble(pieces, place, quote=said.get(first.content.reply_to or 0, ""), keys=_keys(first, presses, now))
        shown.append(replace(bubble, day="" if named == day else named))
        day = named
    return tuple(shown)


def _albums(messages: list[Message]) -> list[list[Message]]:
    """Neighbours with the same ``media_group_id`` together."""
    groups: list[list[Message]] = []
    for message in messages:
        group = message.content.extra.get("media_group_id")
        if groups and group and groups[-1][0].content.extra.get("media_group_id") == group:
            groups[-1].append(message)
        else:
            groups.append([message])
    return groups


def _bubble(pieces: list[Message], place: Place, *, quote: str, keys: tuple[tuple[Key, ...], ...]) -> Bubble:
    first = pieces[0]
    spoken = next((piece for piece in pieces if piece.content.text), first)
    origin = first.content.extra.get("forward_origin")
    return Bubble(
        id=first.message_id,
        is_mine=not first.is_from_bot,
        html=to_html(spoken.content.text, spoken.content.entities),
        quote=quote,
        forwarded=_author(origin) if origin else "",
        contact=first.content.extra.get("contact"),
        media=tuple(medium for piece in pieces for medium in _media(piece.content.extra, place)),
        keys=keys,
        sent_at=local_time(first.sent_at),
        is_edited=any(piece.edited_at is not None for piece in pieces),
        is_editable=not first.is_from_bot and not origin and bool(spoken.content.text) and spoken is first,
    )


def _media(extra: dict[str, Any], place: Place) -> list[Medium]:
    words = place.words

    def at(file: dict[str, Any]) -> str:
        return place.part(f"files/{file['file_unique_id']}")

    for kind in ("photo", "voice", "video", "video_note", "audio", "document", "sticker", "location"):
        given = extra.get(kind)
        match kind:
            case _ if given is None:
                continue
            case "photo":
                return [Medium(kind, at(given[-1]), words("medium.photo"), is_wide=given[-1]["width"] >= given[-1]["height"])]
            case "location":
                return [Medium(kind, title=words("medium.location"), note=f"{given['latitude']:.4f}, {given['longitude']:.4f}")]
            case "sticker":
                return [Medium(kind, title=given.get("emoji", ""))]
            case "document" | "audio":
                return [Medium(kind, at(given), given.get("file_name", ""), words.size(given["file_size"]))]
            case _:
                seconds = given.get("duration", 0)
                return [Medium(kind, at(given), words(f"medium.{kind}"), f"{seconds // 60}:{seconds % 60:02}")]
    return []


def _author(origin: dict[str, Any]) -> str:
    return origin.get("sender_user_name") or origin.get("sender_user", {}).get("first_name", "")


def _keys(message: Message, presses: list[Press], now: float) -> tuple[tuple[Key, ...], ...]:
    pressed = [press for press in presses if press.message_id == message.message_id]
    return tuple(tuple(_key(button, pressed, now) for button in row) for row in message.inline_keyboard)


def _key(button: dict[str, Any], pressed: list[Press], now: float) -> Key:
    data = button.get("callback_data")
    mine = [press for press in pressed if press.data == data]
    is_waiting = any(press.answered_at is None and press.pressed_at > now - PRESS_SECONDS for press in mine)
    return Key(button["text"], data, button.get("url"), bool(mine), is_waiting)


def _keyboard(markup: dict[str, Any]) -> tuple[tuple[ReplyKey, ...], ...]:
    return tuple(tuple(ReplyKey(key["text"], key.get("request_contact", False)) for key in row) for row in markup["keyboard"])
