"""Account: one shop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from valera.accounts import queries
from valera.kit.db import AccountId, AccountTx, IdentityTx
from valera.kit.errors import Conflict, NotFound


class AccountNotFound(NotFound):
    """No shop of that name."""


class SlugTaken(Conflict):
    """Another shop has this short name."""


@dataclass(frozen=True, slots=True)
class Account:
    id: AccountId
    slug: str
    name: str
    settings: dict[str, Any]
    time_zone: str
    locale: str
    currency: str
    data_key: bytes

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class AccountName:
    """What may be seen of a shop from outside of it."""

    id: AccountId
    slug: str
    name: str


async def open_account(tx: IdentityTx, *, slug: str, name: str, time_zone: str, locale: str, data_key: bytes) -> AccountId:
    account_id = await queries.insert_account(tx, slug=slug, name=name, time_zone=time_zone, locale=locale, data_key=data_key)
    if account_id is None:
        raise SlugTaken(f"The short name {slug!r} is taken by another shop.")
    return account_id


async def get_account(tx: AccountTx) -> Account:
    """The shop of this transaction."""
    return await queries.select_account(tx, Account)


async def list_accounts(tx: IdentityTx) -> list[AccountName]:
    return await queries.select_account_names(tx, AccountName)


async def get_account_by_slug(tx: IdentityTx, slug: str) -> AccountName:
    for account in await list_accounts(tx):
        if account.slug == slug:
            return account
    raise AccountNotFound(f"There is no shop called {slug!r}.")
