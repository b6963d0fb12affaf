"""Telegram's calls, and what is stored of them."""

from __future__ import annotations

from typing import Any

import asyncpg

from tests.cast import World
from tests.reception.webhook import post
from valera.reception.update_writer import UpdateWriter

COMMITS = "select xact_commit from pg_stat_database where datname = current_database()"


async def call(writer: UpdateWriter, world: World, body: bytes, **options: Any) -> int:
    secrets = (world.garage.webhook_secret.encode(),)
    status, _ = await post(writer, f"/telegram/{world.garage.webhook_key}", body, secrets=secrets, **options)
    return status


async def stored(owner: asyncpg.Connection, world: World) -> int:
    """Updates of the garage beyond the one that the cast has."""
    return await number(owner, "select count(*) from telegram_updates where account_id = $1", world.garage.account_id) - 1


async def number(owner: asyncpg.Connection, sql: str, *values: object) -> int:
    found = await owner.fetchval(sql, *values)
    assert isinstance(found, int)
    return found
