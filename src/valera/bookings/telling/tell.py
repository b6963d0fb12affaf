"""Telling a client, by code, what became of his booking: the card, and the file for his calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.accounts.account import get_account
from valera.bookings.life.booking import Booking
from valera.bookings.schedule.rules import read_rules
from valera.bookings.telling.calendar_file import calendar_file
from valera.bookings.telling.card import card_of
from valera.bookings.telling.details import load_details
from valera.bookings.telling.wording import say_moment
from valera.chats.chat import tell
from valera.clients.client import is_reachable

if TYPE_CHECKING:
    from datetime import datetime

    from valera.accounts.account import Account
    from valera.bookings.life.booking import Entry
    from valera.kit.db import AccountTx
    from valera.telegram.outbox.document import Document

TRIGGER = "booking"


async def file_of(tx: AccountTx, entry: Entry, *, account: Account, now: datetime) -> Document | None:
    """None: there is no time to put into a calendar."""
    if not isinstance(entry, Booking):
        return None
    rest = read_rules(account.settings).buffer
    return calendar_file(entry, await load_details(tx, entry.id), rest=rest, now=now, locale=account.locale)


async def tell_client(
    tx: AccountTx, entry: Entry, *, now: datetime, is_moved: bool = False, previous_start: datetime | None = None, reason: str = ""
) -> bool:
    """In the transaction of the change. False: the client has no chat with the shop, or has blocked its bot."""
    if entry.chat_id is None or entry.client_id is None or not await is_reachable(tx, entry.client_id):
        return False
    account = await get_account(tx)
    previous = say_moment(previous_start, account.zone, account.locale) if previous_start is not None else ""
    details = await load_details(tx, entry.id)
    text = card_of(entry, details, zone=account.zone, locale=account.locale, is_moved=is_moved, previous=previous, reason=reason)
    await tell(tx, entry.chat_id, text, trigger=TRIGGER, document=await file_of(tx, entry, account=account, now=now))
    return True
