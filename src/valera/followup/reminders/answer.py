"""A client's press under a reminder: they come."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from valera.bookings.telling.wording import say_moment
from valera.followup import queries as visit_queries
from valera.followup.reminders import queries
from valera.followup.visit import Visit, numbers_of
from valera.kit.errors import Conflict
from valera.kit.phrases import Phrases
from valera.russian.answers import is_plain_yes

if TYPE_CHECKING:
    from valera.accounts.account import Account
    from valera.chats.chat import Chat
    from valera.kit.db import AccountTx

PHRASES = Phrases.load("valera.followup")


COMES = re.compile(
    r"\W*(?:да\W+)?(?:конечно\W+)?(?:я\s+|мы\s+)?(?:приеду|приедем|подъеду|подъедем|буду|будем|еду|едем)"
    r"(?:\s+(?:вовремя|обязательно|к вам))?\W*|"
    r"\W*(?:yes\W+)?(?:i'll|i will|we'll|we will)\s+(?:come|be there)\W*",
    re.IGNORECASE,
)


def says_coming(text: str) -> bool:
    """Plainly, and nothing else: «да», «да, приеду», «буду»."""
    return is_plain_yes(text) or COMES.fullmatch(text) is not None


class ReminderStale(Conflict):
    """The booking has another time since, or none."""


async def come(tx: AccountTx, account: Account, chat: Chat, *, key: str, now: datetime) -> str:
    """Noted on the reminders of that very time. Pressed twice, it says the same. Raises ReminderStale."""
    numbers = numbers_of(key, 2)
    visit = await visit_queries.find_visit(tx, Visit, chat_id=chat.id, number=numbers[0]) if numbers else None
    if numbers is None or visit is None:
        raise ReminderStale("There is no such booking in this chat.")
    starts_at = datetime.fromtimestamp(numbers[1], UTC)
    return await note_coming(tx, account, visit, starts_at, now=now)


async def note_coming(tx: AccountTx, account: Account, visit: Visit, starts_at: datetime, *, now: datetime) -> str:
    """Raises ReminderStale."""
    if not visit.is_expected(starts_at, now) or not await queries.update_coming(tx, booking_id=visit.id, starts_at=starts_at, now=now):
        raise ReminderStale("The booking is not at that time.")
    return PHRASES.say(account.locale, "reminder.coming", moment=say_moment(starts_at, account.zone, account.locale))
