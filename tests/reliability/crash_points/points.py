"""The borders at which a process can die: named as they are reached, so that the list follows the code."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from types import FrameType

import msgspec

from valera.assistant.tools import Tool

HOPS = {
    "valera.reception.ingest": "1 ingest",
    "valera.reception.update_writer": "1 ingest",
    "valera.reception.intake.mailbox": "2 intake",
    "valera.reception.turn": "3 turn",
    "valera.assistant.chain.ask": "4 respond",
    "valera.reception.journal": "5 tools",
    "valera.telegram.outbox.delivery": "6 delivery",
    "valera.telegram.outbox.sent": "6 delivery",
    "valera.telegram.outbox.acknowledgement": "acknowledgement",
}
RESPOND = frozenset({"record answer"})
"""What the journal writes for hop 4."""

BESIDE_THE_PATH = frozenset(
    {"valera.worker", "valera.assistant.models.chains", "valera.kit.jobs.runner", "valera.kit.liveness", "valera.migrations.checks"}
)
"""Jobs die in tests of their own: `tests/kit/jobs`, `tests/followup`."""


class Fault(StrEnum):
    KILL = "kill -9"
    EXCEPTION = "exception"
    CANCELLATION = "cancellation"
    LOST = "connections lost"


class Name(msgspec.Struct, frozen=True):
    """What stands on one border: a hop of the main path and the work that it does there."""

    hop: str
    work: str


class Point(msgspec.Struct, frozen=True):
    """``nth``: the same border is reached again while Valera deals with the same thing that the client did (``act``)."""

    act: str
    hop: str
    work: str
    moment: str
    nth: int

    def __str__(self) -> str:
        again = f" ({self.nth})" if self.nth > 1 else ""
        return f"{self.hop} · {self.work}{again} · {self.moment}"


class Crash(Exception):
    """Something that nobody expected."""


@dataclass(slots=True)
class Points:
    """Every border of one process comes by here. At the armed one the fault happens, once. ``cut`` ends all its database connections."""

    cut: Callable[[], Awaitable[None]]
    reached: list[Point] = field(default_factory=list[Point])
    _witness: Callable[[], Awaitable[None]] | None = None
    _armed: tuple[Point, Fault] | None = None
    _act: str = ""
    _counts: Counter[tuple[str, Name, str]] = field(default_factory=Counter[tuple[str, Name, str]])
    _busy: int = 0
    _has_moved: bool = False

    def arm(self, point: Point | None = None, fault: Fault = Fault.KILL, *, witness: Callable[[], Awaitable[None]] | None = None) -> None:
        """For a new conversation; without a point nothing happens in it. ``witness`` looks at the moment before."""
        self._armed = (point, fault) if point is not None else None
        self._witness = witness
        self.reached.clear()
        self._counts.clear()

    async def begin(self, act: str) -> None:
        """The client does something new. What is still on its way belongs to what they did before."""
        while self._busy:
            await asyncio.sleep(0.001)
        self._act = act

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            self._has_moved = True

    def is_idle(self) -> bool:
        """Nothing is on its way, and nothing was since this was asked the last time."""
        moved, self._has_moved = self._has_moved, False
        return not (self._busy or moved)

    async def reach(self, name: Name, moment: str) -> bool:
        """True: the process has lost its database connections at this very moment."""
        self._counts[self._act, name, moment] += 1
        point = Point(self._act, name.hop, name.work, moment, self._counts[self._act, name, moment])
        self.reached.append(point)
        if self._armed is None or self._armed[0] != point:
            return False
        fault, self._armed = self._armed[1], None
        if self._witness is not None:
            await self._witness()
        return await self._strike(fault)

    async def _strike(self, fault: Fault) -> bool:
        match fault:
            case Fault.KILL:
                os.kill(os.getpid(), signal.SIGKILL)
            case Fault.EXCEPTION:
                raise Crash
            case Fault.CANCELLATION:
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
                await asyncio.sleep(0)
            case Fault.LOST:
                await self.cut()
        return True


def _work(frame: FrameType) -> str:
    """A function in words; with the tool that it was given, if it was."""
    words = frame.f_code.co_name.strip("_").replace("_", " ")
    tool = frame.f_locals.get("tool")
    return f"{words}: {tool.name}" if isinstance(tool, Tool) else words


def caller() -> Name | None:
    """Who asks for the database: the nearest function of Valera names the work, the nearest module that is more than statements the hop.
    None: it is not on the main path.
    """
    work, frame = "", inspect.currentframe()
    while frame is not None:
        module = str(frame.f_globals["__name__"])
        if module in BESIDE_THE_PATH:
            return None
        if module.startswith("valera.") and module != "valera.kit.db":
            work = work or _work(frame)
            if not module.endswith("queries"):
                return Name("4 respond" if work in RESPOND else HOPS.get(module, module), work)
        frame = frame.f_back
    return None
