"""A process that imports the libraries once and forks the others from itself: a start costs milliseconds, and their memory is shared.

It has one thread and holds nothing open (no connection, no event loop, no file of its maker), so a fork of it is as good as a new process.
Requests come by a socket, each with the pipe that becomes the child's output; births and ends are told by a pipe, a line each.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, Self

import msgspec

from valera.kit.errors import ValeraError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

LONGEST_REQUEST = 1 << 16
GRACE_SECONDS = 20.0
LONGEST_NAME = 15


class NurseryDied(ValeraError):
    """The process that makes the others is gone."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a process is made: ``prepare`` imports what it needs, once, in the nursery; ``run`` is its life, in a process of its own."""

    name: str
    prepare: Callable[[], None]
    run: Callable[[], None]


class Request(msgspec.Struct, frozen=True):
    """``environment`` is added to the nursery's own."""

    name: str
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class Process:
    """A child of the nursery; of its session it is the leader."""

    pid: int
    ended: asyncio.Future[int]

    async def wait(self) -> int:
        """Its exit code, or minus the signal's number. Raises NurseryDied: nobody can tell any more."""
        return await asyncio.shield(self.ended)

    def send_signal(self, number: signal.Signals, *, to_session: bool = False) -> None:
        if not self.ended.done() or self.ended.exception() is not None:
            with contextlib.suppress(ProcessLookupError):
                (os.killpg if to_session else os.kill)(self.pid, number)


# ---- the maker's side ---------------------------------------------------------------------------


