"""Entry: a client who waits for a time that was taken. Offer: such a time, free again and shown to them for a while."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from valera.analytics.event import EventType, track
from valera.bookings.telling.wording import say_wish
from valera.followup.waitlist import queries
from valera.kit.errors import Conflict, LimitReached, NotFound
from valera.kit.jobs.job import enqueue
from valera.russian.time.wish import Wish

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from valera.assistant.tools import ToolContext
    from valera.kit.db import AccountTx
    from valera.kit.jobs.job import Job

WISH_OVER = "waitlist_wish_over"
MOST_OF_ONE = 5


class WaitlistFull(LimitReached):
    """The client waits for enough times already."""


class OfferStale(Conflict):
    """No such time was offered in this chat, or its client waits for it no longer."""


class EntryNotFound(NotFound):
    """Nobody waits under this number any more."""


class OfferState(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    GONE = "gone"
    """Somebody else was first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """``stored``: the wish as JSON."""

    id: int
    client_id: int
    chat_id: int
    service: str
    duration_minutes: int
    stored: dict[str, Any]
    is_waiting: bool

    @property
    def duration(self) -> timedelta:
        return timedelta(minutes=self.duration_minutes)

    def wish(self, zone: ZoneInfo) -> Wish:
        wish = msgspec.convert(self.stored, Wish)
        return replace(wish, start=wish.start.astimezone(zone), end=wish.end.astimezone(zone))

    def say(self, zone: ZoneInfo, locale: str) -> str:
        return say_wish(self.wish(zone), zone, locale)


@dataclass(frozen=True, slots=True)
class Offer:
    """``key`` stands in its buttons."""

    id: int
    key: str
    starts_at: datetime
    state: OfferState


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be waited for. ``sections`` of the price list are what its bay must do."""

    wish: Wish
    service: str
    duration_minutes: int
    sections: frozenset[str] = frozenset()


async def join(tx: AccountTx, context: ToolContext, wanted: Wanted) -> tuple[Entry, bool]:
    """Behind those who wait already. The same wish again keeps its place: True. Raises WaitlistFull."""
    waiting = await queries.lock_waiting_of(tx, Entry, context.client_id)
    stored: dict[str, Any] = msgspec.to_builtins(wanted.wish)
    same = next((entry for entry in waiting if entry.stored == stored and entry.service == wanted.service), None)
    if same is not None:
        return same, True
    if len(waiting) >= MOST_OF_ONE:
        raise WaitlistFull(f"The client waits for {len(waiting)} times already.")
    entry = await queries.insert_entry(
        tx,
        Entry,
        client_id=context.client_id,
        chat_id=context.chat_id,
        turn_id=context.turn_id,
        service=wanted.service,
        duration_minutes=wanted.duration_minutes,
        wish_from=wanted.wish.start,
        wish_until=wanted.wish.end,
        wish=stored,
    )
    await enqueue(tx, WISH_OVER, at=wanted.wish.end, key=str(entry.id), payload={"entry": entry.id})
    await track(tx, EventType.WAITLIST_JOINED, {"chat": context.chat_id, "turn": context.turn_id, "entry": entry.id})
    return entry, False


async def leave(tx: AccountTx, client_id: int, now: datetime) -> int:
    """The client waits no longer: from how many lists they were taken. What is offered to them just now goes on to the next."""
    return await queries.update_left(tx, client_id, now)


async def take_off(tx: AccountTx, entry_id: int, now: datetime) -> None:
    """A member's doing: this one waits no longer. What is offered just now goes on to the next at the next look. Raises EntryNotFound."""
    await queries.lock_waitlist(tx)
    if not await queries.update_off(tx, entry_id, now):
        raise EntryNotFound("Nobody waits under this number any more.")


async def put_back(tx: AccountTx, entry_id: int, now: datetime) -> None:
    """Undoes `take_off`, with the old place in the order. Raises EntryNotFound."""
    await queries.lock_waitlist(tx)
    if not await queries.update_back(tx, entry_id, now):
        raise EntryNotFound("Nobody waits under this number any more.")


async def wish_over(tx: AccountTx, job: Job, now: datetime) -> None:
    """A job: the time that somebody waits for has come and gone."""
    await queries.expire_entry(tx, job.payload["entry"], now)


async def list_entries(tx: AccountTx) -> list[Entry]:
    """Those who wait, in order."""
    return await queries.select_waiting(tx, Entry)
