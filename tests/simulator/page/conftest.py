"""A real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    """Debian's Chromium; only modules that import `test_browser`, which is skipped without one, ask for it."""
    from tests.simulator.page.test_browser import ARGUMENTS, CHROMIUM, async_api

    async with async_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()
