"""The office of a shop whose bots a strict Telegram knows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from tests.cast import World
from tests.dashboard.office import Office, open_office
from tests.telegram.bots.stage import HERE, VAULT, Stage, staged
from valera.dashboard.frame.given import Given
from valera.kit.db import Database
from valera.telegram.bots import identify


@dataclass(slots=True)
class Counter:
    """Where bots are connected: the pages, and Telegram behind them."""

    office: Office
    stage: Stage


@pytest.fixture
async def counter(given: Given, db: Database, world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    monkeypatch.setattr(identify, "PROBE_SECONDS", 1)
    async with staged(db, world) as stage:
        real = replace(given, vault=VAULT, bot_api=stage.bot_api, office=stage.office(HERE), simulator=None)
        async with open_office(real, world) as office:
            yield Counter(office, stage)
