from __future__ import annotations

import re
from pathlib import Path

import pytest

from valera.kit.errors import Invalid
from valera.simulator.messenger.bot import BotUsernameTaken, create_bot, find_bot_by_token, find_bot_by_username, list_bots
from valera.simulator.messenger.store import Store


def test_bot_is_made_in_the_file_of_a_running_simulator(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "telegram.sqlite"
    running = Store(path)
    token = create_bot(path, "Гараж", "garage_bot")
    bot = find_bot_by_token(running, token)
    assert bot is not None
    assert (bot.username, bot.name) == ("garage_bot", "Гараж")
    assert find_bot_by_username(running, "Garage_Bot") == bot
    running.close()


def test_token_looks_like_telegrams_and_names_the_bot(tmp_path: Path) -> None:
    store = Store(tmp_path / "telegram.sqlite")
    token = create_bot(store, "Гараж", "garage_bot")
    assert re.fullmatch(r"\d{10}:[A-Za-z0-9_-]{35}", token)
    assert list_bots(store)[0].id == int(token.split(":")[0])
    store.close()


def test_username_is_taken_whatever_its_case(tmp_path: Path) -> None:
    path = tmp_path / "telegram.sqlite"
    create_bot(path, "Гараж", "garage_bot")
    with pytest.raises(BotUsernameTaken):
        create_bot(path, "Другой", "GARAGE_BOT")


@pytest.mark.parametrize("username", ["garage", "bot", "гараж_bot", "1_bot", "a b_bot", "x" * 40 + "bot", ""])
def test_username_that_telegram_refuses_is_refused(tmp_path: Path, username: str) -> None:
    with pytest.raises(Invalid):
        create_bot(tmp_path / "telegram.sqlite", "Гараж", username)


@pytest.mark.parametrize("name", ["", "  ", "я" * 65])
def test_name_of_no_or_too_many_letters_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid):
        create_bot(tmp_path / "telegram.sqlite", name, "garage_bot")
