"""All schedules of a few actors, depth first.

Two reductions, both stated in docs/reliability.md. *Sleep sets*: where two neighbouring steps touch nothing in common, only one of
their orders is played. *Bound*: an actor that could go on is left for another one at most so many times in a schedule; waiting for a
lock and ending cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.reliability.interleavings.border import Footprint
    from tests.reliability.interleavings.play import Play

Result = TypeVar("Result")

TRIES = 5


class Elsewhere(Exception):
    """The same choices led elsewhere: of two actors that wait for one row, PostgreSQL woke the other one first."""


@dataclass(slots=True)
class Choice:
    """One place in the current schedule where somebody had to be chosen. ``asleep``: going there leads to what was played already."""

    enabled: tuple[str, ...]
    asleep: dict[str, Footprint]
    last: str | None
    left: int
    """How often an actor may still be left."""
    chosen: str = ""
    tried: dict[str, Footprint] = field(default_factory=dict)

    def cost(self, name: str) -> int:
        return int(self.last in self.enabled and name != self.last)

    def choose(self) -> bool:
        """The next one that was not tried here; whoever went last first."""
        names = sorted(self.enabled, key=lambda name: name != self.last)
        for name in names:
            if name not in self.tried and name not in self.asleep and self.cost(name) <= self.left:
                self.chosen = name
                return True
        return False

    def asleep_after(self, footprint: Footprint) -> dict[str, Footprint]:
        known = self.asleep | {name: seen for name, seen in self.tried.items() if name != self.chosen}
        return {name: seen for name, seen in known.items() if seen.is_independent_of(footprint)}


@dataclass(slots=True)
class Explorer:
    """``bound`` None: every schedule. ``played`` are complete, ``spared`` ended where everything further was played already,
    ``missed`` went elsewhere TRIES times.
    """

    bound: int | None = 2
    played: int = 0
    spared: int = 0
    missed: int = 0
    _path: list[Choice] = field(default_factory=list[Choice])

    async def explore(self, begin: Callable[[], Awaitable[Play]], end: Callable[[Play], Awaitable[bool]], *, most: int) -> bool:
        """``begin`` sets the scene and returns its actors, each at its first border; ``end`` is told of each complete schedule and says
        whether to go on. False: there were more than ``most``.
        """
        while True:
            play = await self._reach_an_end(begin)
            if play is not None:
                self.played += 1
                if not await end(play):
                    return True
            while self._path and not self._path[-1].choose():
                self._path.pop()
            if not self._path:
                return True
            if self.played >= most:
                return False

    async def _reach_an_end(self, begin: Callable[[], Awaitable[Play]]) -> Play | None:
        for _ in range(TRIES):
            play = await begin()
            try:
                if await self._play(play):
                    return play
            except Elsewhere:
                await play.let_go()
                continue
            self.spared += 1
            await play.let_go()
            return None
        self.missed += 1
        return None

    async def _play(self, play: Play) -> bool:
        """False: it leads to nothing new."""
        asleep: dict[str, Footprint] = {}
        last, left, depth = None, 10_000 if self.bound is None else self.bound, 0
        while not play.is_over:
            if depth == len(self._path):
                choice = Choice(play.enabled, asleep, last, left)
                if not choice.choose():
                    return False
                self._path.append(choice)
            choice = self._path[depth]
            if choice.enabled != play.enabled:
                raise Elsewhere(f"{play.enabled} instead of {choice.enabled} after {play.tell()}")
            left = choice.left - choice.cost(choice.chosen)
            footprint = await play.step(choice.chosen)
            choice.tried[choice.chosen] = footprint
            asleep, last, depth = choice.asleep_after(footprint), choice.chosen, depth + 1
        return True
