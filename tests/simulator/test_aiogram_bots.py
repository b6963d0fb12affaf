"""aiogram as a witness of what a bot says of itself and where it is: drafts, commands, groups, tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

aiogram = pytest.importorskip("aiogram", reason="aiogram is not installed: nobody independent checks the simulator's Bot API")

from aiogram import Bot  # noqa: E402
from aiogram.client.session.aiohttp import AiohttpSession  # noqa: E402
from aiogram.client.telegram import TelegramAPIServer  # noqa: E402
from aiogram.exceptions import TelegramForbiddenError, TelegramMigrateToChat, TelegramUnauthorizedError  # noqa: E402
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, MenuButtonCommands, Update  # noqa: E402

from tests.simulator.conftest import Receiver, Running  # noqa: E402
from tests.simulator.test_aiogram import hear  # noqa: E402


@pytest.fixture
async def witness(running: Running) -> AsyncIterator[Bot]:
    bot = Bot(running.token, session=AiohttpSession(api=TelegramAPIServer.from_base(running.url)))
    yield bot
    await bot.session.close()


async def test_draft_is_shown_until_the_message_comes(running: Running, receiver: Receiver, witness: Bot) -> None:
    await hear(running, receiver, witness)
    assert await witness.send_message_draft(running.person.id, 7, text="Смотрю цены…")
    state = (await running.session.get(f"{running.chat}/messages")).json()
    assert (await state)["draft"]["text"] == "Смотрю цены…"
    await witness.send_message(running.person.id, "20 000 ₽")
    state = (await running.session.get(f"{running.chat}/messages")).json()
    assert (await state)["draft"] is None


async def test_commands_menu_and_names_are_kept_by_scope_and_language(running: Running, witness: Bot) -> None:
    scope = BotCommandScopeAllPrivateChats()
    await witness.set_my_commands([BotCommand(command="help", description="Что я умею")], scope=scope, language_code="ru")
    assert [command.command for command in await witness.get_my_commands(scope=scope, language_code="ru")] == ["help"]
    assert await witness.get_my_commands() == []
    await witness.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await witness.get_chat_menu_button()).type == "commands"
    await witness.set_my_name("Гараж на Ленина")
    assert (await witness.get_my_name()).name == "Гараж на Ленина"
    assert await witness.delete_my_commands(scope=scope, language_code="ru")
    assert await witness.get_my_commands(scope=scope, language_code="ru") == []


async def test_group_is_joined_spoken_in_migrated_and_left(running: Running, receiver: Receiver, witness: Bot) -> None:
    await hear(running, receiver, witness)
    _, group = await running.post(f"{running.chat}/groups", {"title": "Водители", "as_admin": True})
    path = f"/api/bots/{running.bot.id}/groups/{group['id']}/people/{running.person.id}"
    await running.post(f"{path}/messages", {"text": "кто красит?"})
    updates = [Update.model_validate(update) for update in await receiver.until(4)]
    assert any(update.my_chat_member and update.my_chat_member.new_chat_member.status == "administrator" for update in updates)
    said = next(update.message for update in updates if update.message and update.message.text == "кто красит?")
    assert said.chat.type == "group"
    await witness.send_message(group["id"], "мы")
    _, supergroup = await running.post(f"{path}/migration", {})
    with pytest.raises(TelegramMigrateToChat) as migrated:
        await witness.send_message(group["id"], "мы")
    assert migrated.value.migrate_to_chat_id == supergroup["id"]
    async with running.session.delete(f"/api/bots/{running.bot.id}/groups/{supergroup['id']}/people/{running.person.id}/bot"):
        pass
    with pytest.raises(TelegramForbiddenError, match="bot was kicked from the supergroup chat"):
        await witness.send_message(supergroup["id"], "мы")


async def test_revoked_token_is_refused_and_the_new_one_knows_what_waits(running: Running, receiver: Receiver, witness: Bot) -> None:
    await witness.set_webhook("http://127.0.0.1:9/nobody")
    await running.post(f"{running.chat}/messages", {"text": "привет"})
    _, given = await running.post(f"/api/bots/{running.bot.id}/token")
    with pytest.raises(TelegramUnauthorizedError):
        await witness.get_me()
    new = Bot(given["token"], session=witness.session)
    assert (await new.get_webhook_info()).url == ""
    await new.set_webhook(receiver.url)
    await receiver.until(1)
