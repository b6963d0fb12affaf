"""Offer: a slot that was shown to one chat. Model and buttons name it by a short key, never by its time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from valera.bookings.proposals import queries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.bookings.life.booking import Booking
    from valera.kit.db import AccountTx

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""None that is taken for another."""
KEY_LENGTH = 4
MOVES = "-"


@dataclass(frozen=True, slots=True)
class Offer:
    """``starts_at`` is in UTC or the shop's zone; ``service`` is what the slot was looked for."""

    key: str
    starts_at: datetime
    duration_minutes: int
    service: str
    sections: list[str] = field(default_factory=list[str])

    @property
    def moves(self) -> int | None:
        """The number of the booking that would be moved here: «k7f2-12». Such a slot was looked for in order to move, not to book."""
        _, _, number = self.key.partition(MOVES)
        return int(number) if number else None


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a slot is looked for: a work, or a booking that is to be moved. ``sections`` of the price list are what its bay must do."""

    service: str
    duration_minutes: int
    moving: Booking | None = None
    sections: frozenset[str] = frozenset()


async def offer(
    tx: AccountTx, chat_id: int, starts: Iterable[datetime], purpose: Purpose, *, now: datetime, hours: int
) -> tuple[Offer, ...]:
    """Remember what is shown, each under a key of its own, for that many hours or until the slot begins."""
    await queries.delete_dead_offers(tx, chat_id, now)
    shown: dict[datetime, Offer] = {}
    starts = tuple(starts)
    while missing := [start for start in dict.fromkeys(starts) if start not in shown]:
        offers = {offer.key: offer for offer in (_offer(start, purpose) for start in missing)}
        made = await queries.insert_offers(
            tx,
            chat_id=chat_id,
            keys=list(offers),
            starts=[offer.starts_at for offer in offers.values()],
            expires=[min(now + timedelta(hours=hours), offer.starts_at) for offer in offers.values()],
            duration_minutes=purpose.duration_minutes,
            service=purpose.service,
            sections=sorted(purpose.sections),
        )
        shown |= {offers[key].starts_at: offers[key] for key in made}
    return tuple(shown[start] for start in starts)


def _offer(starts_at: datetime, purpose: Purpose) -> Offer:
    suffix = f"{MOVES}{purpose.moving.number}" if purpose.moving else ""
    return Offer(new_key(KEY_LENGTH) + suffix, starts_at, purpose.duration_minutes, purpose.service, sorted(purpose.sections))


async def find_offer(tx: AccountTx, *, chat_id: int, key: str, now: datetime) -> Offer | None:
    return await queries.find_offer(tx, Offer, chat_id=chat_id, key=key, now=now)


def new_key(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))
