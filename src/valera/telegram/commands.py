"""The commands that Telegram shows beside the message field, in the languages of its users. What they do stands in ``reception``."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from valera.kit.phrases import FALLBACK, Phrases
from valera.telegram import queries

if TYPE_CHECKING:
    from valera.kit.db import Database
    from valera.kit.secrets import Secret
    from valera.telegram.api.client import BotApi

PHRASES = Phrases.load("valera.telegram")

COMMANDS = ("start", "bookings", "help", "reset")
SCOPE = {"type": "all_private_chats"}
MENU = {"type": "commands"}


def command_lists() -> dict[str | None, list[dict[str, str]]]:
    """By language code; None: for everybody whose language has no list of its own."""
    return {
        None if locale == FALLBACK else locale: [
            {"command": command, "description": PHRASES.say(locale, f"command.{command}")} for command in COMMANDS
        ]
        for locale in PHRASES.by_locale
    }


def commands_version() -> str:
    """Another list, another version."""
    return hashlib.sha256(msgspec.json.encode([list(command_lists().items()), SCOPE, MENU])).hexdigest()[:16]


async def see_to_commands(db: Database, bot_api: BotApi, bot_id: int, token: Secret) -> bool:
    """Publishes lists and menu if the bot shows others; False: it shows these. Raises what Telegram says: the next call tries again."""
    version = commands_version()
    async with db.account_tx() as tx:
        if await queries.select_commands_version(tx, bot_id) == version:
            return False
    await publish_commands(bot_api, token)
    async with db.account_tx() as tx:
        await queries.update_commands_version(tx, bot_id, version)
    return True


async def publish_commands(bot_api: BotApi, token: Secret) -> None:
    for language, commands in command_lists().items():
        await bot_api.set_my_commands(token, commands=commands, scope=SCOPE, language_code=language)
    await bot_api.set_chat_menu_button(token, menu_button=MENU)
