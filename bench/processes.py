"""Processes that are measured, and what they use up: processor time and memory, as the system counts them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).parent.parent
STOP_SECONDS = 25
SETTINGS = ("DATABASE_URL", "PUBLIC_URL", "TELEGRAM_API_URL")
OF_PROVIDERS = ("_BASE_URL", "_API_KEY", "_FOLDER_ID")


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    handle: asyncio.subprocess.Process
    log: Path

    @property
    def pid(self) -> int:
        return self.handle.pid

    def check(self) -> None:
        """Raises with its last words if it has ended."""
        if self.handle.returncode is not None:
            raise RuntimeError(f"{self.name} ended with {self.handle.returncode}:\n{self.log.read_text('utf-8')[-2000:]}")

    async def stop(self) -> None:
        if self.handle.returncode is not None:
            return
        self.handle.terminate()
        try:
            await asyncio.wait_for(self.handle.wait(), STOP_SECONDS)
        except TimeoutError:
            self.handle.kill()
            await self.handle.wait()


async def spawn(name: str, arguments: Iterable[str], environment: Mapping[str, str], log: Path) -> Process:
    """A Python process of this interpreter; its output goes to a file, as in an installation under systemd or a container. Of Valera's
    settings it sees those of ``environment`` only.
    """
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("VALERA_", *SETTINGS)) and not key.endswith(OF_PROVIDERS)
    }
    inherited["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    with log.open("ab") as output:
        handle = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            env={**inherited, **environment},
            cwd=log.parent,  # where no .env lies
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
        )
    return Process(name, handle, log)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of all below it, those that have ended included."""
    total = 0.0
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
    return total


def rss_mib(pid: int) -> float:
    return psutil.Process(pid).memory_info().rss / 2**20
