"""References in a call's arguments, filled in while it is played: keys that were given, to this chat or to others, and sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evil.player import Player

DEEPEST = 900


def fill(value: Any, player: Player) -> Any:
    if isinstance(value, list):
        return [fill(one, player) for one in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return player.key(value["$ref"], value.get("of", "own"), value.get("at", 0))
    if "$repeat" in value:
        return value["$repeat"] * value["times"]
    if "$nest" in value:
        return _nested(min(value["$nest"], DEEPEST))
    return {key: fill(inner, player) for key, inner in value.items()}


def _nested(depth: int) -> Any:
    inner: Any = "дно"
    for _ in range(depth):
        inner = [inner]
    return inner
