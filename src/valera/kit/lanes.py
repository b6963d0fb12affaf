"""A lane: work that is claimed from the database in batches and carried out concurrently, woken by a NOTIFY and by a poll each second."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

import asyncpg
import structlog

from valera.kit.db import DatabaseUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from typing import Any

log = structlog.get_logger(__name__)

Claimed = TypeVar("Claimed")

BATCH = 100
POLL_SECONDS = 1.0


@dataclass(slots=True)
class Lane(Generic[Claimed]):
    """``claim(n)`` takes at most n pieces of work; ``work`` carries one out, raises nothing it could cure, and says whether more became
    due by it. At most ``most`` at once.
    """

    name: str
    most: int
    claim: Callable[[int], Awaitable[Sequence[Claimed]]]
    work: Callable[[Claimed], Coroutine[Any, Any, bool]]
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def wake(self) -> None:
        self._woken.set()

    def wake_in(self, seconds: float) -> None:
        """Something will be due then."""
        asyncio.get_running_loop().call_later(seconds, self.wake)

    async def run(self) -> None:
        """Until cancelled; then nothing new is claimed."""
        while True:
            self._woken.clear()
            try:
                free = min(self.most - len(self._running), BATCH)
                if free > 0 and await asyncio.shield(self._claim(free)) == free:
                    continue  # there may be more than was asked for
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                log.warning("claim_failed", lane=self.name, error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)

    async def drain(self, seconds: float) -> None:
        """What runs may finish; what does not is cancelled and found again by its lease."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _claim(self, free: int) -> int:
        """Shielded: what is claimed is also begun, even while the lane is being stopped."""
        claimed = await self.claim(free)
        for piece in claimed:
            task = asyncio.create_task(self._carry_out(piece))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(claimed)

    async def _carry_out(self, piece: Claimed) -> None:
        is_more = len(self._running) >= self.most
        try:
            is_more |= await self.work(piece)
        except (DatabaseUnavailable, asyncpg.PostgresError) as error:
            log.warning("work_interrupted", lane=self.name, error=type(error).__name__)
        except Exception:  # the job runner: whatever it was, its lease brings it back, and the lane goes on
            log.exception("work_failed", lane=self.name)
        if is_more:
            self.wake()
