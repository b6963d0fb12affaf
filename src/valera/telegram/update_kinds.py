"""Every kind of update of Bot API 10.3, and what Valera makes of it. docs/telegram-updates.md shows this table.

Telegram is asked for what is acted on or stored, by name: what it may send by default changes with its versions. A kind that is not
here (a newer Telegram, another server) is stored raw as well, and has no effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    ACTED_ON = "acted on"
    STORED = "stored for the team"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class UpdateKind:
    name: str
    meaning: Meaning
    reason: str


ACTED_ON = (
    UpdateKind("message", Meaning.ACTED_ON, "a person writes in private; in a group or on behalf of a channel nobody is a client"),
    UpdateKind("edited_message", Meaning.ACTED_ON, "the words change; what is not answered yet is answered as it stands now"),
    UpdateKind("callback_query", Meaning.ACTED_ON, "a button takes effect by code and is acknowledged at once"),
    UpdateKind("my_chat_member", Meaning.ACTED_ON, "a client blocked or unblocked the bot; the bot was added to a group or removed"),
)
STORED = (
    UpdateKind("message_reaction", Meaning.STORED, "a client's 👍 or 👎 on an answer: counted, never answered"),
    UpdateKind("business_connection", Meaning.STORED, "somebody connected the bot to an account of their own: the shop may want it"),
    UpdateKind("business_message", Meaning.STORED, "that account's chats are not the shop's clients until a shop says so: not answered"),
    UpdateKind("edited_business_message", Meaning.STORED, "as the message that it changes"),
    UpdateKind("deleted_business_messages", Meaning.STORED, "as the messages that it takes away"),
)
IGNORED = (
    UpdateKind("channel_post", Meaning.IGNORED, "a channel is no client"),
    UpdateKind("edited_channel_post", Meaning.IGNORED, "a channel is no client"),
    UpdateKind("guest_message", Meaning.IGNORED, "guest mode is off: the bot speaks in nobody else's chat"),
    UpdateKind("message_reaction_count", Meaning.IGNORED, "anonymous reactions exist in channels only"),
    UpdateKind("inline_query", Meaning.IGNORED, "inline mode is off: prices are told to clients, not typed into other chats"),
    UpdateKind("chosen_inline_result", Meaning.IGNORED, "inline mode is off"),
    UpdateKind("shipping_query", Meaning.IGNORED, "the bot sends no invoices"),
    UpdateKind("pre_checkout_query", Meaning.IGNORED, "the bot sends no invoices, so nothing can be paid by mistake"),
    UpdateKind("purchased_paid_media", Meaning.IGNORED, "the bot sells no media"),
    UpdateKind("poll", Meaning.IGNORED, "the bot makes no polls"),
    UpdateKind("poll_answer", Meaning.IGNORED, "the bot makes no polls"),
    UpdateKind("chat_member", Meaning.IGNORED, "who joins or leaves a group is not the shop's business"),
    UpdateKind("chat_join_request", Meaning.IGNORED, "the bot admits nobody to groups"),
    UpdateKind("chat_boost", Meaning.IGNORED, "boosts belong to channels and groups"),
    UpdateKind("removed_chat_boost", Meaning.IGNORED, "boosts belong to channels and groups"),
    UpdateKind("managed_bot", Meaning.IGNORED, "bots are connected by their token; no bot manages others yet"),
    UpdateKind("subscription", Meaning.IGNORED, "nothing is sold for Telegram's stars"),
    UpdateKind("stopped_message_generation", Meaning.IGNORED, "drafts are shown without a button to stop them"),
)

UPDATE_KINDS = {kind.name: kind for kind in (*ACTED_ON, *STORED, *IGNORED)}
ALLOWED_UPDATES = tuple(kind.name for kind in (*ACTED_ON, *STORED))


def render() -> str:
    """The table as docs/telegram-updates.md shows it."""
    lines = [f"| `{kind.name}` | {kind.meaning} | {kind.reason} |" for kind in UPDATE_KINDS.values()]
    return "\n".join(["| Kind | Meaning | Why |", "|---|---|---|", *lines])
