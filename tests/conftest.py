"""A real PostgreSQL for every test: one cluster a session (and xdist worker), a migrated template, a copy of it for each test."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from tests.cast import World, plant_world
from valera.kit.clock import FixedClock
from valera.kit.db import Database
from valera.kit.postgres import Place, Server, start
from valera.kit.postgres.binaries import find_binaries
from valera.migrations import migrate

TEMPLATE = "valera_template"
LONG_SECONDS = 100
ROOM = 4 * 1024**3

# Speed instead of safety: these data live as long as the session.
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "scram_iterations": "1", "max_wal_size": "4GB"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """The session's PostgreSQL, prepared by `bootstrap`; `template` is migrated and empty."""

    server: Server
    numbers: Iterator[int]

    def url(self, database: str) -> str:
        """For the application's login."""
        return self.server.url(migrate.LOGIN, database)

    async def create(self, *, template: str = TEMPLATE) -> str:
        name = f"test_{next(self.numbers)}"
        await self.administer(f"create database {name} owner valera_owner template {template} strategy file_copy")
        return name

    async def drop(self, name: str) -> None:
        await self.administer(f"drop database if exists {name} with (force)")

    async def administer(self, statement: str) -> None:
        connection = await asyncpg.connect(self.server.admin_url())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def _memory() -> str | None:
    """Where files are made ten times sooner than on a disk: each test has a database of some hundred files. None: there is no room."""
    try:
        found = os.statvfs("/dev/shm")
    except OSError:
        return None
    is_fit = found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & (os.ST_NOEXEC | os.ST_RDONLY)
    return "/dev/shm" if is_fit and os.access("/dev/shm", os.W_OK) else None


@pytest.fixture(scope="session")
def cluster_folder() -> Iterator[Path]:
    """Short, for the socket's path; and others may pass through, for when the tests run as root and the server does not."""
    folder = Path(tempfile.mkdtemp(prefix="valera-", dir=_memory()))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def server(cluster_folder: Path) -> Iterator[Server]:
    server = start(Place.choose(cluster_folder / "home", shared=cluster_folder), settings=HASTE)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def cluster(server: Server) -> Cluster:
    asyncio.run(migrate.bootstrap(server.admin_url(), password=server.place.password(migrate.LOGIN), database=TEMPLATE))
    migrate.upgrade(server.url(migrate.LOGIN, TEMPLATE))
    return Cluster(server, itertools.count(1))


@pytest.fixture
async def database_url(cluster: Cluster) -> AsyncIterator[str]:
    """A migrated, empty database for the application's login, dropped afterwards."""
    name = await cluster.create()
    yield cluster.url(name)
    await cluster.drop(name)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    db = Database(database_url, min_size=1, max_size=8)
    await db.open()
    yield db
    await db.close()


@pytest.fixture
async def world(database_url: str) -> World:
    connection = await asyncpg.connect(database_url)
    try:
        return await plant_world(connection)
    finally:
        await connection.close()


@pytest.fixture
def clock() -> FixedClock:
    """Sunday, 22 November 2026, 14:05 in Moscow."""
    return FixedClock(datetime(2026, 11, 22, 11, 5, tzinfo=UTC))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take longest begins first and is dealt out to all workers, each of which is given a stretch of the list: none is left alone
    with it in the end.
    """

    def most_seconds(item: pytest.Item) -> float:
        mark = item.get_closest_marker("timeout")
        return float(mark.args[0]) if mark is not None and mark.args else 0

    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = sorted((item for item in items if most_seconds(item) > LONG_SECONDS), key=most_seconds, reverse=True)
    short = [item for item in items if most_seconds(item) <= LONG_SECONDS]
    share = -(-len(items) // workers)
    dealt: list[pytest.Item] = []
    for worker in range(workers):
        own = long[worker::workers]
        take = share - len(own)
        dealt += [*own, *short[:take]]
        short = short[take:]
    items[:] = [*dealt, *short]


def pytest_report_header() -> str:
    return f"PostgreSQL {find_binaries().version}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Without Chromium the suite passes with its browser tests left out; nobody should find that out later."""
    left_out = [report.nodeid for report in terminalreporter.stats.get("skipped", []) if "Chromium" in str(report.longrepr)]
    if left_out:
        terminalreporter.section("Chromium is missing: the page was not tried in a browser", yellow=True, bold=True)
        for nodeid in left_out:
            terminalreporter.line(f"left out: {nodeid}")
        terminalreporter.line("To run them: apt-get install chromium (as root), or put chromium or chromium-browser on the PATH.")
