"""Every kind of content that a message of Bot API 10.3 can have, and what Valera makes of it. docs/telegram-updates.md shows this table.

What a client sends is never met with silence without a reason: it is read, fetched, or told to the assistant in words. Only what Telegram
itself says about a chat is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec


class Treatment(StrEnum):
    READ = "read"
    FILE = "fetched"
    TOLD = "told in words"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class ContentKind:
    """``words``: fields of the content that are told with it, for the assistant and the team."""

    name: str
    treatment: Treatment
    reason: str
    words: tuple[str, ...] = ()


def _read(name: str, reason: str) -> ContentKind:
    return ContentKind(name, Treatment.READ, reason)


def _file(name: str, reason: str) -> ContentKind:
    return ContentKind(name, Treatment.FILE, reason)


def _told(name: str, reason: str, *words: str) -> ContentKind:
    return ContentKind(name, Treatment.TOLD, reason, words)


def _ignored(reason: str, *names: str) -> tuple[ContentKind, ...]:
    return tuple(ContentKind(name, Treatment.IGNORED, reason) for name in names)


GROUPS = "happens in groups and channels, where nobody is a client"
PAYMENTS = "the bot sells nothing in Telegram"
TOPICS = "what a topic of a chat is called changes nothing in what is said there"

# In this order: what also sets another field for older bots stands before it (animation: document, venue: location …).
CONTENT_KINDS = {
    kind.name: kind
    for kind in (
        _read("text", "the client's words"),
        _read("contact", "the client's own phone is saved; another person's is not taken for it"),
        _file("live_photo", "its still is fetched: that is what can be looked at"),
        _file("photo", "fetched in its largest size"),
        _file("voice", "fetched"),
        _file("video", "fetched"),
        _file("video_note", "fetched"),
        _file("animation", "fetched"),
        _file("audio", "fetched"),
        _file("document", "fetched, whatever its name and type"),
        _file("sticker", "fetched: a sticker may be the whole answer"),
        _told("venue", "a place with its name and address", "title", "address"),
        _told("location", "a place on the map; its coordinates stay in the stored update"),
        _told("poll", "with its question", "question"),
        _told("checklist", "with its title", "title"),
        _told("dice", "what was thrown", "emoji"),
        _told("game", "a game of another bot", "title"),
        _told("story", "somebody's story; bots cannot open it"),
        _told("paid_media", "bots cannot fetch media that are paid for"),
        _told("gift", "a gift"),
        _told("unique_gift", "a gift"),
        _told("giveaway", "a giveaway of a channel, passed on"),
        _told("giveaway_winners", "a giveaway of a channel, passed on"),
        _told("invoice", "somebody's invoice, passed on", "title"),
        _told("rich_message", "a message with headings and tables, passed on"),
        *_ignored(
            GROUPS,
            "new_chat_members",
            "left_chat_member",
            "chat_owner_left",
            "chat_owner_changed",
            "new_chat_title",
            "new_chat_photo",
            "delete_chat_photo",
            "group_chat_created",
            "supergroup_chat_created",
            "channel_chat_created",
            "migrate_to_chat_id",
            "migrate_from_chat_id",
            "community_chat_added",
            "community_chat_removed",
            "community_chat_joined",
            "proximity_alert_triggered",
            "boost_added",
            "giveaway_created",
            "giveaway_completed",
            "direct_message_price_changed",
            "paid_message_price_changed",
            "suggested_post_approved",
            "suggested_post_approval_failed",
            "suggested_post_declined",
            "suggested_post_paid",
            "suggested_post_refunded",
            "video_chat_scheduled",
            "video_chat_started",
            "video_chat_ended",
            "video_chat_participants_invited",
        ),
        *_ignored(
            TOPICS,
            "forum_topic_created",
            "forum_topic_edited",
            "forum_topic_closed",
            "forum_topic_reopened",
            "general_forum_topic_hidden",
            "general_forum_topic_unhidden",
        ),
        *_ignored(PAYMENTS, "successful_payment", "refunded_payment", "gift_upgrade_sent"),
        *_ignored(
            "Telegram tells how the chat looks or what the person allowed; nothing is asked",
            "message_auto_delete_timer_changed",
            "pinned_message",
            "chat_background_set",
            "connected_website",
            "write_access_allowed",
        ),
        *_ignored(
            "answers to buttons that the bot does not show",
            "users_shared",
            "user_shared",
            "chat_shared",
            "web_app_data",
            "passport_data",
            "managed_bot_created",
        ),
        *_ignored(
            "a change of what was told already", "checklist_tasks_done", "checklist_tasks_added", "poll_option_added", "poll_option_deleted"
        ),
    )
}

FILES = tuple(kind.name for kind in CONTENT_KINDS.values() if kind.treatment is Treatment.FILE)
UNKNOWN = "unknown"
MAX_WORDS = 200


class _Message(msgspec.Struct, frozen=True):
    message: dict[str, msgspec.Raw] = {}
    edited_message: dict[str, msgspec.Raw] = {}


_fields = msgspec.json.Decoder(_Message)


def told(body: bytes) -> list[dict[str, str]]:
    """What a message without text and file holds, as the one thing that is told of it: ``[{"kind": "venue", "text": …}]``; empty: nothing
    but what is ignored. ``body`` is the whole update; what it holds that nobody knows is told as such.
    """
    try:
        update = _fields.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return [{"kind": UNKNOWN}]
    given = update.message or update.edited_message
    for name, kind in CONTENT_KINDS.items():
        if name not in given:
            continue
        if kind.treatment is Treatment.TOLD:
            return [{"kind": name} | _text(kind, given[name])]
        if kind.treatment is Treatment.IGNORED:
            return []
    return [{"kind": UNKNOWN}]


def _text(kind: ContentKind, raw: msgspec.Raw) -> dict[str, str]:
    try:
        content: Any = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict):
        return {}
    said = ", ".join(" ".join(content[name].split()) for name in kind.words if isinstance(content.get(name), str))
    return {"text": said[:MAX_WORDS]} if said else {}


def render() -> str:
    """The table as docs/telegram-updates.md shows it; neighbours with the same reason share a line."""
    lines = ["| Content | Treatment | Why |", "|---|---|---|"]
    names: list[str] = []
    kinds = list(CONTENT_KINDS.values())
    for kind, following in zip(kinds, [*kinds[1:], None], strict=True):
        names.append(f"`{kind.name}`")
        if following is None or (following.treatment, following.reason) != (kind.treatment, kind.reason):
            lines.append(f"| {', '.join(names)} | {kind.treatment} | {kind.reason} |")
            names = []
    return "\n".join(lines)
