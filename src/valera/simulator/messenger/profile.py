"""What a bot says of itself: its commands, name and descriptions, and the button beside the text field."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.store import Store

COMMANDS = "commands"
MENU_BUTTON = "menu_button"
EVERYBODY = "default"
PRIVATE_CHATS = "all_private_chats"


def put_profile(store: Store, bot_id: int, field: str, given: Any, *, scope: str = "", language: str = "") -> None:
    store.execute(
        "insert into profiles (bot_id, field, scope, language, given) values (?, ?, ?, ?, ?)"
        " on conflict (bot_id, field, scope, language) do update set given = excluded.given",
        bot_id, field, scope, language, json.dumps(given, ensure_ascii=False),
    )  # fmt: skip


def find_profile(store: Store, bot_id: int, field: str, *, scope: str = "", language: str = "") -> Any:
    """None where nothing was set for exactly this scope and language."""
    row = store.find(
        "select given from profiles where bot_id = ? and field = ? and scope = ? and language = ?", bot_id, field, scope, language
    )
    return None if row is None else json.loads(row["given"])


def delete_profile(store: Store, bot_id: int, field: str, *, scope: str = "", language: str = "") -> None:
    store.execute("delete from profiles where bot_id = ? and field = ? and scope = ? and language = ?", bot_id, field, scope, language)


def commands_for(store: Store, bot_id: int, person: Person) -> list[dict[str, Any]]:
    """What a person sees in the private chat: the narrowest scope that has commands, in the person's language before any."""
    for scope in (f"chat {person.id}", PRIVATE_CHATS, EVERYBODY):
        for language in (person.language, ""):
            commands = find_profile(store, bot_id, COMMANDS, scope=scope, language=language)
            if commands is not None:
                return commands
    return []


def menu_button_for(store: Store, bot_id: int, person: Person) -> dict[str, Any]:
    own = find_profile(store, bot_id, MENU_BUTTON, scope=str(person.id))
    return own or find_profile(store, bot_id, MENU_BUTTON) or {"type": "default"}
