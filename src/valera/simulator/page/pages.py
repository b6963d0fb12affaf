"""The messenger page: the whole of it, its parts, what happens in its chats, its files."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from litestar import Response, Router, get, post
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import ServerSentEvent, ServerSentEventMessage

from valera.kit.errors import NotFound
from valera.simulator.messenger.bot import find_bot, list_bots
from valera.simulator.messenger.chat import list_correspondents
from valera.simulator.messenger.events import Event, heard
from valera.simulator.messenger.files.file import find_by_unique_id, read_file
from valera.simulator.messenger.files.picture import picture_type
from valera.simulator.messenger.person import Person, find_person, person
from valera.simulator.page.botfather import BOTFATHER
from valera.simulator.page.chatting import provide_chatting
from valera.simulator.page.client_forms import CLIENT_FORMS, Name
from valera.simulator.page.place import MOST_BESIDE, STATICS, VIEWS, AnyRequest, Place, html, words_of
from valera.simulator.page.shop.desk import provide_desk
from valera.simulator.page.shop.forms import SHOP_FORMS
from valera.simulator.page.shop.switches import SWITCHES
from valera.simulator.page.thread_view import summary, view_thread
from valera.simulator.page.words import LOCALES, local_time
from valera.simulator.scenario.scenario import scenarios
from valera.simulator.server.provided import TheBot, ThePerson, ThePlayer, TheTelegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.telegram import Telegram
    from valera.simulator.scenario.player import Player

SHOWN_PEOPLE = 60
RETRY_MILLISECONDS = 1500
_ID = re.compile(r"[0-9]{1,16}")


@get("/", sync_to_thread=False)
def get_page(request: AnyRequest, telegram: TheTelegram, player: ThePlayer, view: FromQuery[str] = "chat") -> Response[str]:
    bots = list_bots(telegram.store)
    bot = next((bot for bot in bots if str(bot.id) == request.query_params.get("bot")), bots[0] if bots else None)
    whom = _chosen_person(request, telegram, bot)
    beside = _beside(request, telegram, whom)
    place = Place(bot, whom, words_of(request), view if view in VIEWS else "chat", tuple(one.id for one in beside))
    phones = [_phone(telegram, player, one) for one in (place, *map(place.of, beside))] if bot and whom else []
    return html("page.html", place, bots=bots, locales=LOCALES, people=_people(telegram, place), phones=phones, scenarios=scenarios())


@get("/chat/{bot_id:int}/{person_id:int}/people", sync_to_thread=False)
def get_people(request: AnyRequest, telegram: TheTelegram, bot: TheBot, whom: ThePerson, beside: FromQuery[str] = "") -> Response[str]:
    place = Place(bot, whom, words_of(request), beside=tuple(int(one) for one in beside.split(",") if _ID.fullmatch(one)))
    return html("_people.html", place, people=_people(telegram, place))


@get("/stream")
async def get_stream(telegram: TheTelegram, bot_id: FromQuery[int], people: FromQuery[str] = "") -> ServerSentEvent:
    """What happens in the chats of these people with this bot; each event says in whose."""
    bot = find_bot(telegram.store, bot_id) if 0 < bot_id < 1 << 53 else None
    if bot is None:
        raise NotFound("There is no such bot.")
    chat_ids = [int(one) for one in people.split(",") if _ID.fullmatch(one)][: MOST_BESIDE + 1]
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return ServerSentEvent(_told(telegram, bot.id, chat_ids), headers=headers, retry_duration=RETRY_MILLISECONDS)


@get("/chat/{bot_id:int}/{person_id:int}/files/{unique_id:str}", sync_to_thread=False)
def get_file(telegram: TheTelegram, bot: TheBot, whom: ThePerson, unique_id: FromPath[str]) -> Response[bytes]:
    """Pictures to look at, anything else to save: what somebody uploads is never run on this page's address."""
    del whom
    file = find_by_unique_id(telegram.store, bot.id, unique_id)
    if file is None or file.content_id is None:
        raise NotFoundException
    body = read_file(telegram.store, file)
    kind = picture_type(body)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600", "Content-Security-Policy": "sandbox"}
    if kind is None:
        headers["Content-Disposition"] = "attachment"
    return Response(body, media_type=kind or "application/octet-stream", headers=headers)


