"""An installation as an operator would run it: a database of its own with fsync, two webs and two workers under a watchful supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen

from valera.kit.ports import free_port
from valera.kit.postgres import Place, Server, start
from valera.kit.postgres.postmaster import Postmaster
from valera.kit.processes import answers
from valera.migrations import migrate

READY_SECONDS = 120
STARTED = b"worker_started"
DATABASE = {"max_connections": "120"}
KEEP_LOGS = "CHAOS_LOGS"
"""Names a folder in which the logs are left for whoever looks for a cause."""


class NotReady(Exception):
    """A process did not get ready in time: its last words are told."""


@dataclass(slots=True)
class Process:
    """One web or worker, and the file that all its lives write to. ``port``: a web's. ``is_watched``: the supervisor starts it again."""

    name: str
    kind: str
    environment: Mapping[str, str]
    log: Path
    port: int | None = None
    lives: int = 0
    is_watched: bool = True
    _child: Popen[bytes] | None = None
    _begin: int = 0

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.lives += 1
        self._begin = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._child = Popen(
                [sys.executable, "-m", "valera", self.kind],
                env=self.environment,
                cwd=self.log.parent,
                stdin=DEVNULL,
                stdout=log,
                stderr=STDOUT,
                start_new_session=True,
            )

    def has_ended(self) -> bool:
        return self._child is None or self._child.poll() is not None

    @property
    def exit_code(self) -> int:
        """Negative: the signal that ended it."""
        assert self._child is not None
        code = self._child.poll()
        assert code is not None
        return code

    def errors(self) -> Counter[str]:
        """What its lives logged as errors: the event, and the exception's last line where there is one."""
        with self.log.open("r", encoding="utf-8", errors="replace") as log:
            said = [json.loads(line) for line in log if line.startswith("{") and line.rstrip().endswith("}")]
        return Counter(_described(event) for event in said if event["level"] in {"error", "critical"})

    def signal(self, number: signal.Signals) -> None:
        assert self._child is not None
        self._child.send_signal(number)

    async def is_ready(self) -> bool:
        return await answers(f"{self.address}/health/ready") if self.port is not None else STARTED in self._words()

    def _words(self) -> bytes:
        with self.log.open("rb") as log:
            log.seek(self._begin)
            return log.read()

    async def wait_ready(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while not await self.is_ready():
            if time.monotonic() > until:
                raise NotReady(f"{self.name}: {self._words()[-2000:].decode('utf-8', 'replace')}")
            await asyncio.sleep(0.05)

    async def wait_ended(self, *, seconds: float) -> float:
        """How many seconds it took; whoever takes longer is killed, and that shows."""
        since = time.monotonic()
        while not self.has_ended():
            if time.monotonic() - since > seconds:
                self.signal(signal.SIGKILL)
            await asyncio.sleep(0.02)
        return time.monotonic() - since


def _described(event: dict[str, str]) -> str:
    lines = event.get("exception", "").strip().splitlines()
    return f"{event['event']}: {lines[-1][:200]}" if lines else event["event"]


@dataclass(slots=True)
class Installation:
    folder: Path
    place: Place
    server: Server
    environment: dict[str, str]
    processes: list[Process] = field(default_factory=list[Process])
    died_alone: list[str] = field(default_factory=list[str])

    @property
    def url(self) -> str:
        return self.server.url(migrate.LOGIN, migrate.DATABASE)

    def errors(self) -> Counter[str]:
        return sum((process.errors() for process in self.processes), Counter[str]())

    @property
    def webs(self) -> list[Process]:
        return [process for process in self.processes if process.kind == "web"]

    @property
    def workers(self) -> list[Process]:
        return [process for process in self.processes if process.kind == "worker"]

    async def start(self, *, webs: int = 2, workers: int = 2) -> None:
        for kind, count in (("web", webs), ("worker", workers)):
            for number in range(1, count + 1):
                port = free_port("127.0.0.1") if kind == "web" else None
                environment = self.environment | ({"VALERA_WEB_PORT": str(port)} if port else {})
                name = f"{kind}-{number}"
                self.processes.append(Process(name, kind, environment, self.folder / f"{name}.log", port))
        for process in self.processes:
            process.start()
        await asyncio.gather(*(process.wait_ready() for process in self.processes))

    async def supervise(self) -> None:
        """Until cancelled: who ends by himself is started again, as any supervisor does; it is written down."""
        while True:
            for process in self.processes:
                if process.is_watched and process.has_ended():
                    self.died_alone.append(process.name)
                    process.start()
            await asyncio.sleep(0.5)

    async def restart_database(self) -> float:
        """At once and without a word: what was not committed is gone. Seconds until it takes connections again."""
        since = time.monotonic()
        await asyncio.to_thread(_stop_immediately, self.server.pid)
        self.server = await asyncio.to_thread(start, self.place, settings=DATABASE)
        return time.monotonic() - since

    async def stop(self) -> dict[str, float]:
        """How long each took to drain."""
        running = [process for process in self.processes if not process.has_ended()]
        for process in running:
            process.is_watched = False
            with contextlib.suppress(ProcessLookupError):
                process.signal(signal.SIGCONT)
                process.signal(signal.SIGTERM)
        return {process.name: await process.wait_ended(seconds=40) for process in running}


@asynccontextmanager
async def installed(settings: Mapping[str, str]) -> AsyncIterator[Installation]:
    """Database made and migrated, no process started yet. Everything is stopped and removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="valera-chaos-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # started as root, the server is another user and passes through
        home = folder / "home"
        place = Place.choose(home, shared=folder)
        server = await asyncio.to_thread(start, place, settings=DATABASE)
        installation = Installation(folder, place, server, {})
        try:
            await migrate.bootstrap(server.admin_url(), password=place.password(migrate.LOGIN))
            await asyncio.to_thread(migrate.upgrade, installation.url)
            installation.environment = _clean_environment() | {
                "VALERA_HOME": str(home),
                "DATABASE_URL": installation.url,
                "PUBLIC_URL": "https://valera.example",
                "VALERA_LOG_FORMAT": "json",
                **settings,
            }
            yield installation
        finally:
            await installation.stop()
            await asyncio.to_thread(installation.server.stop)
            if keep := os.environ.get(KEEP_LOGS):
                for log in (*folder.glob("*.log"), place.log):
                    shutil.copy(log, keep)


def _stop_immediately(pid: int) -> None:
    """`pg_ctl stop -m immediate`: SIGQUIT to the server's first process. Returns when it is gone."""
    os.kill(pid, signal.SIGQUIT)
    while Postmaster(pid).is_alive():
        time.sleep(0.01)


def _clean_environment() -> dict[str, str]:
    """Without the settings of whoever runs it."""
    foreign = ("VALERA_", "DATABASE_", "TELEGRAM_", "PUBLIC_", "OPENAI_")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
