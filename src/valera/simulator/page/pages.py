"""The messenger page: its parts, and what its forms do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, SkipValidation, URLEncodedBody

from valera.kit.errors import Conflict, NotFound
from valera.kit.web import PAGE_HEADERS, Statics, environment
from valera.simulator.messenger import person_action
from valera.simulator.messenger.bot import Bot, list_bots
from valera.simulator.messenger.chat import list_correspondents
from valera.simulator.messenger.fault import Fault, FaultKind, clear_fault, find_fault, set_fault
from valera.simulator.messenger.person import Person, find_person, person
from valera.simulator.page.fault_view import CHOICES, view_fault
from valera.simulator.page.thread_view import view_thread
from valera.simulator.page.words import LOCALES, Words, choose_locale, local_time
from valera.simulator.server.provided import TheBot, ThePerson, TheTelegram

if TYPE_CHECKING:
    from valera.simulator.messenger.telegram import Telegram
    from valera.simulator.page.panel import PanelView

SHOWN_PEOPLE = 60
_ID = re.compile(r"[0-9]{1,16}")
VIEWS = ("people", "chat", "panel")

STATICS = Statics("valera.kit", "valera.simulator.page")
TEMPLATES = environment("valera.simulator.page", statics=STATICS)


class Glass(Protocol):
    """The shop's side of a chat (panel.Panel is the real one)."""

    async def look(self, bot_id: int, person_id: int) -> PanelView: ...
    async def take_over(self, bot_id: int, person_id: int) -> None: ...
    async def hand_back(self, bot_id: int, person_id: int) -> None: ...
    async def answer(self, bot_id: int, person_id: int, text: str) -> None: ...
    async def resume(self, bot_id: int) -> bool: ...


TheGlass = NamedDependency[SkipValidation[Glass | None]]
AnyRequest = Request[Any, Any, Any]


class Text(msgspec.Struct):
    text: str


class Name(msgspec.Struct):
    name: str


class Button(msgspec.Struct):
    message_id: int
    data: str


class Faulty(msgspec.Struct):
    """``seconds`` 0: until it is switched off."""

    kind: FaultKind
    share: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Place:
    """Who writes to which bot, in which language, and which third of the page a phone shows."""

    bot: Bot | None
    person: Person | None
    words: Words
    view: str = "chat"

    def url(self, **changes: object) -> str:
        place = {"bot": self.bot and self.bot.id, "person": self.person and self.person.id, "view": self.view, "lang": self.words.locale}
        return "/?" + urlencode({key: given for key, given in (place | changes).items() if given is not None})

    def part(self, name: str) -> str:
        """The address of a part of this chat."""
        assert self.bot is not None, "templates ask only where there is a bot"
        assert self.person is not None, "templates ask only where there is a person"
        return f"/chat/{self.bot.id}/{self.person.id}/{name}?" + urlencode({"lang": self.words.locale})


@get("/", sync_to_thread=False)
def get_page(request: AnyRequest, telegram: TheTelegram, view: FromQuery[str] = "chat") -> Response[str]:
    bots = list_bots(telegram.store)
    bot = next((bot for bot in bots if str(bot.id) == request.query_params.get("bot")), bots[0] if bots else None)
    place = Place(bot, _chosen_person(request, telegram, bot), _words(request), view if view in VIEWS else "chat")
    shown = {"people": _people(telegram, place), "thread": _thread(telegram, place)}
    return _html("page.html", place, bots=bots, locales=LOCALES, **shown)


