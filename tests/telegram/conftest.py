from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.cast import World
from tests.telegram.post_office import PostOffice, open_post_office
from valera.kit.db import Database


@pytest.fixture
async def office(db: Database, world: World) -> AsyncIterator[PostOffice]:
    async with open_post_office(db, world.garage) as office:
        yield office
