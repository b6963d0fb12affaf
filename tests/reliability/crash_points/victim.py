"""Processes that are killed: forked, already warm, from one that has imported everything and done nothing.

`python -m tests.reliability.crash_points.victim` reads one order a line and answers twice: the process's id when it has begun, its exit
status when it has ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec
import uvloop
from pydantic_ai.messages import ModelMessagesTypeAdapter, ModelResponse

from tests.reliability.crash_points.client import WORDS
from tests.reliability.crash_points.house import House, Place
from tests.reliability.crash_points.points import Fault, Point
from valera.kit.logs import set_up_logs
from valera.reception.readiness import warm_up
from valera.reception.receptionist import ScriptedReceptionist
from valera.reception.receptionist.hearing.vocabulary import meant

LIFE_SECONDS = 180
"""Longer than any trial: whoever was forgotten goes."""


class Order(msgspec.Struct, frozen=True):
    """Live here, and die at this point."""

    place: Place
    point: Point


class Begun(msgspec.Struct, frozen=True):
    pid: int


class Ended(msgspec.Struct, frozen=True):
    signal: int


@dataclass(slots=True)
class Victims:
    """The parent's side: one victim at a time."""

    process: asyncio.subprocess.Process

    @asynccontextmanager
    async def live(self, order: Order) -> AsyncIterator[asyncio.Task[int]]:
        """A process that takes updates and works on them; the task ends with it and says which signal ended it."""
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(order) + b"\n")
        begun = msgspec.json.decode(await self._line(), type=Begun)
        ended = asyncio.create_task(self._wait())
        try:
            yield ended
        finally:
            if not ended.done():
                os.kill(begun.pid, signal.SIGKILL)
                await ended

    async def _wait(self) -> int:
        return msgspec.json.decode(await self._line(), type=Ended).signal

    async def _line(self) -> bytes:
        assert self.process.stdout is not None
        return await self.process.stdout.readline()


@asynccontextmanager
async def victims() -> AsyncIterator[Victims]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Victims(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def live_and_die(order: Order) -> None:
    house = House(order.place)
    house.points.arm(order.point, Fault.KILL)
    async with house.open(), house.staffed():
        await asyncio.sleep(LIFE_SECONDS)


def serve() -> None:
    set_up_logs("critical", "text")
    _warm_up()
    gc.collect()
    gc.freeze()
    for line in sys.stdin.buffer:
        order = msgspec.json.decode(line, type=Order)
        pid = os.fork()
        if pid == 0:
            sys.stdin.close()
            uvloop.run(live_and_die(order))
            os._exit(0)
        _say(Begun(pid))
        _, status = os.waitpid(pid, 0)
        _say(Ended(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0))


def _warm_up() -> None:
    """What each victim would do for the first time: dictionaries, prices of models, the schema of their answers, the client's words."""
    warm_up()
    for word in " ".join(WORDS.values()).split():
        meant(word)
    ModelMessagesTypeAdapter.dump_python([ModelResponse(parts=[], model_name=ScriptedReceptionist().model_name)], mode="json")


def _say(word: Begun | Ended) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(word) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
