"""Turns that run in this process, and how one is stopped because a person has taken its chat over.

What stops here is the work and the money it costs. That nothing of it is said does not hang on it: the transaction that would say it looks
at the chat first.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Running:
    _stops: dict[int, asyncio.Event] = field(default_factory=dict[int, asyncio.Event])

    @contextlib.contextmanager
    def turn(self, turn_id: int) -> Iterator[asyncio.Event]:
        stop = self._stops[turn_id] = asyncio.Event()
        try:
            yield stop
        finally:
            self._stops.pop(turn_id, None)

    def stop(self, turn_ids: Iterable[int]) -> None:
        for turn_id in turn_ids:
            if (stop := self._stops.get(turn_id)) is not None:
                stop.set()
