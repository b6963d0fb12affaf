from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.cast import World
from tests.telegram.bots.stage import Stage, staged
from valera.kit.db import Database


@pytest.fixture
async def stage(db: Database, world: World) -> AsyncIterator[Stage]:
    async with staged(db, world) as stage:
        yield stage
