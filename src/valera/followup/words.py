"""A client's words that answer what was said unasked: a reminder, how it was, a freed time. Whatever is unclear goes to the assistant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.followup import queries
from valera.followup.feedback import queries as feedback_queries
from valera.followup.feedback.answer import Asked, find_asked, take_text
from valera.followup.reminders.answer import note_coming, says_coming
from valera.followup.visit import Visit
from valera.followup.waitlist.answer import Decided, carry_out, find_decided

if TYPE_CHECKING:
    from valera.accounts.account import Account
    from valera.chats.chat import Chat
    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class Heard:
    """What the client heard last."""

    reminded_of: int | None
    starts_at: datetime | None
    asked_about: int | None
    offered: str | None


@dataclass(frozen=True, slots=True)
class Coming:
    visit: Visit
    starts_at: datetime


async def find(tx: AccountTx, chat: Chat, text: str, *, received_at: datetime, now: datetime) -> Coming | Asked | Decided | None:
    """What a text answers, before it is kept; None also where another message waits for its answer: they belong together."""
    heard = await queries.select_heard(tx, Heard, chat.id, received_at=received_at)
    if heard is None or await queries.count_unanswered(tx, chat.id):
        return None
    if heard.asked_about is not None:
        return await find_asked(tx, heard.asked_about, text, now=now)
    if heard.offered is not None:
        return await find_decided(tx, chat, heard.offered, text, now=now)
    if heard.reminded_of is None or heard.starts_at is None or not says_coming(text):
        return None
    visit = await queries.hold_visit(tx, Visit, heard.reminded_of)
    return Coming(visit, heard.starts_at) if visit is not None and visit.is_expected(heard.starts_at, now) else None


async def take(
    tx: AccountTx, account: Account, chat: Chat, answered: Coming | Asked | Decided, *, message_id: int, text: str, now: datetime
) -> str:
    """What is said to it."""
    if isinstance(answered, Decided):
        return await carry_out(tx, account, chat, answered, message_id=message_id, now=now)
    if isinstance(answered, Coming):
        return await note_coming(tx, account, answered.visit, answered.starts_at, now=now)
    return await take_text(tx, account, chat, answered, message_id=message_id, text=text, now=now)


async def told(tx: AccountTx, answered: Coming | Asked | Decided, *, turn_id: int) -> None:
    """By this turn; what is said next may still be about it."""
    if isinstance(answered, Asked):
        await feedback_queries.update_thanked(tx, booking_id=answered.booking_id, turn_id=turn_id)
