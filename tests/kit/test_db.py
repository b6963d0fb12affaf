"""What a transaction does when its connection is taken away: the pool hears of it before whoever holds the connection."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.cast import World
from valera.kit.db import Database, DatabaseUnavailable, account_scope, execute, value


async def _work(db: Database, world: World, *, statement_after: bool = False, error: Exception | None = None) -> None:
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await execute(tx, "select 1")
            tx.connection.terminate()
            if statement_after:
                await execute(tx, "select 1")
            if error is not None:
                raise error


async def test_connection_that_breaks_before_a_statement_is_an_unavailable_database(db: Database, world: World) -> None:
    with pytest.raises(DatabaseUnavailable):
        await _work(db, world, statement_after=True)


async def test_connection_that_breaks_before_the_commit_is_an_unavailable_database(db: Database, world: World) -> None:
    with pytest.raises(DatabaseUnavailable):
        await _work(db, world)


async def test_error_of_our_own_stays_what_it_is_on_a_broken_connection(db: Database, world: World) -> None:
    with pytest.raises(KeyError):
        await _work(db, world, error=KeyError("ours"))


async def test_next_transaction_gets_another_connection(db: Database, world: World) -> None:
    with pytest.raises(DatabaseUnavailable):
        await _work(db, world)
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            assert await value(tx, "select 1") == 1


@pytest.mark.parametrize("turns_of_the_loop", range(5))
async def test_process_that_was_stuck_finds_an_unavailable_database(db: Database, world: World, turns_of_the_loop: int) -> None:
    """The server ends a transaction that idles; the driver hears its last words before it sees the connection closed."""

    async def hang() -> None:
        with account_scope(world.garage.account_id):
            async with db.account_tx() as tx:
                await value(tx, "select set_config('idle_in_transaction_session_timeout', '100', true)")
                time.sleep(0.5)
                for _ in range(turns_of_the_loop):
                    await asyncio.sleep(0)
                await value(tx, "select 1")

    with pytest.raises(DatabaseUnavailable):
        await hang()
