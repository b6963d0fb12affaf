"""Presses on buttons under what was said unasked: which verb does what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.followup.feedback.answer import RATE, rate
from valera.followup.reminders.answer import come
from valera.followup.reminders.remind import COME
from valera.followup.waitlist import answer as waitlist
from valera.followup.waitlist.offering import SKIP, TAKE

if TYPE_CHECKING:
    from valera.accounts.account import Account
    from valera.chats.chat import Chat
    from valera.kit.db import AccountTx
    from valera.telegram.outbox.delivery import Keyboard


@dataclass(frozen=True, slots=True)
class Press:
    """``message_id`` is the press as it stands in the dialogue; its turn is there already."""

    account: Account
    chat: Chat
    message_id: int
    key: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    keyboard: Keyboard | None = None


async def take(tx: AccountTx, account: Account, chat: Chat, *, message_id: int, verb: str, key: str, now: datetime) -> Said | None:
    """What is said to a press. None: no verb of ours. Raises Conflict for a button whose time is over."""
    act = VERBS.get(verb)
    return await act(tx, Press(account, chat, message_id, key, now)) if act is not None else None


async def _come(tx: AccountTx, press: Press) -> Said:
    return Said(await come(tx, press.account, press.chat, key=press.key, now=press.now))


async def _rate(tx: AccountTx, press: Press) -> Said:
    return Said(await rate(tx, press.account, press.chat, message_id=press.message_id, key=press.key, now=press.now))


async def _take(tx: AccountTx, press: Press) -> Said:
    answer = await waitlist.take(tx, press.account, press.chat, message_id=press.message_id, key=press.key, now=press.now)
    return Said(answer.text, answer.keyboard)


async def _skip(tx: AccountTx, press: Press) -> Said:
    return Said((await waitlist.skip(tx, press.account, press.chat, key=press.key, now=press.now)).text)


VERBS: Mapping[str, Callable[[AccountTx, Press], Awaitable[Said]]] = {COME: _come, RATE: _rate, TAKE: _take, SKIP: _skip}
