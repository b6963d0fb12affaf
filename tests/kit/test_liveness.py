"""A worker lives as long as its lock, hears every NOTIFY, and comes back when its connection breaks."""

from __future__ import annotations

import asyncio
from collections import Counter

from tests.conftest import Cluster
from valera.kit.db import Database
from valera.kit.liveness import stay_alive

NUMBER = 424_242
HELD = "select count(*) from pg_locks where locktype = 'advisory' and classid = 1 and objid = 424242 and granted"


async def eventually(check: object, seconds: float = 5) -> None:
    for _ in range(round(seconds / 0.05)):
        if await check():  # type: ignore[operator]
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came true")


async def test_lock_notifications_and_a_broken_connection(db: Database, cluster: Cluster) -> None:
    heard: Counter[str] = Counter()
    observer = await db.connect()
    wake = {channel: lambda channel=channel: heard.update([channel]) for channel in ("mailbox", "turn")}
    living = asyncio.create_task(stay_alive(db, NUMBER, wake))

    async def is_held() -> bool:
        return bool(await observer.fetchval(HELD))

    await eventually(is_held)
    await eventually(lambda: asyncio.sleep(0, heard["turn"] >= 1))  # once for what nobody heard
    before = heard["mailbox"]
    await observer.execute("select pg_notify('mailbox', '')")
    await eventually(lambda: asyncio.sleep(0, heard["mailbox"] == before + 1))

    await cluster.administer(
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 1 and objid = 424242"
    )
    await eventually(lambda: asyncio.sleep(0, heard["mailbox"] >= before + 2))
    assert await is_held()

    living.cancel()
    await asyncio.gather(living, return_exceptions=True)

    async def is_free() -> bool:
        return not await is_held()

    await eventually(is_free)
    await observer.close()
