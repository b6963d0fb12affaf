"""A PostgreSQL for the episodes, made and thrown away: two shops are planted once, and every batch plays in a copy of them."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from valera.kit.postgres import Place, Server, start
from valera.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

TEMPLATE = "evil_template"

HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "scram_iterations": "1", "max_wal_size": "4GB"}
"""Nothing is to survive: speed instead of safety."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """As the tests have one: ``create`` copies a database."""

    server: Server
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        return self.server.url(migrate.LOGIN, database)

    async def create(self, *, template: str = TEMPLATE) -> str:
        name = f"evil_{next(self.numbers)}"
        await self.administer(f"create database {name} owner valera_owner template {template}")
        return name

    async def drop(self, name: str) -> None:
        await self.administer(f"drop database if exists {name} with (force)")

    async def administer(self, statement: str) -> None:
        connection = await asyncpg.connect(self.server.admin_url())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@asynccontextmanager
async def started_cluster() -> AsyncIterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="valera-evil-") as name:
        server = await asyncio.to_thread(_start, Path(name))
        try:
            await migrate.bootstrap(server.admin_url(), password=server.place.password(migrate.LOGIN), database=TEMPLATE)
            await asyncio.to_thread(migrate.upgrade, server.url(migrate.LOGIN, TEMPLATE))
            yield Cluster(server)
        finally:
            await asyncio.to_thread(server.stop)


def _start(folder: Path) -> Server:
    folder.chmod(0o711)  # started as root, the server is another user and passes through
    (folder / "home").mkdir(mode=0o700)
    return start(Place.choose(folder / "home", shared=folder), settings=HASTE)
