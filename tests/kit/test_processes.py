"""Children are kept alive, given up on with their last words, and never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from valera.kit.processes import LONGEST_LINE

FAMILY = """
    import asyncio, os, signal, sys, time
    from valera.kit import processes
    from valera.kit.errors import ValeraError
    from valera.kit.nursery import Nursery, Recipe
    from valera.kit.processes import Program, supervise

    recipes, programs = [], []

    def say(line):
        sys.stdout.write(line + "\\n")  # in one piece: others write, too
        sys.stdout.flush()

    def nothing():
        pass

    def sleep():
        time.sleep(600)

    async def at_once():
        return True

    async def never():
        return False

    def child(name, run, *, prepare=nothing, is_ready=at_once):
        recipes.append(Recipe(name, prepare, run))
        programs.append(Program(name, {"GIVEN": name}, is_ready))

    async def main(nursery):
        stopping = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
        await supervise(nursery, tuple(programs), stopping=stopping, say=say, ready=lambda: say("all are ready"))

    def begin():
        try:
            with Nursery.open(recipes) as nursery:
                say(f"nursery {nursery.pid}")
                asyncio.run(main(nursery))
        except ValeraError as error:
            say(f"{type(error).__name__}: {error}")
"""


class Family:
    """A process that runs `supervise` with the children of a test, and what it has said so far. It is one of its own, because a nursery
    is opened by a process of one thread.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process, self.said = process, list[str]()
        self._reading = asyncio.create_task(self._read())

    @property
    def maker(self) -> psutil.Process:
        return psutil.Process(self._process.pid)

    @property
    def nursery(self) -> psutil.Process:
        return psutil.Process(next(int(line.split()[1]) for line in self.said if line.startswith("nursery ")))

    def children(self) -> list[psutil.Process]:
        return self.nursery.children()

    async def heard(self, words: str, times: int = 1) -> None:
        async with asyncio.timeout(25):
            while sum(words in line for line in self.said) < times:
                assert not self._reading.done(), self.said
                await asyncio.sleep(0.02)

    async def end(self) -> None:
        """It ended by itself, and with it all that it had begun."""
        async with asyncio.timeout(25):
            await self._reading
            await self._process.wait()

    async def stop(self) -> None:
        self._process.terminate()
        await self.end()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.said.append(line.decode().rstrip())


@asynccontextmanager
async def family(children: str) -> AsyncIterator[Family]:
    """Whatever is left of it in the end is killed: the test has failed then."""
    program = textwrap.dedent(FAMILY) + textwrap.dedent(children) + "\nbegin()\n"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=-1, stderr=asyncio.subprocess.STDOUT, limit=LONGEST_LINE * 4
    )
    found = Family(process)
    await found.heard("nursery ")
    known: list[psutil.Process] = []
    with contextlib.suppress(psutil.NoSuchProcess):  # a family that ends at once has nobody left
        known = [found.maker, *found.maker.children(recursive=True)]
    try:
        yield found
    finally:
        for left in [*known, *(child for parent in known if parent.is_running() for child in parent.children(recursive=True))]:
            if left.is_running() and left.status() != psutil.STATUS_ZOMBIE:
                left.kill()
        await found.end()


async def gone(processes: list[psutil.Process]) -> bool:
    return (await asyncio.to_thread(psutil.wait_procs, processes, 25))[1] == []


