"""One person's chat with one bot: everything that a person does there, and what happens in it."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from litestar import delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import ServerSentEvent, ServerSentEventMessage

from valera.kit.errors import Invalid
from valera.simulator.messenger.actions import media, membership, pressing, writing
from valera.simulator.messenger.actions.media import MAX_ALBUM, Item
from valera.simulator.messenger.actions.pressing import Pressed
from valera.simulator.messenger.actions.sending import Sent
from valera.simulator.messenger.chat import find_chat
from valera.simulator.messenger.draft import find_draft
from valera.simulator.messenger.events import Event, heard
from valera.simulator.messenger.files.medium import LARGEST_SIZE, MediumKind, Upload
from valera.simulator.messenger.message import list_messages
from valera.simulator.messenger.profile import commands_for, menu_button_for
from valera.simulator.server.provided import TheBot, ThePerson, TheTelegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

RETRY_MILLISECONDS = 1500
LARGEST_ID = (1 << 63) - 1
MAX_MEDIA = 72 << 20
MAX_SECONDS = 3600

CHAT = "/bots/{bot_id:int}/people/{person_id:int}"


class Written(msgspec.Struct):
    text: str
    reply_to: int | None = None


class Button(msgspec.Struct):
    message_id: int
    data: str


class Started(msgspec.Struct):
    payload: str = ""


class Medium(msgspec.Struct):
    """``body`` is base64; without one a sample is sent. ``size``: what the file is said to weigh, to play large ones."""

    kind: MediumKind
    caption: str = ""
    body: str = ""
    name: str = ""
    mime_type: str = ""
    size: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_SIZE)] | None = None
    seconds: Annotated[int, msgspec.Meta(ge=1, le=MAX_SECONDS)] = 3


class Media(msgspec.Struct):
    """One item is a message, two to ten are an album."""

    items: Annotated[list[Medium], msgspec.Meta(min_length=1, max_length=MAX_ALBUM)]
    reply_to: int | None = None


class Contact(msgspec.Struct):
    """Without a phone: the person's own, as the button with request_contact shares it."""

    phone_number: str = ""
    first_name: str = ""
    user_id: int | None = None


class Place(msgspec.Struct):
    latitude: float
    longitude: float


class Forwarded(msgspec.Struct):
    """``message_id`` of this chat, or somebody's ``text``."""

    message_id: int | None = None
    text: str = ""
    author: str = ""


class Reacted(msgspec.Struct):
    message_id: int
    emoji: str = ""


@get(f"{CHAT}/messages", sync_to_thread=False)
def get_messages(telegram: TheTelegram, bot: TheBot, whom: ThePerson, after: FromQuery[int] = 0) -> dict[str, Any]:
    """Messages with a greater id than ``after``, oldest first, and how the chat stands."""
    now = telegram.now()
    chat = find_chat(telegram.store, bot.id, whom.id)
    draft = find_draft(telegram.store, bot.id, whom.id, now=now)
    messages = list_messages(telegram.store, bot.id, whom.id, after=min(max(after, 0), LARGEST_ID))
    is_typing = chat is not None and chat.typing_until > now
    return {
        "messages": [telegram.rendered(message, bot) for message in messages],
        "is_typing": is_typing,
        "action": chat.action if chat and is_typing else None,
        "draft": draft.tell(now) if draft else None,
        "is_blocked": chat is not None and chat.is_blocked,
        "keyboard": chat.keyboard if chat else None,
    }


