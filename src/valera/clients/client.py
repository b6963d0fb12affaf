"""Client: a person who writes to one shop; Vehicle: what they drive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.clients import queries
from valera.kit.errors import NotFound
from valera.russian.phones import find_phone

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


class ClientNotFound(NotFound):
    """The shop has no such client."""


@dataclass(frozen=True, slots=True)
class Client:
    id: int
    telegram_user_id: int | None
    name: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class Vehicle:
    make: str
    model: str


async def meet(tx: AccountTx, *, telegram_user_id: int, name: str, source: str | None) -> int:
    """The client's id; a person whom the shop does not know yet becomes its client. Writing again means reachable again."""
    return await queries.upsert_client(tx, telegram_user_id=telegram_user_id, name=name[:200], source=source)


async def get_client(tx: AccountTx, client_id: int) -> Client:
    return await queries.select_client(tx, Client, client_id)


async def find_card(tx: AccountTx, client_id: int) -> int:
    """Its number, or that of the card which it became part of. Raises ClientNotFound."""
    card_id = await queries.select_card_id(tx, client_id)
    if card_id is None:
        raise ClientNotFound("The shop has no such client.")
    return card_id


async def is_reachable(tx: AccountTx, client_id: int) -> bool:
    """False: Telegram said that this client blocked the bot, or is gone."""
    return await queries.select_reachable(tx, client_id)


async def mark_unreachable(tx: AccountTx, client_id: int, *, telegram_user_id: int) -> None:
    """Telegram says that the client blocked the bot or is gone, as this person of Telegram."""
    await queries.update_unreachable(tx, client_id, telegram_user_id=telegram_user_id)


async def set_reachable(tx: AccountTx, *, telegram_user_id: int, is_reachable: bool) -> bool:
    """Telegram says that this person blocked or unblocked the bot. False: nobody whom the shop knows, or known already."""
    return await queries.update_reachable(tx, telegram_user_id=telegram_user_id, is_reachable=is_reachable)


def telegram_phone(number: str) -> str:
    """As Telegram writes the phone of a contact, with or without a plus → E.164."""
    digits = "+" + "".join(filter(str.isdecimal, number))
    found = find_phone(digits)
    return found.e164 if found else digits
