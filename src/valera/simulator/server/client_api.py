"""`/api`: what the messenger page and `valera chat` do in a person's name. JSON in and out, this machine only, no cookies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from litestar import Router, delete, get, post, put
from litestar.params import FromQuery, JSONBody
from litestar.response import ServerSentEvent, ServerSentEventMessage

from valera.simulator.messenger import person_action
from valera.simulator.messenger.bot import list_bots
from valera.simulator.messenger.chat import find_chat
from valera.simulator.messenger.events import Event, heard
from valera.simulator.messenger.fault import ALL_CALLS, Fault, FaultKind, clear_fault, find_fault, set_fault
from valera.simulator.messenger.message import list_messages
from valera.simulator.messenger.person import Person, list_people, person
from valera.simulator.messenger.person_action import Pressed, Sent
from valera.simulator.server.provided import TheBot, ThePerson, TheTelegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

RETRY_MILLISECONDS = 1500
LARGEST_ID = (1 << 63) - 1
MAX_FAULT_SECONDS = 24 * 3600


class Written(msgspec.Struct):
    text: str
    reply_to: int | None = None


class Named(msgspec.Struct):
    name: str


class Button(msgspec.Struct):
    message_id: int
    data: str


class Faulty(msgspec.Struct):
    """``seconds`` 0: until it is switched off."""

    kind: FaultKind
    share: Annotated[int, msgspec.Meta(ge=1, le=ALL_CALLS)] = ALL_CALLS
    seconds: Annotated[int, msgspec.Meta(ge=0, le=MAX_FAULT_SECONDS)] = 0


@get("/bots", sync_to_thread=False)
def get_bots(telegram: TheTelegram) -> list[dict[str, Any]]:
    """Never a token: whoever can open this page must not be able to be the bot."""
    return [
        {"id": bot.id, "username": bot.username, "name": bot.name, "has_webhook": bool(bot.webhook.url)}
        for bot in list_bots(telegram.store)
    ]


@get("/people", sync_to_thread=False)
def get_people(telegram: TheTelegram) -> list[dict[str, Any]]:
    return [_described(known) for known in list_people(telegram.store)]


@post("/people", sync_to_thread=False)
def post_person(telegram: TheTelegram, data: JSONBody[Named]) -> dict[str, Any]:
    """Whoever bears this name, made now if nobody does."""
    return _described(person(telegram.store, data.name))


@get("/bots/{bot_id:int}/people/{person_id:int}/messages", sync_to_thread=False)
def get_messages(telegram: TheTelegram, bot: TheBot, whom: ThePerson, after: FromQuery[int] = 0) -> dict[str, Any]:
    """Messages with a greater id than ``after``, oldest first, and how the chat stands."""
    chat = find_chat(telegram.store, bot.id, whom.id)
    messages = list_messages(telegram.store, bot.id, whom.id, after=min(max(after, 0), LARGEST_ID))
    return {
        "messages": [telegram.rendered(message, bot, whom) for message in messages],
        "is_typing": chat is not None and chat.typing_until > telegram.now(),
        "is_blocked": chat is not None and chat.is_blocked,
        "keyboard": chat.keyboard if chat else None,
    }


@post("/bots/{bot_id:int}/people/{person_id:int}/messages", sync_to_thread=False)
def post_message(telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: JSONBody[Written]) -> Sent:
    return person_action.write(telegram, bot, whom, data.text, reply_to=data.reply_to)


@post("/bots/{bot_id:int}/people/{person_id:int}/presses", sync_to_thread=False)
def post_press(telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: JSONBody[Button]) -> Pressed:
    return person_action.press(telegram, bot, whom, message_id=data.message_id, data=data.data)


@post("/bots/{bot_id:int}/people/{person_id:int}/contact", sync_to_thread=False)
def post_contact(telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> Sent:
    return person_action.share_contact(telegram, bot, whom)


@put("/bots/{bot_id:int}/people/{person_id:int}/block", status_code=204, sync_to_thread=False)
def put_block(telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> None:
    person_action.block(telegram, bot, whom)


@delete("/bots/{bot_id:int}/people/{person_id:int}/block", sync_to_thread=False)
def delete_block(telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> None:
    person_action.unblock(telegram, bot, whom)


@get("/bots/{bot_id:int}/fault", sync_to_thread=False)
def get_fault(telegram: TheTelegram, bot: TheBot) -> Fault | None:
    """What happens to the bot's calls; null: they are answered."""
    return find_fault(telegram.store, bot.id, now=telegram.now())


@put("/bots/{bot_id:int}/fault", status_code=204, sync_to_thread=False)
def put_fault(telegram: TheTelegram, bot: TheBot, data: JSONBody[Faulty]) -> None:
    set_fault(telegram.store, bot.id, Fault(data.kind, data.share, telegram.now() + data.seconds if data.seconds else None))


@delete("/bots/{bot_id:int}/fault", sync_to_thread=False)
def delete_fault(telegram: TheTelegram, bot: TheBot) -> None:
    clear_fault(telegram.store, bot.id)


@get("/bots/{bot_id:int}/people/{person_id:int}/events")
async def get_events(telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> ServerSentEvent:
    """`ready` first, then message, edited, deleted, typing, pressed, answer, blocked; beat every 20 seconds; resync after an overflow."""
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


def _described(whom: Person) -> dict[str, Any]:
    return {"id": whom.id, "name": whom.name, "username": whom.username, "phone": whom.phone}


client_api = Router(
    "/api",
    route_handlers=[
        get_bots, get_people, post_person, get_messages, post_message, post_press, post_contact, put_block, delete_block, get_fault,
        put_fault, delete_fault, get_events,
    ],
)  # fmt: skip
