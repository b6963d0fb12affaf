"""Text for Telegram: ``**bold**`` becomes an entity (never a parse mode), and long texts are split on borders that people would choose.

Offsets and lengths are UTF-16 units, Telegram's own (https://core.telegram.org/bots/api#messageentity).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

MAX_UNITS = 4096
BASIC_PLANE = 0xFFFF
"""A character beyond it takes two UTF-16 units."""
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]{1,1000}?)(?<=\S)\*\*")


@dataclass(frozen=True, slots=True)
class Formatted:
    text: str
    entities: tuple[dict[str, Any], ...]


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(1 for character in text if ord(character) > BASIC_PLANE)


def format_text(source: str) -> Formatted:
    text, entities, at = "", [], 0
    for found in _BOLD.finditer(source):
        text += source[at : found.start()]
        entities.append({"type": "bold", "offset": units(text), "length": units(found[1])})
        text += found[1]
        at = found.end()
    text += source[at:]
    lead = len(text) - len(text.lstrip())
    return Formatted(text.strip(), _shifted(entities, units(text[:lead])))


def split(formatted: Formatted, limit: int = MAX_UNITS) -> tuple[Formatted, ...]:
    """Pieces of at most ``limit`` units that together say the same; an entity that a border would cut is cut there into two."""
    pieces: list[Formatted] = []
    text, entities = formatted.text, formatted.entities
    while units(text) > limit:
        cut = _border(text, limit)
        head, rest = text[:cut], text[cut:]
        pieces.append(Formatted(head.rstrip(), _within(entities, 0, units(head.rstrip()))))
        lead = len(rest) - len(rest.lstrip())
        entities = _within(entities, units(head) + units(rest[:lead]), units(text))
        text = rest.lstrip()
    pieces.append(Formatted(text, entities))
    return tuple(piece for piece in pieces if piece.text)


def _border(text: str, limit: int) -> int:
    """Where to cut: after a paragraph, a line, a sentence, a word of the last half; else at the limit."""
    end, used = 0, 0
    for end, character in enumerate(text):  # noqa: B007  (the index is the result)
        used += 2 if ord(character) > BASIC_PLANE else 1
        if used > limit:
            break
    for mark in ("\n\n", "\n", ". ", " "):
        at = text.rfind(mark, end // 2, end)
        if at > 0:
            return at + len(mark)
    return end


def _within(entities: tuple[dict[str, Any], ...], start: int, end: int) -> tuple[dict[str, Any], ...]:
    kept = []
    for entity in entities:
        first, last = max(entity["offset"], start), min(entity["offset"] + entity["length"], end)
        if first < last:
            kept.append({**entity, "offset": first - start, "length": last - first})
    return tuple(kept)


def _shifted(entities: list[dict[str, Any]], by: int) -> tuple[dict[str, Any], ...]:
    return tuple({**entity, "offset": entity["offset"] - by} for entity in entities)
