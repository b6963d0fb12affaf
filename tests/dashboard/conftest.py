"""A shop's team, at its pages."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.cast import World
from tests.dashboard.office import ARGUMENTS, CHROMIUM, Browsing, Office, open_office, serving
from valera.dashboard.frame.given import Given
from valera.dashboard.frame.sign_in import SignIn
from valera.kit.clock import FixedClock
from valera.kit.db import Database
from valera.kit.live import Hub
from valera.kit.secrets import Secret, Vault
from valera.kit.storage import FolderStorage
from valera.telegram.api.client import BotApi
from valera.telegram.bots import connect

NOWHERE = "http://127.0.0.1:9"
"""Nobody answers there."""


@pytest.fixture
async def given(db: Database, clock: FixedClock, tmp_path: Path) -> AsyncIterator[Given]:
    vault, bot_api = Vault(Secret("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")), BotApi(NOWHERE)

    async def no_models() -> Any:
        raise AssertionError("this test asks no model")

    office = connect.Office(db, bot_api, vault, None, "the simulator", is_simulator=True)
    storage = FolderStorage(tmp_path / "files")
    yield Given(
        db, clock, storage, vault, bot_api, office, Hub(db), no_models, "scripted", simulator=NOWHERE, sign_in=SignIn("http://valera.test")
    )
    await bot_api.close()


@pytest.fixture
async def office(given: Given, world: World) -> AsyncIterator[Office]:
    async with open_office(given, world) as office:
        yield office


@pytest.fixture
async def browsing(office: Office) -> AsyncIterator[Browsing]:
    """At its end no page may have complained, and none overflowed."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (apt-get install chromium): pages were not tried in a browser")
    async_api = pytest.importorskip("playwright.async_api", reason="playwright is not installed: pages were not tried in a browser")
    async with serving(office.given) as (url, _), async_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        browsing = Browsing(office, url, browser)
        try:
            yield browsing
            if pictures := os.environ.get("VALERA_TEST_PICTURES"):
                for number, seen in enumerate(browsing.seen):
                    if not seen.page.is_closed():
                        await seen.page.screenshot(path=f"{pictures}/{number}.png")
        finally:
            await browser.close()
        assert [seen.complaints for seen in browsing.seen if seen.complaints] == []
