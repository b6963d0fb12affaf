"""A lane: work that is claimed from the database in batches and carried out concurrently, woken by a NOTIFY and by a poll each second.

A wake-up asks for what became due lately. Each second, and while it is behind, a lane asks for whatever is due.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import asyncpg
import structlog

from valera.kit.db import AccountId, DatabaseUnavailable
from valera.kit.portions import Portions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from typing import Any

log = structlog.get_logger(__name__)


class Piece(Protocol):
    @property
    def account_id(self) -> AccountId: ...


Claimed = TypeVar("Claimed", bound=Piece)

BATCH = 100
POLL_SECONDS = 1.0
LATELY = timedelta(seconds=10)

MANY = 15
"""A claim looks at four times a shop's part of what was asked for (``queries``). Where that left something of a shop, it brought at least
so many pieces, or all it was asked for."""


@dataclass(slots=True)
class Lane(Generic[Claimed]):
    """``claim(n, portions)`` takes at most n pieces of work; ``work`` carries one out, raises nothing it could cure, and says whether more
    became due by it. At most ``most`` at once, and ``share`` of one shop: the rest stays free for the others.
    """

    name: str
    most: int
    share: int
    claim: Callable[[int, Portions], Awaitable[Sequence[Claimed]]]
    work: Callable[[Claimed], Coroutine[Any, Any, bool]]
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _busy: Counter[AccountId] = field(default_factory=Counter)
    _is_behind: bool = True
    _is_flowing: bool = False
    _caught_up_at: float = 0

    def wake(self) -> None:
        """Something has become due."""
        self._woken.set()

    def catch_up(self) -> None:
        """Something is due, and perhaps since long ago."""
        self._is_behind = True
        self._woken.set()

    def wake_in(self, seconds: float) -> None:
        """Something will be due then."""
        asyncio.get_running_loop().call_later(seconds, self.wake)

    async def run(self) -> None:
        """Until cancelled; then nothing new is claimed."""
        while True:
            self._woken.clear()
            try:
                free = min(self.most - self._busy.total(), BATCH)
                if free > 0 and await asyncio.shield(self._claim(free)):
                    continue
            except (DatabaseUnavailable, asyncpg.PostgresError) as error:
                log.warning("claim_failed", lane=self.name, error=type(error).__name__)
                self._is_behind = True
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):  # wait_for of Python 3.11 forgets a cancellation that comes with the wake-up
                    await self._woken.wait()

    async def drain(self, seconds: float) -> None:
        """What runs may finish; what does not is cancelled and found again by its lease."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _claim(self, free: int) -> bool:
        """Shielded: what is claimed is also begun, even while the lane is being stopped. True: there may be more than was asked for.

        Whatever is due is asked for while that brings much, and then the latest in between: what came meanwhile does not count as
        being behind.
        """
        now = asyncio.get_running_loop().time()
        is_thorough = (self._is_behind and not self._is_flowing) or now >= self._caught_up_at + POLL_SECONDS
        if is_thorough:
            self._is_behind, self._caught_up_at = False, now
        claimed = await self.claim(free, Portions(dict(self._busy), self.share, None if is_thorough else LATELY))
        for piece in claimed:
            self.begin(piece)
        self._is_flowing = len(claimed) >= min(free, MANY)
        self._is_behind |= is_thorough and self._is_flowing
        return self._is_flowing or self._is_behind

    @property
    def is_busy(self) -> bool:
        """Whether work that can wait should."""
        return self._is_behind or self._busy.total() > self.most // 4

    def has_room(self, account_id: AccountId) -> bool:
        return self._busy.total() < self.most and self._busy[account_id] < self.share

    def begin(self, piece: Claimed) -> None:
        """Carry out what was claimed already."""
        task = asyncio.create_task(self._carry_out(piece))
        self._running.add(task)
        self._busy[piece.account_id] += 1
        task.add_done_callback(self._running.discard)

    async def _carry_out(self, piece: Claimed) -> None:
        is_more = False
        try:
            is_more |= await self.work(piece)
        except (DatabaseUnavailable, asyncpg.PostgresError) as error:
            log.warning("work_interrupted", lane=self.name, error=type(error).__name__)
        except Exception:  # the job runner: whatever it was, its lease brings it back, and the lane goes on
            log.exception("work_failed", lane=self.name)
        finally:
            is_more |= not self.has_room(piece.account_id)
            self._busy -= Counter({piece.account_id: 1})
        if is_more:
            self.catch_up()
