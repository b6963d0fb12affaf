"""A writer of updates, and a connection that sees all rows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from valera.kit.db import Database
from valera.reception.update_writer import UpdateWriter


@pytest.fixture
async def writer(db: Database) -> AsyncIterator[UpdateWriter]:
    writer = UpdateWriter(db)
    await writer.open()
    yield writer
    await writer.close()


@pytest.fixture
async def owner(db: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await db.connect(role="valera_owner")
    yield connection
    await connection.close()
