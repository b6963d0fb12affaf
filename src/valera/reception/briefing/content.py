"""How an attachment stands in the dialogue that a model reads: «[вложение: место: Автосервис, ул. Ленина, 1]»."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import Mapping

PHRASES = Phrases.load("valera.reception")

PLAIN = str.maketrans("[]", "()")
"""The mark ends at its bracket, whatever a file or a place is called."""


def attachment_words(locale: str, attachment: Mapping[str, str]) -> str:
    """What a client wrote on it (a file's name, a poll's question) is told; whom a shared contact belongs to is not."""
    kind = attachment["kind"]
    named = PHRASES.say(locale, f"content.{kind}" if is_known(kind) else "content.unknown")
    text = attachment.get("text", "").translate(PLAIN)
    return PHRASES.say(locale, "attachment", kind=f"{named}: {text}" if text else named)


def is_known(kind: str) -> bool:
    return f"content.{kind}" in PHRASES.by_locale["ru"]
