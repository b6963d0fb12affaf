"""A few processes of a nursery kept alive together: started, watched, restarted, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from valera.kit.errors import ValeraError
from valera.kit.nursery import Nursery, NurseryDied, Process

QUICK_SECONDS = 10.0
MOST_QUICK_DEATHS = 5
LONGEST_PAUSE = 4.0
STOP_SECONDS = 20.0
READY_SECONDS = 60.0
LAST_LINES = 20
LONGEST_LINE = 1 << 20


class ChildKeepsDying(ValeraError):
    """One of the processes cannot stay up; all were stopped."""


class ChildNotReady(ValeraError):
    """One of the processes runs and does not get ready to work; all were stopped."""


@dataclass(frozen=True, slots=True)
class Program:
    """``name`` is that of its recipe; ``is_ready`` is asked again and again after the start until it says yes."""

    name: str
    environment: Mapping[str, str]
    is_ready: Callable[[], Awaitable[bool]]


@dataclass(slots=True)
class Child:
    """A program and its process of the moment."""

    program: Program
    nursery: Nursery
    say: Callable[[str], None]
    process: Process | None = None
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))
    born: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self) -> None:
        """Runs it until `stop`, or until it has died MOST_QUICK_DEATHS times in a row within QUICK_SECONDS each: ChildKeepsDying."""
        quick_deaths = 0
        while not self.stopping.is_set():
            started = time.monotonic()
            code = await self._run()
            if self.stopping.is_set():
                return
            quick_deaths = quick_deaths + 1 if time.monotonic() - started < QUICK_SECONDS else 0
            if quick_deaths >= MOST_QUICK_DEATHS:
                raise ChildKeepsDying(
                    f"The {self.program.name} process stopped {quick_deaths} times in a row ({_describe(code)}). Its last words:\n"
                    + "\n".join(self.last_lines)
                )
            pause = min(0.25 * 2**quick_deaths, LONGEST_PAUSE)
            self.say(f"{self.program.name} stopped ({_describe(code)}) and is started again in {pause:g} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), pause)

    async def _run(self) -> int:
        reading, writing = os.pipe()
        relaying = asyncio.create_task(self._relay(reading))
        try:
            self.process = await self.nursery.start(self.program.name, self.program.environment, output=writing)
        finally:
            os.close(writing)
        self.born.set()
        if self.stopping.is_set():
            self.process.send_signal(signal.SIGTERM)
        code = await self.process.wait()
        await asyncio.wait({relaying}, timeout=1)
        relaying.cancel()
        return code

    async def _relay(self, reading: int) -> None:
        """Its words become ours, each line with its name."""
        stream, pipe = asyncio.StreamReader(LONGEST_LINE), os.fdopen(reading, "rb", buffering=0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), pipe)
        try:
            while raw := await _read_line(stream):
                line = raw.decode("utf-8", "replace").rstrip()
                self.last_lines.append(line)
                self.say(f"{self.program.name:<9} │ {line}")
        finally:
            transport.close()

    async def wait_ready(self) -> None:
        await self.born.wait()  # asking costs the ones who are being made time
        while not await self.program.is_ready():  # noqa: ASYNC110  another process: nothing here could set an event
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Asks, waits STOP_SECONDS, kills its whole session."""
        self.stopping.set()
        process = self.process
        if process is None or process.ended.done():
            return
        process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except NurseryDied:
            return  # when it ends, nobody hears: it stops with us, too
        except TimeoutError:
            self.say(f"{self.program.name} did not stop within {STOP_SECONDS:g} s and is killed")
            process.send_signal(signal.SIGKILL, to_session=True)


async def supervise(
    nursery: Nursery, programs: tuple[Program, ...], *, stopping: asyncio.Event, say: Callable[[str], None], ready: Callable[[], None]
) -> None:
    """Runs all until ``stopping``; calls ``ready`` once, when each is ready. All are stopped when it returns or raises.

    Raises ChildKeepsDying, ChildNotReady, NurseryDied.
    """
    children = [Child(program, nursery, say) for program in programs]
    keeping = [asyncio.create_task(child.keep()) for child in children]
    stop = asyncio.create_task(stopping.wait())
    starting = asyncio.create_task(_all_ready(children))
    try:
        await asyncio.wait({stop, starting, *keeping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done() and not stop.done():
            starting.result()
            ready()
            await asyncio.wait({stop, *keeping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        starting.cancel()
        await asyncio.gather(*(child.stop() for child in children))
        ended = await asyncio.gather(*keeping, return_exceptions=True)
        await asyncio.gather(stop, starting, return_exceptions=True)
    for error in ended:
        if error is not None:
            raise error


async def _all_ready(children: list[Child]) -> None:
    for child in children:
        try:
            await asyncio.wait_for(child.wait_ready(), READY_SECONDS)
        except TimeoutError:
            raise ChildNotReady(
                f"The {child.program.name} process did not get ready within {READY_SECONDS:g} s. Its last words:\n"
                + "\n".join(child.last_lines)
            ) from None


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    try:
        return await stream.readline()
    except ValueError:  # longer than LONGEST_LINE: asyncio has thrown it away
        return b"(a very long line)\n"


def _describe(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


async def answers(url: str, *, seconds: float = 2) -> bool:
    """Whether a plain-HTTP address of this machine says 200 to a GET."""
    address = urlsplit(url)
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            try:
                writer.write(f"GET {address.path or '/'} HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n\r\n".encode("ascii"))
                status = await reader.readline()
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError, ValueError):
        return False
    return status.split()[1:2] == [b"200"]
