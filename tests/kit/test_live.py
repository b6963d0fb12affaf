"""Live topics: told once, in every order of commits, to the streams of their own shop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import World
from valera.kit.db import Database, account_scope, execute
from valera.kit.live import RESYNC, WAITING, Hub, Stream, publish

PATIENCE = 20.0
SILENCE = 0.5


@asynccontextmanager
async def listening(db: Database) -> AsyncIterator[Hub]:
    hub = Hub(db)
    task = asyncio.create_task(hub.run())
    try:
        yield hub
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def settled(stream: Stream) -> None:
    """The first thing that a stream hears of a hub that begins is to fetch everything."""
    assert await stream.next(patience=PATIENCE) == [RESYNC]


async def heard(stream: Stream, wanted: str) -> list[str]:
    """Everything up to the wanted topic."""
    found: list[str] = []
    while wanted not in found:
        topics = await stream.next(patience=PATIENCE)
        assert topics, f"never heard {wanted}, only {found}"
        found += topics
    return found


async def test_a_change_is_told_to_its_own_shop_only(db: Database, world: World) -> None:
    async with listening(db) as hub:
        with hub.stream(world.garage.account_id, 1) as own, hub.stream(world.rival.account_id, 1) as foreign:
            await settled(own)
            await settled(foreign)
            with account_scope(world.garage.account_id):
                async with db.account_tx() as tx:
                    await execute(tx, "update chats set human_called_at = now() where id = $1", world.garage.chat_id)
            topics = await heard(own, "chats")
            assert set(topics) == {"chats", f"chat-{world.garage.chat_id}"}
            assert await foreign.next(patience=SILENCE) == []


async def test_a_transaction_that_commits_late_is_heard(db: Database, world: World) -> None:
    async with listening(db) as hub:
        with hub.stream(world.garage.account_id, 1) as stream, account_scope(world.garage.account_id):
            await settled(stream)
            async with db.account_tx() as slow:
                await publish(slow, "slow")
                async with db.account_tx() as quick:
                    await publish(quick, "quick")
                assert await heard(stream, "quick") == ["quick"]
                assert await stream.next(patience=SILENCE) == []
            assert await heard(stream, "slow") == ["slow"]
            assert await stream.next(patience=SILENCE) == []


async def test_what_is_rolled_back_is_not_told(db: Database, world: World) -> None:
    async with listening(db) as hub:
        with hub.stream(world.garage.account_id, 1) as stream, account_scope(world.garage.account_id):
            await settled(stream)
            with pytest.raises(ZeroDivisionError):
                await _fail_after_publishing(db)
            async with db.account_tx() as tx:
                await publish(tx, "then")
            assert await heard(stream, "then") == ["then"]


async def _fail_after_publishing(db: Database) -> None:
    async with db.account_tx() as tx:
        await publish(tx, "never")
        raise ZeroDivisionError


async def test_a_page_hears_what_happened_while_it_was_loading(db: Database, world: World) -> None:
    hub, rendered_at = Hub(db), datetime.now(UTC)
    with account_scope(world.garage.account_id):
        async with db.account_tx() as tx:
            await publish(tx, "meanwhile")
    now = datetime.now(UTC)
    assert "meanwhile" in await hub.missed(world.garage.account_id, rendered_at, now=now)
    assert "meanwhile" not in await hub.missed(world.rival.account_id, rendered_at, now=now)
    assert await hub.missed(world.garage.account_id, rendered_at - timedelta(hours=1), now=now) == [RESYNC]


async def test_a_stream_that_is_far_behind_fetches_everything() -> None:
    stream = Stream(1)
    for number in range(WAITING + 1):
        stream.put(f"chat-{number}")
    stream.put("chats")
    assert await stream.next(patience=0) == [RESYNC]
    stream.put("chats")
    stream.put("chats")
    assert await stream.next(patience=0) == ["chats"]


async def test_streams_end_with_their_hub(db: Database, world: World) -> None:
    hub = Hub(db)
    with hub.stream(world.garage.account_id, 1) as stream:
        assert hub.count(world.garage.account_id, 1) == 1
        hub.close()
        assert await stream.next(patience=PATIENCE) == []
        assert stream.is_over
    with hub.stream(world.garage.account_id, 1) as late:
        assert late.is_over
    assert hub.count(world.garage.account_id, 1) == 0


async def test_a_member_without_this_shop_publishes_nothing_there(db: Database, world: World) -> None:
    with account_scope(world.rival.account_id):
        async with db.account_tx() as tx:
            await publish(tx, "ours")
    assert "ours" not in await Hub(db).missed(world.garage.account_id, datetime.now(UTC), now=datetime.now(UTC))
