"""One call of a bot, and what many methods read out of it: whom it is for, which message, which text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from valera.simulator.messenger.chat import Chat, find_chat
from valera.simulator.messenger.group import Group, Peer, find_peer
from valera.simulator.messenger.message import Message, find_message
from valera.simulator.server.entity import MAX_ENTITIES, Entity, check_entities, trim, utf16_length
from valera.simulator.server.keyboard import read_inline_markup
from valera.simulator.server.refusal import Refusal, bad_request, forbidden, too_many

if TYPE_CHECKING:
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.telegram import Telegram
    from valera.simulator.server.parameters import Parameters

MAX_TEXT = 4096  # UTF-16 units, after entities
MAX_CAPTION = 1024


class ReplyParameters(msgspec.Struct):
    message_id: int
    chat_id: int | str | None = None
    allow_sending_without_reply: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request."""

    telegram: Telegram
    bot: Bot
    parameters: Parameters
    now: float


Formatted = tuple[str, tuple[dict[str, Any], ...]]


def recipient(call: Call) -> tuple[Peer, Chat]:
    """Raises Refusal 400 for an unknown or migrated chat, 403 where the bot may not write."""
    given = call.parameters.values.get("chat_id")
    if given is None or given == "":
        raise bad_request("chat_id is empty")
    if isinstance(given, str) and given.startswith("@"):
        raise bad_request("chat not found")
    chat_id = call.parameters.integer("chat_id")
    peer = find_peer(call.telegram.store, call.bot.id, chat_id) if chat_id is not None and abs(chat_id) < 1 << 52 else None
    if peer is None:
        raise bad_request("chat not found")
    chat = find_chat(call.telegram.store, call.bot.id, peer.id)
    if isinstance(peer, Group):
        _check_group(peer)
    if chat is None:
        raise forbidden("bot can't initiate conversation with a user")
    if chat.is_blocked:
        raise forbidden("bot was blocked by the user")
    return peer, chat


def text_of(call: Call) -> Formatted:
    """The text of a message, which has one."""
    text, entities = formatted(call.parameters, "text", "entities", limit=MAX_TEXT, too_long="message is too long")
    if not text:
        raise bad_request("message text is empty")
    return text, entities


def caption_of(parameters: Parameters) -> Formatted:
    return formatted(parameters, "caption", "caption_entities", limit=MAX_CAPTION, too_long="message caption is too long")


def formatted(parameters: Parameters, name: str, entities_name: str, *, limit: int, too_long: str) -> Formatted:
    """A text as Telegram stores it and its entities, checked."""
    if mode := parameters.text("parse_mode"):
        known = mode.lower() in {"html", "markdown", "markdownv2"}
        raise bad_request("the simulator takes entities, not parse_mode" if known else "unsupported parse_mode")
    text = parameters.text(name).replace("\r", "").replace("\0", "")
    entities = (parameters.parsed(entities_name, list[Entity]) or [])[:MAX_ENTITIES]
    if not text.strip():
        return "", ()
    check_entities(text, entities)
    text, entities = trim(text, entities)
    if utf16_length(text) > limit:
        raise bad_request(too_long)
    return text, tuple(plain(entity) for entity in entities)


def reply_to(call: Call, peer: Peer) -> int | None:
    wanted = call.parameters.parsed("reply_parameters", ReplyParameters)
    if wanted is None:
        return None
    if 0 < wanted.message_id < 1 << 31 and find_message(call.telegram.store, call.bot.id, peer.id, wanted.message_id):
        return wanted.message_id
    if wanted.allow_sending_without_reply:
        return None
    raise bad_request("message to be replied not found")


def named_message(call: Call, peer: Peer) -> Message | None:
    message_id = call.parameters.integer("message_id")
    if message_id is None:
        raise bad_request("message identifier is not specified")
    return find_message(call.telegram.store, call.bot.id, peer.id, message_id) if 0 < message_id < 1 << 31 else None


def inline_markup(call: Call) -> dict[str, Any] | None:
    markup = read_inline_markup(call.parameters)
    return None if markup is None else plain(markup)


def spend_flood(call: Call, peer: Peer, *, messages: int = 1) -> None:
    if seconds := call.telegram.flood.spend(call.bot.id, peer.id, now=call.now, messages=messages):
        raise too_many(seconds)


def plain(struct: msgspec.Struct) -> dict[str, Any]:
    return msgspec.to_builtins(struct)


def _check_group(group: Group) -> None:
    if group.migrated_to is not None:
        raise Refusal(400, "group chat was upgraded to a supergroup chat", migrate_to=group.migrated_to)
    if not group.has_bot:
        raise forbidden(f"bot was kicked from the {group.kind} chat")