@get(f"{CHAT}/menu", sync_to_thread=False)
def get_menu(telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> dict[str, Any]:
    """The commands and the button beside the text field, as this person sees them."""
    return {"commands": commands_for(telegram.store, bot.id, whom), "button": menu_button_for(telegram.store, bot.id, whom)}


@post(f"{CHAT}/messages", sync_to_thread=False)
def post_message(telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: JSONBody[Written]) -> Sent:
    return writing.write(telegram, bot, whom, data.text, reply_to=data.reply_to)


@patch(f"{CHAT}/messages/{{message_id:int}}", sync_to_thread=False)
def patch_message(telegram: TheTelegram, bot: TheBot, whom: ThePerson, message_id: FromPath[int], data: JSONBody[Written]) -> Sent:
    return writing.edit(telegram, bot, whom, _id(message_id), data.text)


@delete(f"{CHAT}/messages/{{message_id:int}}", sync_to_thread=False)
def delete_message(telegram: TheTelegram, bot: TheBot, whom: ThePerson, message_id: FromPath[int]) -> None:
    """For this person only; the bot is told nothing."""
    writing.delete_for_oneself(telegram, bot, whom, _id(message_id))


@post(f"{CHAT}/start", sync_to_thread=False)
def post_start(telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: JSONBody[Started]) -> Sent:
    return writing.start(telegram, bot, whom, data.payload)


@post(f"{CHAT}/media", sync_to_thread=False, request_max_body_size=MAX_MEDIA)
def post_media(telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: JSONBody[Media]) -> list[Sent]:
    return media.send_media(telegram, bot, whom, [_item(item, number) for number, item in enumerate(data.items)], reply_to=data.reply_to)


@post(f"{CHAT}/contact", sync_to_thread=False)
def post_contact(telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: JSONBody[Contact | None] = None) -> Sent:
    if data is None or not data.phone_number:
        return media.share_contact(telegram, bot, whom)
    return media.share_foreign_contact(
        telegram, bot, whom, phone_number=data.phone_number, first_name=data.first_name, user_id=data.user_id
    )


@post(f"{CHAT}/location", sync_to_thread=False)
def post_location(telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: JSONBody[Place]) -> Sent:
    return media.send_location(telegram, bot, whom, latitude=data.latitude, longitude=data.longitude)


@post(f"{CHAT}/forwards", sync_to_thread=False)
def post_forward(telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: JSONBody[Forwarded]) -> Sent:
    if data.message_id is not None:
        return writing.forward_message(telegram, bot, whom, _id(data.message_id))
    return writing.forward(telegram, bot, whom, data.text, author=data.author)


@post(f"{CHAT}/presses", sync_to_thread=False)
def post_press(telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: JSONBody[Button]) -> Pressed:
    return pressing.press(telegram, bot, whom, message_id=_id(data.message_id), data=data.data)


@post(f"{CHAT}/reactions", sync_to_thread=False)
def post_reaction(telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: JSONBody[Reacted]) -> dict[str, int | None]:
    return {"update_id": pressing.react(telegram, bot, whom, message_id=_id(data.message_id), emoji=data.emoji)}


@delete(f"{CHAT}/draft", sync_to_thread=False)
def delete_draft(telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> None:
    """The person presses the button that stops it."""
    pressing.stop_draft(telegram, bot, whom)


@put(f"{CHAT}/block", status_code=204, sync_to_thread=False)
def put_block(telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> None:
    membership.block(telegram, bot, whom)


@delete(f"{CHAT}/block", sync_to_thread=False)
def delete_block(telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> None:
    membership.unblock(telegram, bot, whom)


@get(f"{CHAT}/events")
async def get_events(telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> ServerSentEvent:
    """`ready` first, then message, edited, deleted, typing, draft, pressed, answer, reaction, blocked; beat every 20 seconds; resync
    after an overflow.
    """
    return ServerSentEvent(
        _stream(telegram, bot, whom), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}, retry_duration=RETRY_MILLISECONDS
    )


async def _stream(telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> AsyncIterator[ServerSentEventMessage]:
    with telegram.events.watching(bot.id, whom.id) as queue:
        yield _sse(Event("ready", {}))
        async for event in heard(queue):
            yield _sse(event)


def _sse(event: Event) -> ServerSentEventMessage:
    return ServerSentEventMessage(data=json.dumps(event.content, ensure_ascii=False), event=event.name)


def _item(medium: Medium, number: int) -> Item:
    try:
        body = base64.b64decode(medium.body, validate=True)
    except binascii.Error:
        raise Invalid("The body of a medium is base64.") from None
    upload = Upload(medium.kind, body, medium.name, medium.mime_type, size=medium.size, seconds=medium.seconds, sample=number)
    return Item(upload, medium.caption)


def _id(given: int) -> int:
    """SQLite takes 64 bits; a number past them names nothing."""
    return given if 0 <= given <= LARGEST_ID else 0


CHATS = [
    get_messages, get_menu, post_message, patch_message, delete_message, post_start, post_media, post_contact, post_location, post_forward,
    post_press, post_reaction, delete_draft, put_block, delete_block, get_events,
]  # fmt: skip
