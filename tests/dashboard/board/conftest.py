"""A day of the garage with works in its bays. It is Sunday, 22 November 2026, 14:05 in Moscow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.dashboard.office import Office
from valera.bookings.desk import acting
from valera.bookings.desk.acting import Caller
from valera.bookings.desk.times import Term
from valera.bookings.life.booking import Booking
from valera.clients.queries import upsert_caller, upsert_vehicle
from valera.kit.db import account_scope

MOSCOW = ZoneInfo("Europe/Moscow")
HOUR = timedelta(hours=1)
Book = Callable[..., Awaitable[Booking]]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026 in Moscow."""
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW)


@pytest.fixture
def book(office: Office) -> Book:
    """As a member of the garage books a caller: car, work, when, how long, in which bay (0 is the first)."""
    garage, count = office.world.garage, 0

    async def book(
        car: str, service: str, starts_at: datetime, *, hours: float = 1, bay: int | None = 0, name: str = "Пётр", plate: str | None = None
    ) -> Booking:
        nonlocal count
        count += 1
        now = office.given.clock.now()
        with account_scope(garage.account_id):
            async with office.given.db.account_tx() as tx:
                client_id = await upsert_caller(tx, name=name, phone=f"+7916111{count:04}")
                make, _, model = car.partition(" ")
                vehicle_id = await upsert_vehicle(tx, client_id, make=make, model=model, year=None, plate=plate)
                term = Term(starts_at, hours * HOUR, bay_id=None if bay is None else garage.bays[bay])
                acted = await acting.add(tx, Caller(client_id, service, vehicle_id=vehicle_id), term, by=garage.member_id, now=now)
        assert isinstance(acted.booking, Booking)
        return acted.booking

    return book
