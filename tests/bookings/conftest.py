"""A shop at work: chats that ask, slots that are offered, and the rows behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, LiteralString
from zoneinfo import ZoneInfo

import pytest

from valera.bookings.life.booking import Booking
from valera.bookings.proposals.decide import accept
from valera.bookings.proposals.offer import Purpose, offer
from valera.bookings.proposals.propose import hold_slot
from valera.kit.db import Database, account_scope, execute, value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.cast import Shop, World
    from valera.bookings.proposals.proposal import Accepted, Proposal
    from valera.kit.db import AccountTx

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)
"""Sunday, 14:05 in Moscow."""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026 in Moscow."""
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW)


@dataclass(frozen=True, slots=True)
class Asker:
    """One client in one chat of the garage."""

    chat_id: int
    client_id: int
    message_id: int
    turn_id: int | None = None

    async def is_offered(self, tx: AccountTx, start: datetime, *, minutes: int = 60, service: str = "", now: datetime = NOW) -> str:
        (shown,) = await offer(tx, self.chat_id, [start], Purpose(service, minutes), now=now, hours=24)
        return shown.key

    async def holds(self, tx: AccountTx, start: datetime, *, minutes: int = 60, service: str = "", now: datetime = NOW) -> Proposal:
        key = await self.is_offered(tx, start, minutes=minutes, service=service, now=now)
        return await hold_slot(
            tx, chat_id=self.chat_id, client_id=self.client_id, slot_key=key, service=None, turn_id=self.turn_id, now=now
        )

    async def accepts(self, tx: AccountTx, proposal: Proposal, *, now: datetime = NOW) -> Accepted:
        return await accept(tx, chat_id=self.chat_id, key=proposal.key, message_id=self.message_id, now=now)

    async def books(self, tx: AccountTx, start: datetime, *, minutes: int = 60, service: str = "", now: datetime = NOW) -> Accepted:
        return await self.accepts(tx, await self.holds(tx, start, minutes=minutes, service=service, now=now), now=now)


def timed(accepted: Accepted) -> Booking:
    """What was accepted, as a booking with a time."""
    assert isinstance(accepted.booking, Booking)
    return accepted.booking


@pytest.fixture
def garage(world: World) -> Iterator[Shop]:
    """Everything in the test belongs to this shop."""
    with account_scope(world.garage.account_id):
        yield world.garage


@pytest.fixture
def anna(garage: Shop) -> Asker:
    """Has booking 1 on Tuesday, 1 December, at 12:00."""
    return Asker(garage.chat_id, garage.client_id, garage.message_id, garage.turn_id)


@pytest.fixture
async def boris(db: Database, garage: Shop) -> Asker:
    return (await plant_askers(db, garage, 1))[0]


async def plant_askers(db: Database, garage: Shop, count: int) -> list[Asker]:
    """More clients, each with a chat and a message in it."""
    async with db.account_tx() as tx:
        return await plant_askers_in(tx, garage, count)


async def plant_askers_in(tx: AccountTx, garage: Shop, count: int) -> list[Asker]:
    return [await _plant_asker(tx, garage, number) for number in range(count)]


async def _plant_asker(tx: AccountTx, garage: Shop, number: int) -> Asker:
    client_id = await value(tx, "insert into clients (name) values ('Борис') returning id")
    chat_id = await value(
        tx,
        "insert into chats (bot_id, telegram_chat_id, client_id) values ($1, $2, $3) returning id",
        garage.bot_id,
        5000 + number,
        client_id,
    )
    message_id = await value(
        tx,
        "insert into messages (chat_id, role, content, bot_id, update_id) values ($1, 'user', 'да', $2, $3) returning id",
        chat_id,
        garage.bot_id,
        9000 + number,
    )
    return Asker(chat_id, client_id, message_id)


@pytest.fixture
async def tx(db: Database, garage: Shop) -> AsyncIterator[AccountTx]:
    """One transaction of the garage, kept at the end."""
    async with db.account_tx() as tx:
        yield tx


async def force(tx: AccountTx, sql: LiteralString, *values: object) -> None:
    """As the owner, whom no rule about bookings binds: what another writer, or an older version, left behind."""
    await execute(tx, "set local role valera_owner")
    await execute(tx, sql, *values)
    await execute(tx, "set local role valera_app")


async def events_of(tx: AccountTx, booking_id: int) -> list[str]:
    rows = await tx.connection.fetch("select event, actor from booking_events where booking_id = $1 order by id", booking_id)
    return [f"{row['event']} by {row['actor']}" for row in rows]


async def status_of(tx: AccountTx, booking_id: int) -> str:
    return await value(tx, "select status from bookings where id = $1", booking_id)


MINUTES = timedelta(minutes=1)


@pytest.fixture
def hour() -> timedelta:
    return 60 * MINUTES
