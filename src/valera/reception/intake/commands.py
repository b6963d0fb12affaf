"""Commands: /start, /help and /reset. Code answers them, the same whichever model is set; while a person answers, they are words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from valera.accounts.account import get_account
from valera.analytics.event import EventType, track
from valera.chats import queries as chat_queries
from valera.chats.chat import Status
from valera.clients import queries as client_queries
from valera.clients.client import Vehicle
from valera.kit.phrases import Phrases
from valera.reception.confirmation import list_bookings
from valera.reception.intake.room import NOTHING, RawUpdate, Room, TakenIn
from valera.reception.intake.source import PAYLOAD, read_source

if TYPE_CHECKING:
    from valera.accounts.account import Account
    from valera.chats.chat import Chat
    from valera.telegram.update import Message, User

PHRASES = Phrases.load("valera.reception")

COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w{1,64})?(?:\s+(.*))?", re.DOTALL)
"""In a private chat every command is for this bot, whatever name stands behind it."""


class Verb(StrEnum):
    START = "start"
    BOOKINGS = "bookings"
    HELP = "help"
    RESET = "reset"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Command:
    """``payload``: what a link to the bot carried."""

    verb: Verb
    payload: str = ""


def read_command(text: str) -> Command | None:
    """None: it is said in words. So is a command with words behind it (`/price бампер`); a word alone is never a command."""
    found = COMMAND.fullmatch(text.strip())
    if found is None:
        return None
    name, rest = found[1].lower(), (found[2] or "").strip()
    verb = Verb(name) if name in set(Verb) - {Verb.UNKNOWN} else Verb.UNKNOWN
    if verb is Verb.START and PAYLOAD.fullmatch(rest):
        return Command(verb, rest)
    return Command(verb) if not rest else None


async def take_command(room: Room, raw: RawUpdate, message: Message, sender: User, command: Command) -> TakenIn | None:
    """None: a person answers this chat, so it is a message like any other."""
    chat = await room.enter(message.chat.id, sender, source=read_source(command.payload) if command.payload else None)
    if chat.status == Status.HUMAN:
        return None
    taken = await room.keep(chat, raw, message.words, telegram_message_id=message.message_id)
    if taken is None:
        return NOTHING
    account = await get_account(room.tx)
    match command.verb:
        case Verb.START:
            await track(room.tx, EventType.STARTED, {"chat": chat.id, "source": read_source(command.payload)})
            await room.answer(chat, taken.id, await _greeting(room, account, chat), what="start", trigger="start")
        case Verb.BOOKINGS:
            said = await list_bookings(room.tx, account, chat, now=room.clock.now())
            await room.answer(chat, taken.id, said.text, what="bookings", keyboard=said.keyboard)
        case Verb.HELP | Verb.UNKNOWN:
            await room.answer(chat, taken.id, PHRASES.say(account.locale, f"command.{command.verb}"), what=command.verb)
        case Verb.RESET:
            await _reset(room, account, chat, taken.id)
        case _:
            assert_never(command.verb)
    return TakenIn(has_delivery=True)


async def _greeting(room: Room, account: Account, chat: Chat) -> str:
    vehicle = await client_queries.select_latest_vehicle(room.tx, Vehicle, chat.client_id)
    car = f"{vehicle.make} {vehicle.model}".strip() if vehicle else ""
    said = [PHRASES.say(account.locale, "command.start.hello", shop=account.name)]
    said += [PHRASES.say(account.locale, "command.start.car", car=car)] if car else []
    return " ".join([*said, PHRASES.say(account.locale, "command.start.offer")])


async def _reset(room: Room, account: Account, chat: Chat, message_id: int) -> None:
    """The assistant begins anew after this answer. Nothing is deleted, buttons that were shown still work, and what was not answered yet
    is not answered any more: the client asked for that.
    """
    turn_id = await room.answer(chat, message_id, PHRASES.say(account.locale, "command.reset"), what="reset")
    await chat_queries.forget_conversation(room.tx, chat.id, turn_id=turn_id)
    await track(room.tx, EventType.RESET, {"chat": chat.id})