class Nursery:
    """Opened before there is any thread or event loop; used from one event loop; closed when its children have ended."""

    def __init__(self, pid: int, requests: socket.socket, reports: int, life: int) -> None:
        self.pid = pid
        self._requests, self._reports, self._life = requests, reports, life
        self._asking = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None
        self._born: asyncio.Queue[Process] = asyncio.Queue()
        self._living: dict[int, Process] = {}
        self._is_dead = asyncio.Event()

    @classmethod
    def open(cls, recipes: Sequence[Recipe]) -> Self:
        """Begins at once to prepare the recipes, in their order. The children stop by themselves when this process dies."""
        ours, theirs = socket.socketpair()
        reports, reporting = os.pipe()
        life, living = os.pipe()
        sys.stdout.flush()
        if (pid := os.fork()) == 0:
            _nurse(recipes, theirs, reporting, life)
        theirs.close()
        os.close(reporting)
        os.close(life)
        return cls(pid, ours, reports, living)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._requests.close()
        if self._reading is None:
            os.close(self._reports)
            os.kill(self.pid, signal.SIGKILL)  # nothing was asked of it: it may be in the middle of an import
        os.waitpid(self.pid, 0)
        os.close(self._life)

    async def start(self, name: str, environment: Mapping[str, str], *, output: int) -> Process:
        """A process of this recipe, as soon as it is prepared; ``output`` becomes its standard output and error. Raises NurseryDied."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(), name="nursery")
        async with self._asking:
            request = msgspec.json.encode(Request(name, dict(environment))) + b"\n"
            with contextlib.suppress(OSError):  # it is dead, which its other pipe tells
                socket.send_fds(self._requests, [request], [output])
            birth, death = asyncio.create_task(self._born.get()), asyncio.create_task(self._is_dead.wait())
            await asyncio.wait({birth, death}, return_when=asyncio.FIRST_COMPLETED)
            death.cancel()
            if not birth.done():
                birth.cancel()
                raise NurseryDied(f"The process that makes the others ended before it made {name}. What it said stands above.")
            return birth.result()

    async def _read(self) -> None:
        loop, stream = asyncio.get_running_loop(), asyncio.StreamReader()
        pipe = os.fdopen(self._reports, "rb", buffering=0)
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), pipe)
        try:
            while line := (await stream.readline()).decode():
                match line.split():
                    case ["born", pid]:
                        process = Process(int(pid), loop.create_future())
                        self._living[process.pid] = process
                        self._born.put_nowait(process)
                    case ["ended", pid, code]:
                        self._living.pop(int(pid)).ended.set_result(int(code))
                    case _:
                        break  # cut off in the middle: it died
        finally:
            transport.close()
            self._is_dead.set()
            for process in self._living.values():
                process.ended.set_exception(NurseryDied("The process that makes the others was killed: start again."))
                process.ended.exception()  # it is asked for only where somebody waits


# ---- in the nursery -----------------------------------------------------------------------------


def _nurse(recipes: Sequence[Recipe], requests: socket.socket, reports: int, life: int) -> NoReturn:
    """Until the maker closes its end or dies."""
    code = 1
    try:
        _leave_home({requests.fileno(), reports, life})
        gc.disable()
        _nurse_on(deque(recipes), requests, reports, life)
        code = 0
    except BaseException:  # noqa: BLE001  the process's edge: what could not be imported is said, and the maker sees the end of it
        traceback.print_exc()
    finally:
        _end(code)


def _nurse_on(unprepared: deque[Recipe], requests: socket.socket, reports: int, life: int) -> None:
    prepared: dict[str, Recipe] = {}
    bell = _bell_at_each_end()
    while True:
        rung, _, _ = select.select([bell, requests], [], [], 0 if unprepared else None)
        if bell in rung:
            bell.recv(4096)
        _tell_ends(reports)
        if requests in rung:
            received = _receive(requests)
            if received is None:
                return
            request, output = received
            while request.name not in prepared:
                _prepare_next(unprepared, prepared)
            _bear(prepared[request.name], request.environment, output, reports, life)
        elif unprepared:
            _prepare_next(unprepared, prepared)


def _prepare_next(unprepared: deque[Recipe], prepared: dict[str, Recipe]) -> None:
    recipe = unprepared.popleft()
    recipe.prepare()
    prepared[recipe.name] = recipe


def _receive(requests: socket.socket) -> tuple[Request, int] | None:
    raw, outputs, _, _ = socket.recv_fds(requests, LONGEST_REQUEST, 1)
    return (msgspec.json.decode(raw, type=Request), outputs[0]) if raw else None


def _bear(recipe: Recipe, environment: Mapping[str, str], output: int, reports: int, life: int) -> None:
    gc.freeze()  # what is there already is nobody's garbage: the child's collector leaves the shared pages alone
    if (pid := os.fork()) == 0:
        _live(recipe, environment, output, life)
    os.close(output)
    _tell(reports, f"born {pid}")


def _bell_at_each_end() -> socket.socket:
    bell, hammer = socket.socketpair()
    hammer.setblocking(False)
    signal.set_wakeup_fd(os.dup(hammer.fileno()), warn_on_full_buffer=False)
    hammer.close()
    signal.signal(signal.SIGCHLD, lambda *_: None)  # rings the bell
    return bell


def _tell_ends(reports: int) -> None:
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            _tell(reports, f"ended {ended[0]} {os.waitstatus_to_exitcode(ended[1])}")


def _tell(reports: int, line: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # the maker is dead; the next look at its socket shows it
        os.write(reports, f"{line}\n".encode())


# ---- in a child of the nursery ------------------------------------------------------------------


def _live(recipe: Recipe, environment: Mapping[str, str], output: int, life: int) -> NoReturn:
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(output, 1)
        os.dup2(output, 2)
        _leave_home({life})
        sys.stdout.reconfigure(line_buffering=True)  # pyright: ignore[reportAttributeAccessIssue]  a TextIOWrapper, whatever it was opened on
        os.environ.update(environment)
        _call_process(f"valera-{recipe.name}")
        _stop_with(life)
        gc.enable()
        recipe.run()
        code = 0
    except ValeraError as error:
        print(f"valera: {error.detail or error.slug}", file=sys.stderr)  # noqa: T201  as the command line would say it
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  the process's edge: its last words
        traceback.print_exc()
    finally:
        _end(code)


def _leave_home(keep: Collection[int]) -> None:
    """A session of its own, so that Ctrl-C reaches only the maker; of what the maker holds open, only what is given."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for name in os.listdir("/dev/fd"):  # noqa: PTH208  names, not paths
        if (number := int(name)) > 2 and number not in keep:  # noqa: PLR2004  0, 1, 2: input, output, error
            with contextlib.suppress(OSError):  # the folder's own
                os.close(number)


def _call_process(name: str) -> None:
    """What `ps -e` and `top` show; where the system has no such file, they show the maker's command for all."""
    with contextlib.suppress(OSError), open("/proc/self/comm", "w", encoding="ascii") as comm:  # noqa: PTH123
        comm.write(name[:LONGEST_NAME])


def _stop_with(life: int) -> None:
    """When the maker is gone, however it went, this process asks itself to stop, and is ended if it does not."""

    def wait() -> None:
        with contextlib.suppress(OSError):
            os.read(life, 1)  # nobody writes: it returns when the other end is closed
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=wait, name="stop with the maker", daemon=True).start()


def _end(code: int) -> NoReturn:
    """Without the ends of the maker's own work, which this process was copied from."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
