"""The cast is complete: a rival test in any table means something."""

from __future__ import annotations

import asyncpg

from tests.cast import World


async def test_every_table_has_rows_of_both_shops(database_url: str, world: World) -> None:
    connection = await asyncpg.connect(database_url, server_settings={"role": "valera_owner"})
    try:
        tables = [
            row["table_name"]
            for row in await connection.fetch(
                "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'account_id'"
            )
        ]
        owners = {
            table: {row["account_id"] for row in await connection.fetch(f"select distinct account_id from {table}")} for table in tables
        }
    finally:
        await connection.close()
    assert len(tables) > 20
    assert owners == {table: {world.garage.account_id, world.rival.account_id} for table in tables}
