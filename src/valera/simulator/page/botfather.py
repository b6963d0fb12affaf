"""BotFather's counter: a bot made by hand, whose token is shown once, for whoever connects it to a shop."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.params import URLEncodedBody

from valera.kit.errors import Invalid
from valera.simulator.messenger.bot import BotUsernameTaken, create_bot
from valera.simulator.page.place import AnyRequest, Place, html, words_of
from valera.simulator.page.words import LOCALES
from valera.simulator.server.provided import TheTelegram

Text = Annotated[str, msgspec.Meta(max_length=200)]


class NewBot(msgspec.Struct):
    name: Text = ""
    username: Text = ""


@get("/botfather", sync_to_thread=False)
def get_botfather(request: AnyRequest) -> Response[str]:
    return _show(request, NewBot())


@post("/botfather", status_code=200, sync_to_thread=False)
def post_botfather(request: AnyRequest, telegram: TheTelegram, data: URLEncodedBody[NewBot]) -> Response[str]:
    username = data.username.strip().removeprefix("@")
    try:
        token = create_bot(telegram.store, data.name, username)
    except BotUsernameTaken:
        return _show(request, data, refused="botfather.taken")
    except Invalid:
        return _show(request, data, refused="botfather.refused")
    return _show(request, NewBot(data.name, username), token=token)


BOTFATHER: list[Any] = [get_botfather, post_botfather]


def _show(request: AnyRequest, typed: NewBot, *, refused: str = "", token: str = "") -> Response[str]:
    place = Place(None, None, words_of(request))
    return html("botfather.html", place, typed=typed, refused=refused, token=token, bot_id=token.partition(":")[0], locales=LOCALES)