async def until(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(25):
        while not is_true():
            await asyncio.sleep(0.02)


async def test_ready_is_said_when_every_child_is_and_all_stop_together() -> None:
    async with family('child("one", sleep); child("other", sleep)') as found:
        await found.heard("all are ready")
        await until(lambda: len(found.children()) == 2)
        all_of_it = [found.nursery, *found.children()]
        await found.stop()
        assert await gone(all_of_it)


async def test_words_of_a_child_carry_its_name_and_it_has_what_it_was_given() -> None:
    async with family("""child("web", lambda: (print("good morning", os.environ["GIVEN"]), sleep()))""") as found:
        await found.heard("web       │ good morning web")
        await found.stop()


async def test_what_is_prepared_is_prepared_once_and_in_order() -> None:
    children = """
        child("one", lambda: (print("one lives"), time.sleep(0.3), sys.exit(3)), prepare=lambda: say("preparing one"))
        child("other", sleep, prepare=lambda: say("preparing other"))
    """
    async with family(children) as found:
        await found.heard("one lives", 2)
        await found.stop()
    assert [line for line in found.said if "preparing" in line] == ["preparing one", "preparing other"]
    assert any("one stopped (exit code 3)" in line for line in found.said)


async def test_child_that_dies_is_started_again() -> None:
    async with family('child("one", lambda: (print("born"), sleep()))') as found:
        await found.heard("born")
        found.children()[0].kill()
        await found.heard("killed by SIGKILL")
        await found.heard("born", 2)
        await found.stop()


async def test_child_that_cannot_live_ends_everything_with_its_last_words() -> None:
    children = """
        processes.LONGEST_PAUSE = 0.01
        child("one", sleep)
        child("worker", lambda: sys.exit("no such table: bays"), is_ready=never)
        def refuse():
            raise ValeraError("The database does not answer.")
    """
    async with family(children.replace('sys.exit("no such table: bays")', "refuse()")) as found:
        await found.end()
    assert any("ChildKeepsDying: The worker process stopped 5 times in a row (exit code 1)" in line for line in found.said)
    assert found.said[-1] == "valera: The database does not answer."


async def test_error_without_a_name_is_shown_with_where_it_came_from() -> None:
    async with family('child("one", lambda: 1 / 0)') as found:
        await found.heard("ZeroDivisionError: division by zero")
        await found.stop()


async def test_child_that_never_gets_ready_ends_everything() -> None:
    children = """
        processes.READY_SECONDS = 0.5
        child("one", lambda: (print("still thinking"), sleep()), is_ready=never)
    """
    async with family(children) as found:
        await found.end()
    assert any("ChildNotReady: The one process did not get ready" in line for line in found.said)


async def test_child_that_does_not_stop_is_killed() -> None:
    children = """
        processes.STOP_SECONDS = 0.5
        child("one", lambda: (signal.signal(signal.SIGTERM, signal.SIG_IGN), print("deaf"), sleep()))
    """
    async with family(children) as found:
        await found.heard("deaf")
        deaf = found.children()
        await found.stop()
        assert await gone(deaf)


async def test_stop_while_a_child_waits_for_its_next_start() -> None:
    async with family('child("one", lambda: sys.exit(3), is_ready=never)') as found:
        await found.heard("is started again")
        await found.stop()


async def test_endless_line_does_not_stop_the_relay() -> None:
    async with family(f'child("one", lambda: (print("x" * {LONGEST_LINE * 3}), print("after"), sleep()))') as found:
        await found.heard("after")
        await found.stop()


async def test_children_stop_when_their_maker_is_killed() -> None:
    async with family('child("one", lambda: (print("born"), sleep()))') as found:
        await found.heard("born")
        orphans = [found.nursery, *found.children()]
        found.maker.kill()
        assert await gone(orphans)


async def test_nursery_that_is_killed_ends_everything() -> None:
    async with family('child("one", lambda: (print("born"), sleep()))') as found:
        await found.heard("born")
        orphans = found.children()
        found.nursery.kill()
        await found.end()
        assert await gone(orphans)
    assert found.said[-1].startswith("NurseryDied")


async def test_what_cannot_be_imported_is_said() -> None:
    async with family('child("one", sleep, prepare=lambda: __import__("no_such_library"))') as found:
        await found.end()
    assert any("No module named 'no_such_library'" in line for line in found.said)
    assert found.said[-1].startswith("NurseryDied: The process that makes the others ended before it made one")


async def test_child_holds_nothing_of_its_maker_open(tmp_path: Path) -> None:
    held = tmp_path / "held"
    children = f"""
        held = open({str(held)!r}, "w")
        child("one", lambda: (print("born"), sleep()))
    """
    async with family(children) as found:
        await found.heard("born")
        opened = [file.path for process in (found.nursery, *found.children()) for file in process.open_files()]
        await found.stop()
    assert str(held) not in opened
