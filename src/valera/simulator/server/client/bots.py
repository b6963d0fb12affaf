"""Bots, people, and what is done to a bot on purpose: a new token, faults, updates that repeat or overtake each other."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from valera.kit.errors import NotFound
from valera.simulator.messenger.bot import create_bot, find_bot_by_token, list_bots, replace_token
from valera.simulator.messenger.limits.fault import ALL_CALLS, Calls, Fault, FaultKind, clear_fault, find_fault, set_fault
from valera.simulator.messenger.person import Person, list_people, person
from valera.simulator.messenger.updates.disorder import MOST_HOLD_SECONDS, Disorder, clear_disorder, find_disorder, set_disorder
from valera.simulator.messenger.updates.polling import Ending
from valera.simulator.messenger.updates.queue import Told, list_updates, repeat
from valera.simulator.server.client.chats import LARGEST_ID
from valera.simulator.server.provided import TheBot, TheTelegram

MAX_FAULT_SECONDS = 24 * 3600
BOT = "/bots/{bot_id:int}"


class Named(msgspec.Struct):
    name: str


class NewBot(msgspec.Struct):
    name: str
    username: str


class Faulty(msgspec.Struct):
    """``seconds`` 0: until it is switched off."""

    kind: FaultKind
    share: Annotated[int, msgspec.Meta(ge=1, le=ALL_CALLS)] = ALL_CALLS
    seconds: Annotated[int, msgspec.Meta(ge=0, le=MAX_FAULT_SECONDS)] = 0
    calls: Calls = Calls.ALL


class Disordered(msgspec.Struct):
    repeat_share: Annotated[int, msgspec.Meta(ge=0, le=ALL_CALLS)] = 0
    hold_seconds: Annotated[float, msgspec.Meta(ge=0, le=MOST_HOLD_SECONDS)] = 0.0


@get("/bots", sync_to_thread=False)
def get_bots(telegram: TheTelegram) -> list[dict[str, Any]]:
    """Never a token: whoever can open this page must not be able to be the bot."""
    return [
        {"id": bot.id, "username": bot.username, "name": bot.name, "has_webhook": bool(bot.webhook.url)}
        for bot in list_bots(telegram.store)
    ]


@post("/bots", sync_to_thread=False)
def post_bot(telegram: TheTelegram, data: JSONBody[NewBot]) -> dict[str, Any]:
    """What BotFather does. Its token is told here, and never again."""
    token = create_bot(telegram.store, data.name, data.username)
    made = find_bot_by_token(telegram.store, token)
    assert made is not None, "it was made the line before"
    return {"id": made.id, "username": made.username, "token": token}


@post(f"{BOT}/token", sync_to_thread=False)
def post_token(telegram: TheTelegram, bot: TheBot) -> dict[str, str]:
    """Revokes the token and returns the new one: the old one is refused with 401 from now on, and its webhook is gone."""
    token = replace_token(telegram.store, bot.id)
    telegram.polling.end(bot.id, Ending.STOPPED)
    return {"token": token}


@get(f"{BOT}/updates", sync_to_thread=False)
def get_updates(telegram: TheTelegram, bot: TheBot, limit: FromQuery[int] = 20) -> list[Told]:
    """The newest first, waiting and acknowledged."""
    return list_updates(telegram.store, bot.id, limit=min(max(limit, 1), 200))


@post(f"{BOT}/updates/{{update_id:int}}/repeat", status_code=204, sync_to_thread=False)
def post_repeat(telegram: TheTelegram, bot: TheBot, update_id: FromPath[int]) -> None:
    """Sends an update once more, whether or not the bot has had it."""
    if not 0 < update_id <= LARGEST_ID or not repeat(telegram.store, bot.id, update_id):
        raise NotFound("There is no update of this id, or it is older than a day.")
    telegram.wake(bot.id)


@get(f"{BOT}/disorder", sync_to_thread=False)
def get_disorder(telegram: TheTelegram, bot: TheBot) -> Disorder | None:
    return find_disorder(telegram.store, bot.id)


@put(f"{BOT}/disorder", status_code=204, sync_to_thread=False)
def put_disorder(telegram: TheTelegram, bot: TheBot, data: JSONBody[Disordered]) -> None:
    """From now on updates are repeated, or held back so that they overtake each other."""
    set_disorder(telegram.store, bot.id, Disorder(data.repeat_share, data.hold_seconds))


@delete(f"{BOT}/disorder", sync_to_thread=False)
def delete_disorder(telegram: TheTelegram, bot: TheBot) -> None:
    clear_disorder(telegram.store, bot.id)


@get(f"{BOT}/fault", sync_to_thread=False)
def get_fault(telegram: TheTelegram, bot: TheBot) -> Fault | None:
    """What happens to the bot's calls; null: they are answered."""
    return find_fault(telegram.store, bot.id, now=telegram.now())


@put(f"{BOT}/fault", status_code=204, sync_to_thread=False)
def put_fault(telegram: TheTelegram, bot: TheBot, data: JSONBody[Faulty]) -> None:
    until = telegram.now() + data.seconds if data.seconds else None
    set_fault(telegram.store, bot.id, Fault(data.kind, data.share, until, data.calls))


@delete(f"{BOT}/fault", sync_to_thread=False)
def delete_fault(telegram: TheTelegram, bot: TheBot) -> None:
    clear_fault(telegram.store, bot.id)


@get("/people", sync_to_thread=False)
def get_people(telegram: TheTelegram) -> list[dict[str, Any]]:
    return [_described(known) for known in list_people(telegram.store)]


@post("/people", sync_to_thread=False)
def post_person(telegram: TheTelegram, data: JSONBody[Named]) -> dict[str, Any]:
    """Whoever bears this name, made now if nobody does."""
    return _described(person(telegram.store, data.name))


def _described(whom: Person) -> dict[str, Any]:
    return {"id": whom.id, "name": whom.name, "username": whom.username, "phone": whom.phone}


BOTS = [
    get_bots, post_bot, post_token, get_updates, post_repeat, get_disorder, put_disorder, delete_disorder, get_fault, put_fault,
    delete_fault, get_people, post_person,
]  # fmt: skip
