"""What is done to the processes: kill -9 of one after another, SIGSTOP and SIGCONT, immediate restarts of the database."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from dataclasses import dataclass, field
from enum import Enum

from tests.reliability.chaos.installation import Installation, Process
from tests.reliability.chaos.plan import Plan


class Deed(Enum):
    KILL = "kill -9"
    STOP = "SIGSTOP"
    RESTART = "restart of the database"


@dataclass(slots=True)
class Havoc:
    """One deed after another, each as soon as the previous victim is ready again. ``times``: seconds until it was; ``diary``: what was
    done when.
    """

    plan: Plan
    installation: Installation
    dice: random.Random
    done: dict[Deed, int] = field(default_factory=lambda: dict.fromkeys(Deed, 0))
    killed_workers: int = 0
    times: list[float] = field(default_factory=list[float])
    diary: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])

    def order(self) -> list[Deed]:
        """The rarer deeds lie between the kills, never first."""
        deeds = [Deed.KILL] * (self.plan.kills - 1) + [Deed.STOP] * self.plan.stops + [Deed.RESTART] * self.plan.restarts
        self.dice.shuffle(deeds)
        return [Deed.KILL, *deeds]

    def last_before(self, moment: float) -> str:
        """What was done last before that time, and how long before."""
        at, what = max((entry for entry in self.diary if entry[0] <= moment), default=(moment, "nothing"))
        return f"{moment - at:.1f} s after {what}"

    def seconds_left(self) -> float:
        """At the speed so far; what is left of the plan where there is none yet."""
        wanted = self.plan.kills + self.plan.stops + self.plan.restarts
        each = sum(self.times) / len(self.times) if self.times else self.plan.seconds / wanted
        return (wanted - len(self.times)) * each

    async def wreak(self, loaded: asyncio.Event) -> None:
        """The whole order; then, for as long as ``loaded`` is not set, more kills."""
        for deed in self.order():
            await self._do(deed)
        while not loaded.is_set():
            await self._do(Deed.KILL)

    async def _do(self, deed: Deed) -> None:
        victim = self.dice.choice(self.installation.processes)
        since = time.monotonic()
        self.diary.append((time.time(), deed.value if deed is Deed.RESTART else f"{deed.value} of {victim.name}"))
        match deed:
            case Deed.KILL:
                await self._kill(victim)
            case Deed.STOP:
                victim.signal(signal.SIGSTOP)
                await asyncio.sleep(self.plan.stop_seconds)
                victim.signal(signal.SIGCONT)
            case Deed.RESTART:
                await self.installation.restart_database()
        await asyncio.gather(*(process.wait_ready() for process in self.installation.processes))
        self.done[deed] += 1
        self.times.append(time.monotonic() - since)

    async def _kill(self, victim: Process) -> None:
        """The supervisor starts it again at once."""
        self.killed_workers += victim.kind == "worker"
        victim.is_watched = False
        victim.signal(signal.SIGKILL)
        await victim.wait_ended(seconds=10)
        victim.start()
        victim.is_watched = True
