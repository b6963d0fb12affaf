"""A group of actors: what it begins from, who acts, and what must be true of it besides the promises that hold always."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.reliability.interleavings.scene import Parts, Scene


async def nothing_more(_scene: Scene) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Group:
    """``bound``: how often an actor is left that could go on; ``most``: a stop for a group that grew by mistake."""

    name: str
    set_up: Callable[[Scene], Awaitable[Parts]]
    check: Callable[[Scene], Awaitable[list[str]]] = nothing_more
    bound: int = 1
    most: int = 400


BOOKED = "select status, number from bookings where account_id = $1 and id <> $2 order by id"
"""Since the cast was planted."""


def ours(scene: Scene) -> tuple[int, int]:
    return scene.shop.account_id, scene.shop.booking_id
