"""What is asked for every update is looked up by its key, also before the database knows how large its tables are."""

from __future__ import annotations

import asyncpg
import pytest

from tests.architecture.statements import find_statements
from valera.kit.db import Database

STORE = next(statement for statement in find_statements() if statement.function == "store_updates")


@pytest.fixture
async def plan(db: Database) -> str:
    """Of the ingest statement, as a connection caches it in a database that has not been analysed yet."""
    connection: asyncpg.Connection = await db.connect(role=STORE.role)
    try:
        await connection.execute(f"set plan_cache_mode = force_generic_plan; prepare store as {STORE.sql}")
        rows = await connection.fetch("explain execute store (null, null, null, null, null, null, null)")
    finally:
        await connection.close()
    return "\n".join(row["QUERY PLAN"] for row in rows)


async def test_ingest_looks_a_known_update_up_by_its_key(plan: str) -> None:
    assert "Index Scan using telegram_updates_pkey" in plan
    assert "Seq Scan on telegram_updates" not in plan
