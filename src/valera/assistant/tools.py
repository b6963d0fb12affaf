"""What the assistant may do, as a protocol: domains bring the tools, this package only offers and runs them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from valera.kit.db import AccountTx


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What the server binds and no model may name: whose chat this is, when and where."""

    chat_id: int
    client_id: int
    turn_id: int
    now: datetime
    zone: ZoneInfo
    locale: str


@dataclass(frozen=True, slots=True)
class Done:
    """``content`` goes to the model and into the journal: JSON values only."""

    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """It was not done; ``sentence`` says why, in words fit for the client."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Tool:
    """One capability. ``has_effect``: it changes rows, so the same call within a turn is carried out once."""

    name: str
    description: str
    arguments: type[msgspec.Struct]
    has_effect: bool
    run: Callable[[AccountTx, ToolContext, Any], Awaitable[Done | Failed]]

    def json_schema(self) -> dict[str, Any]:
        """The arguments as the JSON Schema that models are given."""
        return _schema_of(self.arguments)


@functools.cache
def _schema_of(arguments: type[msgspec.Struct]) -> dict[str, Any]:
    _, components = msgspec.json.schema_components([arguments], ref_template="#/$defs/{name}")
    schema = dict(components.pop(arguments.__name__))
    return {**schema, "$defs": components} if components else schema
