"""Everything that a shop knows of one client, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from valera.clients.cards import queries
from valera.clients.cards.car import CarLine
from valera.clients.client import ClientNotFound

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

MOST_VISITS, MOST_PHOTOS, MOST_CHATS, MOST_ALIKE = 100, 24, 20, 5


@dataclass(frozen=True, slots=True)
class ClientCard:
    """``other_phones``: of cards that became part of this one."""

    id: int
    name: str
    phone: str | None
    source: str | None
    note: str
    consent_at: datetime | None
    unreachable_at: datetime | None
    created_at: datetime
    is_in_telegram: bool
    other_phones: list[str]


@dataclass(frozen=True, slots=True)
class Told:
    """What the client was told, of the assistant or of the shop's policy."""

    kind: str
    version: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """A booking of any state. ``quote`` is what was named, as it is kept; ``mark``: how the client found it."""

    number: int
    status: str
    starts_at: datetime | None
    service: str
    car: str
    quote: dict[str, Any] | None
    mark: int | None
    words: str | None

    @property
    def amount(self) -> float | None:
        """The lowest that was quoted; None: nothing was."""
        rows: list[dict[str, Any]] = (self.quote or {}).get("items", [])
        return sum(float(row["amount"]) for row in rows) if rows else None

    @property
    def is_from(self) -> bool:
        rows: list[dict[str, Any]] = (self.quote or {}).get("items", [])
        return any(row.get("is_from") or row.get("upto") for row in rows)


@dataclass(frozen=True, slots=True)
class Photo:
    """``id`` is the file's below /files."""

    id: int
    chat_id: int
    message_id: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class ChatLine:
    id: int
    bot_username: str
    status: str
    last_message_at: datetime
    last_words: str


@dataclass(frozen=True, slots=True)
class Alike:
    """Another card that may be the same person's: the same phone or plate."""

    id: int
    name: str
    phone: str | None
    is_same_phone: bool
    plate: str | None


@dataclass(frozen=True, slots=True)
class Former:
    """A card that became part of this one, and the merge that can be undone."""

    merge_id: int
    name: str
    phone: str | None
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Whole:
    """``callbacks``, ``waiting``: promises that are open."""

    card: ClientCard
    told: list[Told]
    cars: list[CarLine]
    visits: list[Visit]
    photos: list[Photo]
    chats: list[ChatLine]
    alike: list[Alike]
    former: list[Former]
    callbacks: int
    waiting: int

    @property
    def marks(self) -> list[int]:
        return [visit.mark for visit in self.visits if visit.mark is not None]


async def look(tx: AccountTx, client_id: int) -> Whole:
    """Raises ClientNotFound, also for a card that is part of another: `clients.find_card` leads there."""
    card = await get_card(tx, client_id)
    callbacks, waiting = await queries.count_promises(tx, client_id)
    return Whole(
        card=card,
        told=await queries.select_told(tx, Told, client_id),
        cars=await queries.select_cars(tx, CarLine, client_id),
        visits=await queries.select_visits(tx, Visit, client_id, limit=MOST_VISITS),
        photos=await queries.select_photos(tx, Photo, client_id, limit=MOST_PHOTOS),
        chats=await queries.select_chats(tx, ChatLine, client_id, limit=MOST_CHATS),
        alike=await queries.select_alike(tx, Alike, client_id, limit=MOST_ALIKE),
        former=await queries.select_former(tx, Former, client_id),
        callbacks=callbacks,
        waiting=waiting,
    )


async def get_card(tx: AccountTx, client_id: int) -> ClientCard:
    card = await queries.find_card(tx, ClientCard, client_id)
    if card is None:
        raise ClientNotFound("The shop has no such client.")
    return card
