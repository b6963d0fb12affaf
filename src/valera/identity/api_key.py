"""ApiKey: a program of the shop. The key is shown once, when it is made; what is stored is its hash and its first characters."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.identity import key_queries as queries
from valera.identity.token import hash_token
from valera.kit.db import AccountId
from valera.kit.errors import Invalid, LimitReached, NotFound

if TYPE_CHECKING:
    from valera.kit.db import AccountTx, IdentityTx

MARK = "vk_"
"""What every key begins with, so that a leaked one can be found by whoever looks for secrets."""
SHOWN = len(MARK) + 6
MOST_KEYS = 20
MAX_NAME = 60
FRESH = timedelta(minutes=1)


class KeyNotFound(NotFound):
    """The shop has no such key, or it was taken back."""


class TooManyKeys(LimitReached):
    """Keys that nobody uses any more are taken back first."""


class Scope(StrEnum):
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: int
    name: str
    prefix: str
    scope: Scope
    created_at: datetime
    created_by: str
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundKey:
    """Which shop a program acts for, and in the name of which member; WRITE may read, too."""

    account_id: AccountId
    key_id: int
    member_id: int
    scope: Scope


async def make_key(tx: AccountTx, *, name: str, scope: Scope, by: int) -> str:
    """The key, which nobody can be shown again. Raises Invalid, TooManyKeys."""
    name = name.strip()
    if not name or len(name) > MAX_NAME:
        raise Invalid(f"A key needs a name of 1 to {MAX_NAME} characters.", fields={"name": "length"})
    if await queries.count_keys(tx) >= MOST_KEYS:
        raise TooManyKeys(f"A shop has at most {MOST_KEYS} keys. Take back one that nobody uses.")
    key = MARK + secrets.token_urlsafe(32)
    await queries.insert_key(tx, name=name, prefix=key[:SHOWN], key_hash=hash_token(key), scope=scope.value, by=by)
    return key


async def list_keys(tx: AccountTx) -> list[ApiKey]:
    """Those that work, the newest first."""
    return await queries.select_keys(tx, ApiKey)


async def revoke_keys_of(tx: AccountTx, member_id: int, *, now: datetime) -> None:
    """Whoever may not make keys any more has none."""
    await queries.revoke_of_member(tx, member_id, now=now)


async def revoke_key(tx: AccountTx, key_id: int, *, now: datetime) -> None:
    """From the next request on it opens nothing. Raises KeyNotFound."""
    if not await queries.revoke_key(tx, key_id, now=now):
        raise KeyNotFound("There is no such key.")


async def find_key(tx: IdentityTx, key: str, *, now: datetime) -> FoundKey | None:
    """Whose key it is; when it was used last is noted once a minute."""
    if not key.startswith(MARK):
        return None
    return await queries.select_key(tx, FoundKey, hash_token(key), now=now, fresh=FRESH)