@post("/newcomers", status_code=204, sync_to_thread=False)
def post_newcomer(request: AnyRequest, telegram: TheTelegram, data: URLEncodedBody[Name]) -> Response[None]:
    """Leads to the chat of whoever bears this name with the bot of the query."""
    return _lead_to(request, telegram, _asked_bot(request, telegram), person(telegram.store, data.name))


@post("/scenarios/{name:str}", status_code=204)
async def post_scenario(request: AnyRequest, telegram: TheTelegram, player: ThePlayer, name: FromPath[str]) -> Response[None]:
    """Begins a prepared dialogue with the bot of the query, and leads to its chat."""
    bot = _asked_bot(request, telegram)
    if bot is None:
        raise NotFound("There is no such bot.")
    return _lead_to(request, telegram, bot, player.play(bot, name))


@get("/static/{digest:str}/{name:path}", sync_to_thread=False)
def get_static(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    file = STATICS.find(digest, name.lstrip("/"))
    if file is None:
        raise NotFoundException
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(file.body, media_type=file.content_type, headers=headers)


pages = Router(
    "/",
    route_handlers=[
        get_page, get_people, get_stream, get_file, post_newcomer, post_scenario, get_static, *CLIENT_FORMS, *SHOP_FORMS,
        *SWITCHES, *BOTFATHER,
    ],
    dependencies={
        "chat": Provide(provide_chatting, sync_to_thread=False),
        "desk": Provide(provide_desk, sync_to_thread=False),
    },
)  # fmt: skip


async def _told(telegram: Telegram, bot_id: int, chat_ids: list[int]) -> AsyncIterator[ServerSentEventMessage]:
    with telegram.events.watching(bot_id, *chat_ids) as queue:
        yield _sse(Event("ready", {}))
        async for event in heard(queue):
            yield _sse(event)


def _sse(event: Event) -> ServerSentEventMessage:
    return ServerSentEventMessage(data=json.dumps({"chat": event.chat_id, **_needed(event)}, ensure_ascii=False), event=event.name)


def _needed(event: Event) -> dict[str, Any]:
    """The page fetches what it shows; only a notice has to come with the event."""
    return event.content if event.name == "answer" else {}


def _asked_bot(request: AnyRequest, telegram: Telegram) -> Bot | None:
    return next((bot for bot in list_bots(telegram.store) if str(bot.id) == request.query_params.get("bot")), None)


def _lead_to(request: AnyRequest, telegram: Telegram, bot: Bot | None, whom: Person) -> Response[None]:
    beside = tuple(one.id for one in _beside(request, telegram, whom))
    return Response(None, status_code=204, headers={"HX-Redirect": Place(bot, whom, words_of(request), beside=beside).url()})


def _chosen_person(request: AnyRequest, telegram: Telegram, bot: Bot | None) -> Person | None:
    """Whom the address names, else whoever talked last."""
    asked = request.query_params.get("person", "")
    found = find_person(telegram.store, int(asked)) if _ID.fullmatch(asked) else None
    if found is not None:
        return found
    first = list_correspondents(telegram.store, bot.id if bot else 0, limit=1)
    return find_person(telegram.store, first[0].person_id) if first else None


def _beside(request: AnyRequest, telegram: Telegram, first: Person | None) -> list[Person]:
    asked = dict.fromkeys(one for one in request.query_params.get("beside", "").split(",") if _ID.fullmatch(one))
    found = [known for one in asked if (known := find_person(telegram.store, int(one)))]
    return [one for one in found if one != first][:MOST_BESIDE]


def _phone(telegram: Telegram, player: Player, place: Place) -> dict[str, Any]:
    playing = player.playing(place.bot.id, place.person.id) if place.bot and place.person else None
    return {"place": place, "thread": view_thread(telegram, place), "playing": playing}


def _people(telegram: Telegram, place: Place) -> list[dict[str, Any]]:
    """Those who talked last, and always whoever is chosen."""
    listed = list_correspondents(telegram.store, place.bot.id if place.bot else 0, limit=SHOWN_PEOPLE)
    rows = [
        {
            "person": known,
            "said": summary(entry.last_text, entry.last_extra, place.words),
            "is_from_bot": entry.is_last_from_bot,
            "at": local_time(entry.last_at) if entry.last_at else None,
        }
        for entry in listed
        if (known := find_person(telegram.store, entry.person_id))
    ]
    if place.person and all(row["person"] != place.person for row in rows):
        rows.insert(0, {"person": place.person, "said": "", "is_from_bot": False, "at": None})
    return rows
