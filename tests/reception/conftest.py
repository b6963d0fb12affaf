"""The stage of the garage, for every test of the main path."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.cast import World
from tests.reception.stage import Script, Stage
from valera.kit.clock import FixedClock
from valera.kit.db import Database


@pytest.fixture
async def stage(db: Database, world: World, clock: FixedClock) -> AsyncIterator[Stage]:
    """Nothing waits: what the cast left in mailboxes, turns and the outbox is done with."""
    owner = await db.connect(role="valera_owner")
    await owner.execute("update mailboxes set due_at = null")
    await owner.execute("update telegram_updates set done_at = now()")
    await owner.execute("update turns set state = 'done' where state <> 'done'")
    await owner.execute("update deliveries set state = 'sent'")
    yield Stage(db, world.garage, owner, Script(), clock)
    await owner.close()
