"""One schedule, step by step: one actor goes on to its next border while the others stand at theirs or wait for a lock."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.reliability.interleavings.border import UNKNOWN, At, Border, Footprint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import asyncpg

    from tests.reliability.interleavings.actor import Actor

PATIENCE = 20.0
"""Seconds without any step: then somebody hangs."""

BLOCKERS = "select pid, pg_blocking_pids(pid) as by from unnest($1::int[]) as pid"


class Hang(Exception):
    """Nobody can go on: actors wait for each other outside of what PostgreSQL resolves."""


class NotReached(Exception):
    """An actor ended, or was held up, before the border that a schedule names."""


@dataclass(slots=True)
class Play:
    """``log``: who left which border, in order. ``observer`` looks at locks and takes none."""

    actors: dict[str, Actor]
    observer: asyncpg.Connection
    log: list[tuple[str, Border]] = field(default_factory=list[tuple[str, Border]])
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    @staticmethod
    def of(actors: Sequence[Actor], observer: asyncpg.Connection) -> Play:
        play = Play({actor.name: actor for actor in actors}, observer)
        for actor in actors:
            actor.stirred = play._stirred
        return play

    @property
    def now(self) -> int:
        """The number of the step that is being made."""
        return len(self.log)

    @property
    def enabled(self) -> tuple[str, ...]:
        """Who can be told to go on."""
        return tuple(actor.name for actor in self.actors.values() if actor.border is not None)

    @property
    def is_over(self) -> bool:
        return all(actor.is_done for actor in self.actors.values())

    def tell(self) -> str:
        return " → ".join(f"{name}: {border}" for name, border in self.log)

    # ---- for the explorer -----------------------------------------------------------------------

    async def begin(self) -> None:
        for actor in self.actors.values():
            actor.start()
        await self._settle()
        for actor in self.actors.values():
            await self._pass_models(actor)

    async def step(self, name: str) -> Footprint:
        """To this actor's next border; a call of a model is none: nobody else can tell when it was made."""
        waited = [actor for actor in self.actors.values() if actor.is_blocked]
        footprint = await self._go(self.actors[name])
        for actor in self.actors.values():
            footprint |= await self._pass_models(actor)
        if self.actors[name].is_blocked or any(not actor.is_blocked for actor in waited):
            return UNKNOWN
        return footprint

    async def _pass_models(self, actor: Actor) -> Footprint:
        footprint = Footprint()
        while actor.border is not None and actor.border.at is At.MODEL:
            footprint |= await self._go(actor)
        return footprint

    async def let_go(self) -> None:
        """Whatever is left runs as it likes."""
        for actor in self.actors.values():
            actor.release()
        for actor in self.actors.values():
            await actor.finish()

    # ---- for schedules written by hand ----------------------------------------------------------

    async def until(self, name: str, is_there: Callable[[Border], bool]) -> None:
        """This actor alone, until it stands at such a border. Raises NotReached."""
        actor = self.actors[name]
        while actor.border is None or not is_there(actor.border):
            if actor.is_done or actor.is_blocked:
                raise NotReached(f"{name}: {'blocked' if actor.is_blocked else 'done'} after {self.tell()}")
            await self._go(actor)

    async def finish(self, *names: str) -> None:
        """These actors one after another to their ends. One that comes to wait for a lock is left waiting."""
        for name in names:
            actor = self.actors[name]
            while not actor.is_done and not actor.is_blocked:
                await self._go(actor)

    async def _go(self, actor: Actor) -> Footprint:
        assert actor.border is not None
        self.log.append((actor.name, actor.border))
        actor.go()
        await self._settle()
        return actor.touched

    # ---- quiet -----------------------------------------------------------------------------------

    async def _settle(self) -> None:
        """Until everybody is done, held, or waits for a lock of somebody who is. Raises Hang."""
        loop = asyncio.get_running_loop()
        until, wait = loop.time() + PATIENCE, 0.003
        while True:
            self._stirred.clear()
            moving = [actor for actor in self.actors.values() if actor.is_moving]
            for actor in self.actors.values():
                actor.is_blocked &= actor in moving
            if not moving:
                return
            if await self._is_stirred(wait):
                continue
            await self._look_for_locks(moving)
            if all(actor.is_blocked for actor in moving) and not self._stirred.is_set() and self.enabled:
                return
            if loop.time() > until:
                raise Hang(self.tell())
            wait = 0.001

    async def _is_stirred(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            return False
        return True

    async def _look_for_locks(self, moving: list[Actor]) -> None:
        """Who waits for somebody that stands still. Where everybody waits for each other, PostgreSQL ends it: a deadlock."""
        pids = [pid for actor in moving for pid in actor.backends]
        rows = {row["pid"]: set(row["by"]) for row in await self.observer.fetch(BLOCKERS, pids)}
        still = {pid for actor in self.actors.values() if not actor.is_moving for pid in actor.backends}
        while True:
            more = {pid for pid, by in rows.items() if by & still} - still
            if not more:
                break
            still |= more
        for actor in moving:
            actor.is_blocked = bool(actor.backends & still)
