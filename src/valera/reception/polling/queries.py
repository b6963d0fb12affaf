"""Statements of the process that looks after bots, on a connection of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncpg

LOCK_CLASS = 2
"""Workers have 1 (`kit/liveness.py`)."""


async def end_when_silent(connection: asyncpg.Connection, *, seconds: int) -> None:
    """PostgreSQL ends the session, and with it its locks, when nothing was asked for so long."""
    await connection.execute("select set_config('idle_session_timeout', $1, false)", f"{seconds}s")


async def try_lock(connection: asyncpg.Connection) -> bool:
    return bool(await connection.fetchval("select pg_try_advisory_lock($1::int, 0)", LOCK_CLASS))


async def ping(connection: asyncpg.Connection) -> None:
    await connection.execute("select 1")
