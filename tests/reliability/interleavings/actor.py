"""One party of a schedule: a task that does the product's work and stops at every border until it is told to go on."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.reliability.interleavings.border import NOTHING, Border, Footprint

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@dataclass(slots=True)
class Actor:
    """``work`` runs in a task of its own. A released actor is held no more, for whatever it still has to do."""

    name: str
    work: Callable[[], Awaitable[object]]
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    is_released: bool = False
    is_blocked: bool = False
    backends: set[int] = field(default_factory=set[int])
    touched: Footprint = NOTHING
    _held: deque[tuple[Border, asyncio.Future[None]]] = field(default_factory=deque[tuple[Border, asyncio.Future[None]]])
    _task: asyncio.Task[object] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self.name)
        self._task.add_done_callback(lambda _: self.stirred.set())

    async def _run(self) -> object:
        return await self.work()

    @property
    def border(self) -> Border | None:
        """Where it is held now."""
        return self._held[0][0] if self._held else None

    @property
    def is_done(self) -> bool:
        return self._task is not None and self._task.done()

    @property
    def is_moving(self) -> bool:
        return not self.is_done and not self._held

    @property
    def error(self) -> BaseException | None:
        assert self._task is not None
        return self._task.exception() if self._task.done() and not self._task.cancelled() else None

    async def reach(self, border: Border) -> None:
        """Called by whatever the actor works with."""
        if self.is_released:
            return
        go = asyncio.get_running_loop().create_future()
        self._held.append((border, go))
        self.stirred.set()
        await go

    def go(self) -> None:
        """On to the next border."""
        _, go = self._held.popleft()
        self.touched = NOTHING
        go.set_result(None)

    def release(self) -> None:
        self.is_released = True
        while self._held:
            self.go()

    async def finish(self, seconds: float = 10) -> None:
        assert self._task is not None
        await asyncio.wait([self._task], timeout=seconds)
        _ = self.error
