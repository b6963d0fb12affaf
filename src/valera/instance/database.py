"""The installation's database: the running one's, DATABASE_URL's, or the embedded one started for one command alone."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from valera.home import alone, find_instance
from valera.kit.db import Database
from valera.kit.postgres import Place, start
from valera.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from valera.settings import Settings


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """DATABASE_URL's, the running instance's, or the embedded one started for this command alone."""
    running = find_instance(settings.home.absolute())
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
    elif running is not None:
        url = running.database_url
    else:
        async with _embedded(settings.home.absolute()) as url, opened(url) as db:
            yield db
        return
    async with opened(url) as db:
        yield db


@asynccontextmanager
async def _embedded(home: Path) -> AsyncIterator[str]:
    with alone(home):
        server = await asyncio.to_thread(start, Place.choose(home))
        try:
            await migrate.bootstrap(server.admin_url(), password=server.place.password(migrate.LOGIN))
            url = server.url(migrate.LOGIN, migrate.DATABASE)
            await asyncio.to_thread(migrate.upgrade, url)
            yield url
        finally:
            await asyncio.to_thread(server.stop)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    db = Database(url, min_size=1, max_size=4)
    await db.open()
    try:
        yield db
    finally:
        await db.close()


def migrate_database(settings: Settings, *, bootstrap: bool, print_only: bool) -> None:
    if print_only:
        print(migrate.bootstrap_script())  # noqa: T201  (the command's whole purpose)
        return
    if settings.database_url is None:
        asyncio.run(_migrate_embedded(settings))
        return
    url = settings.database_url.get_secret_value()
    if bootstrap:
        print(asyncio.run(migrate.bootstrap_login(url)))  # noqa: T201
        return
    migrate.upgrade(url)


async def _migrate_embedded(settings: Settings) -> None:
    async with open_database(settings):
        pass
