"""A client of one shop, as an operator looks for one: by name, phone, Telegram name or number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from valera.backoffice.personal import queries
from valera.kit.errors import NotFound
from valera.russian.phones import find_phone

if TYPE_CHECKING:
    from valera.kit.db import AccountTx, Database


LONGEST_NUMBER = 18
"""Digits that a bigint holds, whatever they are."""


class PersonNotFound(NotFound):
    """The shop has no such client."""


@dataclass(frozen=True, slots=True)
class Person:
    """``chats``: how many, closed ones included; ``last_message_at``: of any of them."""

    id: int
    telegram_user_id: int | None
    name: str
    phone: str | None
    chats: int
    bookings: int
    last_message_at: datetime | None

    def tell(self) -> str:
        said = [f"{self.id}", self.name or "(no name)", self.phone or "(no phone)", f"Telegram {self.telegram_user_id or '—'}"]
        last = f", last heard of {self.last_message_at:%Y-%m-%d}" if self.last_message_at else ""
        return f"{'  '.join(said)}  {self.chats} chats, {self.bookings} bookings{last}"


async def find_people(tx: AccountTx, db: Database, wanted: str = "", *, limit: int = 100) -> list[Person]:
    """All, the newest first, or those whose name, phone, Telegram name or number it is."""
    wanted = wanted.strip()
    if not wanted:
        return await queries.select_people(tx, Person, name=None, phone=None, number=None, telegram_ids=None, limit=limit)
    phone = find_phone(wanted)
    number = int(wanted) if wanted.isdigit() and len(wanted) <= LONGEST_NUMBER else None
    async with db.identity_tx() as identity:
        called = await queries.select_called(identity, wanted.removeprefix("@"))
    return await queries.select_people(
        tx, Person, name=wanted, phone=phone.e164 if phone else None, number=number, telegram_ids=called, limit=limit
    )


async def get_person(tx: AccountTx, client_id: int) -> Person:
    found = await queries.select_person(tx, Person, client_id)
    if found is None:
        raise PersonNotFound(f"The shop has no client {client_id}. `valera client find` looks for one.")
    return found
