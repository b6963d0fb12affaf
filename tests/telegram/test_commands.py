"""What Telegram shows beside the message field: in two languages, and published once."""

from __future__ import annotations

import pytest

from tests.telegram.post_office import TOKEN, PostOffice
from tests.telegram.scripted_telegram import refusal
from valera.kit.db import account_scope
from valera.reception.intake.commands import Verb
from valera.telegram.api.errors import FloodWait
from valera.telegram.commands import COMMANDS, command_lists, see_to_commands

DONE = {"ok": True, "result": True}


def test_commands_that_are_shown_are_those_that_exist() -> None:
    assert set(COMMANDS) == set(Verb) - {Verb.UNKNOWN}
    assert set(command_lists()) == {None, "en"}
    for commands in command_lists().values():
        assert [entry["command"] for entry in commands] == list(COMMANDS)
        assert all(0 < len(entry["description"]) <= 256 for entry in commands)


async def see(office: PostOffice) -> bool:
    with account_scope(office.shop.account_id):
        return await see_to_commands(office.db, office.bot_api, office.shop.bot_id, TOKEN)


async def test_lists_and_menu_are_published_once(office: PostOffice) -> None:
    office.telegram.answers = [DONE] * 3

    assert [await see(office), await see(office)] == [True, False]

    assert [method for method, _ in office.telegram.calls] == ["setMyCommands", "setMyCommands", "setChatMenuButton"]
    assert [call.get("language_code") for _, call in office.telegram.calls[:2]] == ["en", None]
    assert {call["scope"]["type"] for _, call in office.telegram.calls[:2]} == {"all_private_chats"}


async def test_what_telegram_refused_is_published_the_next_time(office: PostOffice) -> None:
    office.telegram.answers = [DONE, refusal(429, "Too Many Requests", retry_after=5), *[DONE] * 3]

    with pytest.raises(FloodWait):
        await see(office)
    assert await see(office)
    await office.owner.execute("update bots set commands_version = 'of an earlier version'")
    office.telegram.answers = [DONE] * 3
    assert await see(office)
