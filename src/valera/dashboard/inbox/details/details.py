"""Details: client, cars, bookings, an open call-back, and in short what the dialogue was about, from rows and by no model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from valera.bookings.life.status import Status
from valera.dashboard.inbox.details import queries
from valera.reception.briefing.summary.facts import Facts
from valera.russian.money.sums import format_sum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from valera.kit.db import AccountTx

MOST_CARS, MOST_BOOKINGS, MOST_WORKS = 5, 3, 6


@dataclass(frozen=True, slots=True)
class ClientCard:
    id: int
    name: str
    phone: str | None
    source: str | None
    consent_at: datetime | None
    unreachable_at: datetime | None
    created_at: datetime
    note: str
    visits: int
    last_visit_at: datetime | None
    chats: int


@dataclass(frozen=True, slots=True)
class Car:
    id: int
    make: str
    model: str
    year: int | None
    plate: str | None
    car_class: str | None

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.make, self.model)))


@dataclass(frozen=True, slots=True)
class BookingCard:
    """``starts_at`` None: a request that waits for a time; ``description`` is then the wish in words."""

    number: int
    status: Status
    service: str
    description: str
    starts_at: datetime | None
    ends_at: datetime | None
    bay: str | None


@dataclass(frozen=True, slots=True)
class OpenCallback:
    phone: str
    wish: str
    reason: str
    due_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class _Summary:
    content: Facts
    upto_id: int


@dataclass(frozen=True, slots=True)
class _PriceAnswer:
    found: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class LastOutcome:
    outcome: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Short:
    """``works``: what was asked about, each with the sum that was told, if one was."""

    works: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    outcome: LastOutcome | None

    @property
    def is_empty(self) -> bool:
        return not self.works and not self.missing and self.outcome is None


@dataclass(frozen=True, slots=True)
class ChatDetails:
    client: ClientCard
    cars: list[Car]
    bookings: list[BookingCard]
    callback: OpenCallback | None
    short: Short


async def load_details(tx: AccountTx, *, chat_id: int, client_id: int, now: datetime) -> ChatDetails:
    return ChatDetails(
        client=await queries.select_client(tx, ClientCard, client_id),
        cars=await queries.select_cars(tx, Car, client_id, limit=MOST_CARS),
        bookings=await queries.select_bookings(tx, BookingCard, client_id, now=now, limit=MOST_BOOKINGS),
        callback=await queries.select_callback(tx, OpenCallback, client_id),
        short=await _short(tx, chat_id),
    )


async def _short(tx: AccountTx, chat_id: int) -> Short:
    """The summary of what is older, and what the price list was asked for since."""
    summary = await queries.select_summary(tx, _Summary, chat_id)
    told: dict[str, str] = {}
    missing: dict[str, None] = {}
    if summary is not None:
        told |= dict.fromkeys((asked.name for asked in summary.content.asked), "")
        for price in summary.content.told:
            told[price.name] = _amount({"amount": price.amount, "upto": price.upto, "is_from": price.is_from}, price.currency)
        missing |= dict.fromkeys(word.text for word in summary.content.missing)
    after = summary.upto_id if summary else 0
    for answer in reversed(await queries.select_price_answers(tx, _PriceAnswer, chat_id, after_id=after, limit=MOST_WORKS)):
        found = answer.found if isinstance(answer.found, dict) else {}
        told |= dict(_works(found))
        missing |= dict.fromkeys(map(str, found.get("missing") or ()))
    works = tuple(told.items())[-MOST_WORKS:]
    return Short(works, tuple(missing)[-MOST_WORKS:], await queries.select_outcome(tx, chat_id, LastOutcome))


def _works(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    currency = str(found.get("currency") or "RUB")
    for row in found.get("found") or ():
        yield str(row.get("title") or row.get("name")), _amount(row, currency)
    for row in found.get("by_class") or ():
        yield str(row.get("title") or row.get("name")), ""


def _amount(cell: dict[str, Any], currency: str) -> str:
    try:
        upto = cell.get("upto")
        return format_sum(Decimal(str(cell["amount"])), None if upto is None else Decimal(str(upto)), bool(cell.get("is_from")), currency)
    except (InvalidOperation, KeyError):
        return ""
