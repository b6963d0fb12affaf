"""All looks at all pages. Not collected by the test command: `make ui` runs it."""

from __future__ import annotations

import os

import pytest

from tests.dashboard.office import Browsing
from tests.ui.lively import enliven
from tests.ui.looking import examine
from tests.ui.matrix import PAGES, everything

ONLY, PICTURES = "VALERA_UI_ONLY", "VALERA_UI_PICTURES"
CHOSEN = [path for path in PAGES if os.environ.get(ONLY, "") in path]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", CHOSEN)
async def test_every_look_at_a_page(browsing: Browsing, path: str) -> None:
    await enliven(browsing.office, browsing.office.given.clock.now())
    folder = os.environ.get(PICTURES)
    faults: list[str] = []
    for look in everything():
        if look.path == path:
            faults += await examine(browsing, look, picture=f"{folder}/{look}.png" if folder else None)
    assert faults == [], "\n".join(faults)
