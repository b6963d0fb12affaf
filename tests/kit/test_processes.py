"""Children are kept alive, given up on with their last words, and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from valera.kit import processes
from valera.kit.processes import ChildKeepsDying, ChildNotReady, Program, supervise


async def at_once() -> bool:
    return True


async def never() -> bool:
    return False


def python(code: str, *, name: str = "child", is_ready: Callable[[], Awaitable[bool]] = at_once) -> Program:
    return Program(name, (sys.executable, "-uc", textwrap.dedent(code)), dict(os.environ), is_ready)


SLEEP = "import time; time.sleep(600)"


def children() -> list[psutil.Process]:
    """Those of this process that ran Python code given on the command line."""
    return [child for child in psutil.Process().children(recursive=True) if "-uc" in child.cmdline()]


async def until(is_true: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not is_true():
            await asyncio.sleep(0.02)


class Stage:
    """Runs `supervise` and keeps what it says."""

    def __init__(self, *programs: Program) -> None:
        self.stopping, self.said, self.ready = asyncio.Event(), list[str](), asyncio.Event()
        self.task = asyncio.create_task(supervise(programs, stopping=self.stopping, say=self.said.append, ready=self.ready.set))

    async def stop(self) -> None:
        self.stopping.set()
        await asyncio.wait_for(self.task, 30)


async def test_ready_is_said_when_every_child_is_and_all_stop_together() -> None:
    stage = Stage(python(SLEEP), python(SLEEP, name="other"))
    await asyncio.wait_for(stage.ready.wait(), 20)
    await until(lambda: len(children()) == 2)
    await stage.stop()
    assert children() == []


async def test_words_of_a_child_carry_its_name() -> None:
    stage = Stage(python(f"print('good morning'); {SLEEP}", name="web"))
    await until(lambda: any("web" in line and "good morning" in line for line in stage.said))
    await stage.stop()


async def test_child_that_dies_is_started_again(tmp_path: Path) -> None:
    stage = Stage(python(f"open({str(tmp_path / 'born')!r}, 'a').write('x'); {SLEEP}"))
    await until((tmp_path / "born").exists)
    children()[0].kill()
    await until(lambda: (tmp_path / "born").read_text() == "xx")
    await stage.stop()
    assert any("killed by SIGKILL" in line for line in stage.said)


async def test_child_that_cannot_live_ends_everything_with_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LONGEST_PAUSE", 0.01)
    stage = Stage(python(SLEEP), python("raise SystemExit('no such table: bays')", name="worker", is_ready=never))
    with pytest.raises(ChildKeepsDying, match=r"worker process stopped 5 times in a row \(exit code 1\)(.|\n)*no such table: bays"):
        await asyncio.wait_for(stage.task, 30)
    assert children() == []


async def test_child_that_never_gets_ready_ends_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "READY_SECONDS", 0.5)
    stage = Stage(python(f"print('still thinking'); {SLEEP}", is_ready=never))
    with pytest.raises(ChildNotReady, match="did not get ready"):
        await asyncio.wait_for(stage.task, 30)
    assert children() == []


async def test_child_that_does_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.5)
    stage = Stage(python(f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); {SLEEP}"))
    await until(lambda: any("deaf" in line for line in stage.said))
    await stage.stop()
    assert children() == []


async def test_stop_while_a_child_waits_for_its_next_start(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(python("raise SystemExit(3)", is_ready=never))
    await until(lambda: any("is started again" in line for line in stage.said))
    await stage.stop()
    assert children() == []


async def test_endless_line_does_not_stop_the_relay() -> None:
    stage = Stage(python(f"print('x' * {processes.LONGEST_LINE * 3}); print('after'); {SLEEP}"))
    await until(lambda: any(line.endswith("after") for line in stage.said))
    await stage.stop()


def test_children_stop_when_their_parent_is_killed(tmp_path: Path) -> None:
    child = "from valera.kit.processes import stop_with_parent; import os, time; stop_with_parent(); print(os.getpid()); time.sleep(600)"
    parent = f"""
        import asyncio, os, sys
        from valera.kit.processes import Program, supervise
        async def ready(): return True
        program = Program("child", (sys.executable, "-uc", {child!r}), dict(os.environ), ready)
        asyncio.run(supervise((program,), stopping=asyncio.Event(), say=lambda line: print(line, flush=True), ready=lambda: None))
    """
    with psutil.Popen([sys.executable, "-uc", textwrap.dedent(parent)], stdout=-1, text=True) as process:
        pid = int(process.stdout.readline().rpartition("│")[2])
        orphan = psutil.Process(pid)
        process.send_signal(signal.SIGKILL)
    assert psutil.wait_procs([orphan], timeout=10)[1] == []