@get("/chat/{bot_id:int}/{person_id:int}/people", sync_to_thread=False)
def get_people(request: AnyRequest, telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> Response[str]:
    place = Place(bot, whom, _words(request))
    return _html("_people.html", place, people=_people(telegram, place))


@get("/chat/{bot_id:int}/{person_id:int}/thread", sync_to_thread=False)
def get_thread(request: AnyRequest, telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> Response[str]:
    return _thread_html(request, telegram, bot, whom)


@get("/chat/{bot_id:int}/{person_id:int}/panel")
async def get_panel(request: AnyRequest, telegram: TheTelegram, glass: TheGlass, bot: TheBot, whom: ThePerson) -> Response[str]:
    return await _panel_html(request, telegram, glass, bot, whom)


@post("/chat/{bot_id:int}/{person_id:int}/messages", status_code=200, sync_to_thread=False)
def post_message(request: AnyRequest, telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: URLEncodedBody[Text]) -> Response[str]:
    person_action.write(telegram, bot, whom, data.text)
    return _thread_html(request, telegram, bot, whom)


@post("/chat/{bot_id:int}/{person_id:int}/presses", status_code=200, sync_to_thread=False)
def post_press(request: AnyRequest, telegram: TheTelegram, bot: TheBot, whom: ThePerson, data: URLEncodedBody[Button]) -> Response[str]:
    person_action.press(telegram, bot, whom, message_id=data.message_id, data=data.data)
    return _thread_html(request, telegram, bot, whom)


@post("/chat/{bot_id:int}/{person_id:int}/contact", status_code=200, sync_to_thread=False)
def post_contact(request: AnyRequest, telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> Response[str]:
    person_action.share_contact(telegram, bot, whom)
    return _thread_html(request, telegram, bot, whom)


@put("/chat/{bot_id:int}/{person_id:int}/block", sync_to_thread=False)
def put_block(request: AnyRequest, telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> Response[str]:
    person_action.block(telegram, bot, whom)
    return _thread_html(request, telegram, bot, whom)


@delete("/chat/{bot_id:int}/{person_id:int}/block", status_code=200, sync_to_thread=False)
def delete_block(request: AnyRequest, telegram: TheTelegram, bot: TheBot, whom: ThePerson) -> Response[str]:
    person_action.unblock(telegram, bot, whom)
    return _thread_html(request, telegram, bot, whom)


@post("/chat/{bot_id:int}/{person_id:int}/takeover", status_code=200)
async def post_takeover(request: AnyRequest, telegram: TheTelegram, glass: TheGlass, bot: TheBot, whom: ThePerson) -> Response[str]:
    await _present(glass).take_over(bot.id, whom.id)
    return await _panel_html(request, telegram, glass, bot, whom)


@delete("/chat/{bot_id:int}/{person_id:int}/takeover", status_code=200)
async def delete_takeover(request: AnyRequest, telegram: TheTelegram, glass: TheGlass, bot: TheBot, whom: ThePerson) -> Response[str]:
    await _present(glass).hand_back(bot.id, whom.id)
    return await _panel_html(request, telegram, glass, bot, whom)


@post("/chat/{bot_id:int}/{person_id:int}/answers", status_code=200)
async def post_answer(
    request: AnyRequest, telegram: TheTelegram, glass: TheGlass, bot: TheBot, *, whom: ThePerson, data: URLEncodedBody[Text]
) -> Response[str]:
    await _present(glass).answer(bot.id, whom.id, data.text)
    return await _panel_html(request, telegram, glass, bot, whom)


@post("/chat/{bot_id:int}/{person_id:int}/resumption", status_code=200)
async def post_resumption(request: AnyRequest, telegram: TheTelegram, glass: TheGlass, bot: TheBot, whom: ThePerson) -> Response[str]:
    """Lets the shop's paused bots go on, if Telegram takes their tokens again."""
    if not await _present(glass).resume(bot.id):
        raise Conflict(_words(request)("refused_still"))
    return await _panel_html(request, telegram, glass, bot, whom)


@put("/chat/{bot_id:int}/{person_id:int}/fault")
async def put_fault(
    request: AnyRequest, telegram: TheTelegram, glass: TheGlass, bot: TheBot, *, whom: ThePerson, data: URLEncodedBody[Faulty]
) -> Response[str]:
    set_fault(telegram.store, bot.id, Fault(data.kind, data.share, telegram.now() + data.seconds if data.seconds > 0 else None))
    return await _panel_html(request, telegram, glass, bot, whom)


@delete("/chat/{bot_id:int}/{person_id:int}/fault", status_code=200)
async def delete_fault(request: AnyRequest, telegram: TheTelegram, glass: TheGlass, bot: TheBot, whom: ThePerson) -> Response[str]:
    clear_fault(telegram.store, bot.id)
    return await _panel_html(request, telegram, glass, bot, whom)


@post("/newcomers", status_code=204, sync_to_thread=False)
def post_newcomer(request: AnyRequest, telegram: TheTelegram, data: URLEncodedBody[Name]) -> Response[None]:
    """Leads to the chat of whoever bears this name with the bot of the query."""
    bots = list_bots(telegram.store)
    bot = next((bot for bot in bots if str(bot.id) == request.query_params.get("bot")), None)
    place = Place(bot, person(telegram.store, data.name), _words(request))
    return Response(None, status_code=204, headers={"HX-Redirect": place.url()})


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
        get_page, get_people, get_thread, get_panel, post_message, post_press, post_contact, put_block, delete_block,
        post_takeover, delete_takeover, post_answer, post_resumption, put_fault, delete_fault, post_newcomer, get_static,
    ],
)  # fmt: skip


def _thread_html(request: AnyRequest, telegram: Telegram, bot: Bot, whom: Person) -> Response[str]:
    place = Place(bot, whom, _words(request))
    return _html("_thread.html", place, thread=_thread(telegram, place))


async def _panel_html(request: AnyRequest, telegram: Telegram, glass: Glass | None, bot: Bot, whom: Person) -> Response[str]:
    place, now = Place(bot, whom, _words(request)), telegram.now()
    try:
        panel = await glass.look(bot.id, whom.id) if glass else None
    except NotFound:
        panel = None
    shown = {"panel": panel, "zone": ZoneInfo(panel.shop.time_zone) if panel else None}
    return _html("_panel.html", place, **shown, fault=view_fault(find_fault(telegram.store, bot.id, now=now), now), choices=CHOICES)


def _words(request: AnyRequest) -> Words:
    return Words(choose_locale(request.query_params.get("lang"), request.headers.get("accept-language", "")))


def _chosen_person(request: AnyRequest, telegram: Telegram, bot: Bot | None) -> Person | None:
    """Whom the address names, else whoever talked last."""
    asked = request.query_params.get("person", "")
    found = find_person(telegram.store, int(asked)) if _ID.fullmatch(asked) else None
    if found is not None:
        return found
    first = list_correspondents(telegram.store, bot.id if bot else 0, limit=1)
    return find_person(telegram.store, first[0].person_id) if first else None


def _people(telegram: Telegram, place: Place) -> list[dict[str, Any]]:
    """Those who talked last, and always whoever is chosen."""
    listed = list_correspondents(telegram.store, place.bot.id if place.bot else 0, limit=SHOWN_PEOPLE)
    rows = [
        {"person": known, "last": entry, "at": local_time(entry.last_at) if entry.last_at else None}
        for entry in listed
        if (known := find_person(telegram.store, entry.person_id))
    ]
    if place.person and all(row["person"] != place.person for row in rows):
        rows.insert(0, {"person": place.person, "last": None, "at": None})
    return rows


def _thread(telegram: Telegram, place: Place) -> object:
    return view_thread(telegram, place.bot, place.person, place.words) if place.bot and place.person else None


def _present(glass: Glass | None) -> Glass:
    if glass is None:
        raise NotFound("This simulator runs without a shop beside it.")
    return glass


def _html(template: str, place: Place, **values: object) -> Response[str]:
    body = TEMPLATES.get_template(template).render(place=place, bot=place.bot, person=place.person, t=place.words, **values)
    return Response(body, media_type="text/html; charset=utf-8", headers=PAGE_HEADERS)
