"""Speaking unasked: whether a chat may be told something just now. Who finds that it may, tells it with `chats.chat.tell`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from valera.chats.chat import Status
from valera.followup import queries
from valera.followup.quiet import is_quiet

if TYPE_CHECKING:
    from datetime import datetime

    from valera.followup.settings import Quiet
    from valera.kit.db import AccountTx

ACTIVE = "active"


class Hearing(StrEnum):
    """Whether a chat may be spoken to just now."""

    YES = "yes"
    QUIET_HOURS = "quiet_hours"
    BOT_SILENT = "bot_silent"
    """The bot is paused or held: what is written now would leave at some time, and perhaps too late."""
    PERSON_ANSWERS = "person_answers"
    UNREACHABLE = "unreachable"
    """The client blocked the bot, was erased, or the chat is over."""


@dataclass(frozen=True, slots=True)
class Listener:
    chat_id: int
    status: Status
    client_id: int
    is_reachable: bool
    bot_state: str


async def hear(tx: AccountTx, chat_id: int, *, quiet: Quiet, now: datetime) -> Hearing:
    """Takes the chat: what is found out here holds until the commit."""
    listener = await queries.lock_listener(tx, Listener, chat_id)
    if listener is None or not listener.is_reachable:
        return Hearing.UNREACHABLE
    match listener.status:
        case Status.CLOSED:
            return Hearing.UNREACHABLE
        case Status.HUMAN:
            return Hearing.PERSON_ANSWERS
        case Status.ASSISTANT:
            pass
        case _:
            assert_never(listener.status)
    if listener.bot_state != ACTIVE:
        return Hearing.BOT_SILENT
    return Hearing.QUIET_HOURS if is_quiet(now, quiet) else Hearing.YES
