"""A bot made by hand: its token is shown once and works; a second of the same name is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.simulator.conftest import Running, Serving
from valera.simulator.messenger.bot import find_bot_by_token

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def shown(tmp_path: Path) -> AsyncIterator[Running]:
    async with Serving(tmp_path / "telegram.sqlite") as running:
        yield running


async def make(running: Running, name: str, username: str) -> str:
    async with running.session.post("/botfather", data={"name": name, "username": username}) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_a_bot_is_made_and_its_token_shown_once(shown: Running) -> None:
    made = await make(shown, "<b>Гараж</b>", "@boris_garage_bot")
    found = re.search(r'value="(\d+:[\w-]{35})"', made)
    assert found is not None
    bot = find_bot_by_token(shown.store, found[1])
    assert bot is not None
    assert (bot.name, bot.username) == ("<b>Гараж</b>", "boris_garage_bot")
    assert found[1] not in (await shown.get("/"))[1] + (await shown.get("/botfather"))[1]


async def test_what_cannot_be_is_said(shown: Running) -> None:
    await make(shown, "Гараж", "boris_garage_bot")
    for name, username in (("Гараж", "boris_garage_bot"), ("", "other_bot"), ("Гараж", "гараж_bot"), ("Гараж", "garage")):
        page = await make(shown, name, username)
        assert 'role="alert"' in page
        assert 'id="token"' not in page
