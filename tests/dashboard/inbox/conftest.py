"""The inbox with a whole dialogue in it."""

from __future__ import annotations

from importlib import resources

import pytest

from tests.dashboard.inbox.talk import Talk, plant_whole_talk
from tests.dashboard.office import Office


@pytest.fixture
async def talk(office: Office) -> Talk:
    """Dmitri's, which the shop's owner has taken."""
    samples = resources.files("valera.simulator.messenger.files") / "samples"
    photos = [(samples / f"car{number}-320.jpg").read_bytes() for number in (1, 2)]
    return await plant_whole_talk(office.given.db, office.world.garage, office.given.storage, photos)
