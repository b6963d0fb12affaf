"""A worker's life, as the database sees it: an advisory lock that dies with the process, and the channels it listens to.

Both need a direct connection of their own (no transaction pooler in between).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import structlog

from valera.kit.db import UNREACHABLE, Database, DatabaseUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

log = structlog.get_logger(__name__)

LOCK_CLASS = 1
RETRY_SECONDS = 0.5


async def stay_alive(db: Database, number: int, wake: Mapping[str, Callable[[], None]]) -> None:
    """Until cancelled: hold ``pg_advisory_lock(1, number)`` and call ``wake[channel]`` at each NOTIFY; connect again when it breaks."""
    while True:
        try:
            connection = await db.connect()
            try:
                await _hold(connection, number, wake)
            finally:
                connection.terminate()
        except (*UNREACHABLE, asyncpg.PostgresError, asyncpg.InterfaceError, DatabaseUnavailable) as error:
            log.warning("liveness_lost", error=type(error).__name__)
        await asyncio.sleep(RETRY_SECONDS)


async def _hold(connection: asyncpg.Connection, number: int, wake: Mapping[str, Callable[[], None]]) -> None:
    broken = asyncio.Event()
    connection.add_termination_listener(lambda _: broken.set())
    await connection.execute("select pg_advisory_lock($1::int, $2::int)", LOCK_CLASS, number)
    for channel, call in wake.items():
        await connection.add_listener(channel, lambda *_, call=call: call())
    for call in wake.values():
        call()  # whatever was notified while nobody listened
    await broken.wait()


async def is_anyone_alive(db: Database) -> bool:
    """Whether any process holds its lock in this database."""
    connection = await db.connect()
    try:
        return bool(
            await connection.fetchval(
                """select exists (select from pg_locks where locktype = 'advisory' and classid = $1 and objsubid = 2 and granted
                                     and database = (select oid from pg_database where datname = current_database()))""",
                LOCK_CLASS,
            )
        )
    finally:
        await connection.close()
