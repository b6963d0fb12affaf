"""A database with connections for whoever claims and for whoever may do anything; and the garage's main path, run by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.cast import World
from tests.reception.stage import Script, Stage
from valera.kit.clock import FixedClock
from valera.kit.db import Database


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await db.connect(role="valera_owner")
    yield connection
    await connection.close()


@pytest.fixture
async def queue(db: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await db.connect(role="valera_queue")
    yield connection
    await connection.close()


@pytest.fixture
async def stage(db: Database, world: World, owner: asyncpg.Connection, clock: FixedClock) -> Stage:
    return Stage(db, world.garage, owner, Script(), clock)
