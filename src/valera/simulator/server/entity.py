"""Message entities: what Telegram demands of them. Offsets and lengths count UTF-16 code units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from valera.simulator.server.refusal import bad_request

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_ENTITIES = 100  # Telegram ignores the rest

ENTITY_TYPES = frozenset(
    {
        "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold", "italic", "underline", "strikethrough",
        "spoiler", "blockquote", "expandable_blockquote", "code", "pre", "text_link", "text_mention", "custom_emoji", "date_time",
    }
)  # fmt: skip
_NEEDS = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}


class Entity(msgspec.Struct, omit_defaults=True):
    """Telegram's own: https://core.telegram.org/bots/api#messageentity."""

    type: str
    offset: int
    length: int
    url: str | None = None
    user: dict[str, Any] | None = None
    language: str | None = None
    custom_emoji_id: str | None = None


def utf16_length(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def utf16_positions(text: str) -> dict[int, int]:
    """UTF-16 offset → index in the Python string, for every place where a character begins, and for the end."""
    positions, offset = {}, 0
    for index, character in enumerate(text):
        positions[offset] = index
        offset += 2 if character > "\uffff" else 1
    positions[offset] = len(text)
    return positions


def check_entities(text: str, entities: Sequence[Entity]) -> None:
    """Raises Refusal 400 for the first entity that Telegram would not take."""
    positions, end = utf16_positions(text), utf16_length(text)
    for entity in entities:
        _check_type(entity)
        if entity.offset < 0:
            raise bad_request(f"receive an entity with incorrect offset {entity.offset}")
        if entity.length <= 0:
            raise bad_request(f"receive an entity with incorrect length {entity.length}")
        for place, name in ((entity.offset, "begins"), (entity.offset + entity.length, "ends")):
            if place > end or (name == "begins" and place == end):
                raise bad_request(f"entity {name} after the end of the text at UTF-16 offset {place}")
            if place not in positions:
                raise bad_request(f"entity {name} in a middle of a UTF-16 symbol at UTF-16 offset {place}")


def _check_type(entity: Entity) -> None:
    if entity.type not in ENTITY_TYPES:
        raise bad_request(f"can't parse MessageEntity: unsupported type {entity.type!r} specified")
    needed = _NEEDS.get(entity.type)
    if needed is not None and not getattr(entity, needed):
        raise bad_request(f'can\'t parse MessageEntity: field "{needed}" must be given for {entity.type}')


def trim(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    """White space at both ends goes, as Telegram stores it; in front only up to the first entity."""
    kept = text.rstrip()
    first = min((entity.offset for entity in entities), default=len(kept))
    lead = min(len(kept) - len(kept.lstrip()), first)
    kept = kept[lead:]
    end = utf16_length(kept)
    moved = [msgspec.structs.replace(entity, offset=entity.offset - lead) for entity in entities]
    clipped = [msgspec.structs.replace(entity, length=min(entity.length, end - entity.offset)) for entity in moved]
    return kept, [entity for entity in clipped if entity.length > 0]
