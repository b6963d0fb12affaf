"""getMe, commands, the menu button, name and descriptions; and logging out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from valera.simulator.messenger.bot import log_out
from valera.simulator.messenger.profile import (
    COMMANDS,
    EVERYBODY,
    MENU_BUTTON,
    PRIVATE_CHATS,
    delete_profile,
    find_profile,
    put_profile,
)
from valera.simulator.server.methods.call import plain
from valera.simulator.server.refusal import bad_request, too_many

if TYPE_CHECKING:
    from collections.abc import Callable

    from valera.simulator.server.methods.call import Call

LOGGED_OUT_SECONDS = 600
MAX_COMMANDS = 100
MAX_DESCRIPTION = 256
LENGTHS = {"name": 64, "description": 512, "short_description": 120}
_COMMAND = re.compile(r"[a-z0-9_]{1,32}\Z")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?\Z")
_GROUP_SCOPES = frozenset({"all_group_chats", "all_chat_administrators"})
_CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})


class BotCommand(msgspec.Struct, omit_defaults=True):
    command: str
    description: str
    is_ephemeral: bool | None = None


class Scope(msgspec.Struct):
    type: str
    chat_id: int | str | None = None
    user_id: int | None = None


class WebApp(msgspec.Struct):
    url: str


class MenuButton(msgspec.Struct, omit_defaults=True):
    type: str
    text: str | None = None
    web_app: WebApp | None = None


def get_me(call: Call) -> dict[str, Any]:
    return call.bot.to_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_guest_queries": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_join_request_queries": False,
    }


def set_my_commands(call: Call) -> bool:
    """An empty list takes them away, as deleteMyCommands does."""
    commands = call.parameters.parsed("commands", list[BotCommand])
    if commands is None:
        raise bad_request("can't parse commands JSON object: commands must be specified")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.match(command.command.removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.description.strip()) <= MAX_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    if not commands:
        return delete_my_commands(call)
    told = [plain(command) | {"command": command.command.removeprefix("/")} for command in commands]
    put_profile(call.telegram.store, call.bot.id, COMMANDS, told, scope=_scope(call), language=_language(call))
    return True


def get_my_commands(call: Call) -> list[dict[str, Any]]:
    """Those of exactly this scope and language."""
    return find_profile(call.telegram.store, call.bot.id, COMMANDS, scope=_scope(call), language=_language(call)) or []


def delete_my_commands(call: Call) -> bool:
    delete_profile(call.telegram.store, call.bot.id, COMMANDS, scope=_scope(call), language=_language(call))
    return True


def set_chat_menu_button(call: Call) -> bool:
    button = call.parameters.parsed("menu_button", MenuButton) or MenuButton("default")
    if button.type not in {"default", "commands", "web_app"}:
        raise bad_request("can't parse menu button: MenuButton has unsupported type")
    if button.type == "web_app" and (not button.text or button.web_app is None or urlsplit(button.web_app.url).scheme != "https"):
        raise bad_request("BUTTON_URL_INVALID")
    put_profile(call.telegram.store, call.bot.id, MENU_BUTTON, plain(button), scope=_menu_scope(call))
    return True


def get_chat_menu_button(call: Call) -> dict[str, Any]:
    return find_profile(call.telegram.store, call.bot.id, MENU_BUTTON, scope=_menu_scope(call)) or {"type": "default"}


def log_out_of_cloud(call: Call) -> bool:
    """Real bots do it to move to a Bot API server of their own; for ten minutes nothing answers here."""
    log_out(call.telegram.store, call.bot.id, until=call.now + LOGGED_OUT_SECONDS)
    return True


def close(call: Call) -> bool:
    """Refused for the first ten minutes after the server has started, as Telegram does."""
    left = call.telegram.started_at + LOGGED_OUT_SECONDS - call.now
    if left > 0:
        raise too_many(int(left) + 1)
    return True


def _set(field: str) -> Callable[[Call], bool]:
    def change(call: Call) -> bool:
        text = call.parameters.text(field)
        if len(text) > LENGTHS[field]:
            raise bad_request(f"BOT_{field.upper()}_TOO_LONG")
        put_profile(call.telegram.store, call.bot.id, field, text, language=_language(call))
        return True

    return change


def _get(field: str) -> Callable[[Call], dict[str, Any]]:
    def read(call: Call) -> dict[str, Any]:
        given = [find_profile(call.telegram.store, call.bot.id, field, language=language) for language in (_language(call), "")]
        unset = call.bot.name if field == "name" else ""
        return {field: given[0] or given[1] or unset}

    return read


def _scope(call: Call) -> str:
    scope = call.parameters.parsed("scope", Scope)
    if scope is None or scope.type == EVERYBODY:
        return EVERYBODY
    if scope.type in {PRIVATE_CHATS, *_GROUP_SCOPES}:
        return scope.type
    if scope.type not in _CHAT_SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if scope.chat_id is None or (scope.type == "chat_member" and scope.user_id is None):
        raise bad_request("chat_id is empty")
    return f"{scope.type} {scope.chat_id}" + (f" {scope.user_id}" if scope.type == "chat_member" else "")


def _language(call: Call) -> str:
    language = call.parameters.text("language_code")
    if not _LANGUAGE.match(language):
        raise bad_request("LANG_CODE_INVALID")
    return language


def _menu_scope(call: Call) -> str:
    chat_id = call.parameters.integer("chat_id")
    if chat_id is not None and chat_id <= 0:
        raise bad_request("chat not found")
    return "" if chat_id is None else str(chat_id)


PROFILE: dict[str, Callable[[Call], Any]] = {
    "getme": get_me,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletemycommands": delete_my_commands,
    "setchatmenubutton": set_chat_menu_button,
    "getchatmenubutton": get_chat_menu_button,
    "logout": log_out_of_cloud,
    "close": close,
    **{f"setmy{field.replace('_', '')}": _set(field) for field in LENGTHS},
    **{f"getmy{field.replace('_', '')}": _get(field) for field in LENGTHS},
}
