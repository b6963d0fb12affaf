"""What happened in the shop, as a feed that a program reads on from where it was: the life of bookings, and what is counted of dialogues.

Two journals, each in the order of its numbers; the place in the feed is a place in both. A number is given before its transaction commits,
so what is younger than `SETTLED` is not shown yet: nothing with a lower number comes later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from valera.analytics.event import EventType
from valera.api import queries
from valera.api.described import READ
from valera.api.lists import USUAL, After, Limit
from valera.api.structs import Event, Page
from valera.kit.clock import Clock
from valera.kit.cursor import read_cursor, write_cursor
from valera.kit.db import Database

TheDb = NamedDependency[SkipValidation[Database]]
TheClock = NamedDependency[SkipValidation[Clock]]

SETTLED = timedelta(seconds=10)
TOLD_BY_BOOKINGS = [EventType.BOOKED.value, EventType.MOVED.value, EventType.CANCELLED.value]
"""The book's own journal has them, with who did it."""
OWN_FIELDS = {"chat", "client", "booking"}


@dataclass(frozen=True, slots=True)
class BookingHappened:
    id: int
    event: str
    at: datetime
    booking: int
    chat_id: int | None
    client_id: int | None
    actor: str
    starts_at: datetime | None

    def told(self) -> Event:
        data: dict[str, Any] = {"by": self.actor} | ({"starts_at": self.starts_at.isoformat()} if self.starts_at else {})
        return Event(f"b{self.id}", f"booking.{self.event}", self.at, self.booking, self.chat_id, self.client_id, data)


@dataclass(frozen=True, slots=True)
class Counted:
    id: int
    event: str
    at: datetime
    properties: dict[str, Any]

    def told(self) -> Event:
        data = {name: value for name, value in self.properties.items() if name not in OWN_FIELDS}
        return Event(
            f"a{self.id}", _dotted(self.event), self.at, None, _id(self.properties.get("chat")), _id(self.properties.get("client")), data
        )


@get("/events", operation_id="listEvents", summary="What happened", tags=["Events"], responses=READ)
async def get_events(db: TheDb, clock: TheClock, limit: Limit = USUAL, after: After = "") -> Page[Event]:
    """`next` is always there: keep it, and ask again when you like. An event appears ten seconds after it happened."""
    booking_id, counted_id = read_cursor(after, 2) if after else (0, 0)
    until = clock.now() - SETTLED
    async with db.account_tx() as tx:
        booked = await queries.select_booking_events(tx, BookingHappened, after=booking_id, until=until, limit=limit)
        counted = await queries.select_analytics_events(tx, Counted, after=counted_id, until=until, limit=limit, left_out=TOLD_BY_BOOKINGS)
    events: list[Event] = []
    while len(events) < limit and (booked or counted):
        if not counted or (booked and booked[0].at <= counted[0].at):
            first = booked.pop(0)
            booking_id = first.id
        else:
            first = counted.pop(0)
            counted_id = first.id
        events.append(first.told())
    return Page(events, write_cursor(booking_id, counted_id))


def _dotted(event: str) -> str:
    """dialogue_started → dialogue.started."""
    return event.replace("_", ".", 1)


def _id(given: object) -> int | None:
    return given if isinstance(given, int) else None


HANDLERS: list[Any] = [get_events]
