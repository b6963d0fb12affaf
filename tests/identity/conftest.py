from __future__ import annotations

import pytest

from tests.cast import World
from tests.identity.people import House
from valera.kit.clock import FixedClock
from valera.kit.db import Database


@pytest.fixture
def house(db: Database, world: World, clock: FixedClock) -> House:
    return House(db, world, clock.now())
