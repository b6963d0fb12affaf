"""Where on the page somebody is: whose chat with which bot, in which language, and which part a phone shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from litestar import Request, Response

from valera.kit.web import PAGE_HEADERS, Statics, environment
from valera.simulator.page.words import Words, choose_locale

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.person import Person

VIEWS = ("people", "chat", "panel")
MOST_BESIDE = 2
"""How many phones fit beside the first."""

STATICS = Statics("valera.kit", "valera.simulator.page")
TEMPLATES = environment("valera.simulator.page", statics=STATICS)

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """``beside`` are the people whose phones stand beside the first; ``is_beside``: this is one of them."""

    bot: Bot | None
    person: Person | None
    words: Words
    view: str = "chat"
    beside: tuple[int, ...] = ()
    is_beside: bool = False

    @property
    def suffix(self) -> str:
        """Ends the ids of a phone that is not the first, so that no id stands twice on the page."""
        return f"-{self.person.id}" if self.is_beside and self.person else ""

    def url(self, **changes: object) -> str:
        beside = ",".join(map(str, self.beside)) or None
        place = {
            "bot": self.bot and self.bot.id,
            "person": self.person and self.person.id,
            "view": self.view,
            "lang": self.words.locale,
            "beside": beside,
        }
        return "/?" + urlencode({key: given for key, given in (place | changes).items() if given is not None})

    def with_beside(self, person_id: int) -> str:
        """The page with one more phone; the oldest leaves if there are too many."""
        return self.url(beside=",".join(map(str, (*self.beside, person_id)[-MOST_BESIDE:])), view="chat")

    def without(self, person_id: int) -> str:
        return self.url(beside=",".join(str(one) for one in self.beside if one != person_id) or None)

    def of(self, person: Person) -> Place:
        """The same for a phone beside the first."""
        return replace(self, person=person, is_beside=True)

    def part(self, name: str) -> str:
        """The address of a part of this chat."""
        assert self.bot is not None, "templates ask only where there is a bot"
        assert self.person is not None, "templates ask only where there is a person"
        where = {"lang": self.words.locale} | ({"column": "beside"} if self.is_beside else {})
        return f"/chat/{self.bot.id}/{self.person.id}/{name}?" + urlencode(where)


def words_of(request: AnyRequest) -> Words:
    return Words(choose_locale(request.query_params.get("lang"), request.headers.get("accept-language", "")))


def place_of(request: AnyRequest, bot: Bot, person: Person) -> Place:
    """Of a request for a part of one chat."""
    return Place(bot, person, words_of(request), is_beside=request.query_params.get("column") == "beside")


def html(template: str, place: Place, **values: object) -> Response[str]:
    body = TEMPLATES.get_template(template).render(place=place, bot=place.bot, person=place.person, t=place.words, **values)
    return Response(body, media_type="text/html; charset=utf-8", headers=PAGE_HEADERS)
