"""The clients' clock: it runs slower while havoc is behind, so that every kill falls into the load and the load ends with the last one."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

TICK_SECONDS = 0.05


@dataclass(slots=True)
class Pace:
    """``seconds``: the length of the parts. ``left``: how many seconds havoc still needs, as far as it can tell."""

    seconds: float
    left: Callable[[], float]
    now: float = 0
    _waiting: list[tuple[float, int, asyncio.Event]] = field(default_factory=list[tuple[float, int, asyncio.Event]])
    _order: Iterator[int] = field(default_factory=itertools.count)

    async def reach(self, moment: float) -> None:
        if moment > self.now:
            reached = asyncio.Event()
            heapq.heappush(self._waiting, (moment, next(self._order), reached))
            await reached.wait()

    async def run(self) -> None:
        """Until cancelled. Never faster than seconds."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            speed = min(1, (self.seconds - self.now) / max(self.left(), 0.01))
            self.now += TICK_SECONDS * max(speed, 0.01)
            while self._waiting and self._waiting[0][0] <= self.now:
                heapq.heappop(self._waiting)[2].set()
