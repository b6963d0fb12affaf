"""The API in process, on a migrated database with the cast, and keys of the garage and of its rival."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.cast import Shop, World
from valera.api.app import create_api
from valera.identity.api_key import Scope, make_key
from valera.kit.clock import FixedClock
from valera.kit.db import Database, account_scope

Program = Callable[..., httpx.AsyncClient]


@dataclass(frozen=True, slots=True)
class Keys:
    write: str
    read: str
    rival: str


async def new_key(db: Database, shop: Shop, scope: Scope) -> str:
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            return await make_key(tx, name="CRM", scope=scope, by=shop.member_id)


@pytest.fixture
async def keys(db: Database, world: World) -> Keys:
    return Keys(
        await new_key(db, world.garage, Scope.WRITE),
        await new_key(db, world.garage, Scope.READ),
        await new_key(db, world.rival, Scope.WRITE),
    )


@pytest.fixture
def app(db: Database, clock: FixedClock) -> Any:
    return create_api(db, clock)


@pytest.fixture
async def program(app: Any, keys: Keys) -> AsyncIterator[httpx.AsyncClient]:
    """With the garage's key that may write."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {keys.write}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://valera.test", headers=headers) as client:
        yield client


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
