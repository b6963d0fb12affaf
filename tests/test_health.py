"""The web process's health tells the truth while the database dies, hangs and comes back."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg
import psutil
import pytest

from tests.conftest import HASTE, Cluster
from tests.reception.webhook import encoded, message_update
from valera.app import READY_SECONDS
from valera.kit.ports import free_port
from valera.kit.postgres import Place, Server, start
from valera.migrations import migrate

SECONDS = 50
PATIENCE = READY_SECONDS + 20


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory, cluster_folder: Path) -> Iterator[Server]:
    """One that may be killed and stopped without disturbing other tests."""
    server = start(Place.choose(cluster_folder / "health", shared=cluster_folder), settings=HASTE)
    asyncio.run(migrate.bootstrap(server.admin_url(), password=server.place.password(migrate.LOGIN)))
    migrate.upgrade(server.url(migrate.LOGIN, migrate.DATABASE))
    yield server
    restart(server).stop()


def restart(server: Server) -> Server:
    return start(server.place, settings=HASTE)


class Web:
    """A web process of its own, asked from outside. Whoever waits longer than `PATIENCE` for an answer fails."""

    def __init__(self, url: str, process: subprocess.Popen[bytes], session: aiohttp.ClientSession) -> None:
        self.url, self.process, self._session = url, process, session

    async def ask(self, what: str) -> tuple[int, float]:
        """Status and seconds; 0: nobody answers."""
        since = time.monotonic()
        try:
            async with self._session.get(f"{self.url}/health/{what}") as answer:
                await answer.read()
                return answer.status, time.monotonic() - since
        except aiohttp.ClientError:
            return 0, time.monotonic() - since

    async def until(self, what: str, status: int) -> None:
        async with asyncio.timeout(SECONDS):
            while (await self.ask(what))[0] != status:
                assert self.process.poll() is None
                await asyncio.sleep(0.05)

    async def post(self, path: str) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": "x"}
        async with self._session.post(f"{self.url}{path}", data=encoded(message_update()), headers=headers) as got:
            return got.status


@asynccontextmanager
async def web_process(database_url: str, home: Path, **settings: str) -> AsyncIterator[Web]:
    port = free_port()
    ours = ("VALERA_", "DATABASE_", "TELEGRAM_", "PUBLIC_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {"VALERA_HOME": str(home), "VALERA_WEB_PORT": str(port), "DATABASE_URL": database_url} | settings
    process = subprocess.Popen([sys.executable, "-m", "valera", "web"], env=environment, cwd=home, stderr=subprocess.DEVNULL)
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
            web = Web(f"http://127.0.0.1:{port}", process, session)
            await web.until("live", 200)
            yield web
    finally:
        process.kill()
        process.wait()


@pytest.mark.timeout(150)
async def test_it_is_ready_again_by_itself_after_the_database_was_killed(own_server: Server, tmp_path: Path) -> None:
    server = await asyncio.to_thread(restart, own_server)
    async with web_process(server.url(migrate.LOGIN, migrate.DATABASE), tmp_path) as web:
        await web.until("ready", 200)
        postmaster = psutil.Process(server.pid)
        family = [postmaster, *postmaster.children(recursive=True)]
        postmaster.kill()

        await web.until("ready", 503)
        assert (await web.ask("live"))[0] == 200
        assert await web.post("/telegram/no-such-key") == 503
        await asyncio.to_thread(psutil.wait_procs, family, 20)
        await asyncio.to_thread(restart, own_server)
        await web.until("ready", 200)


@pytest.mark.timeout(150)
async def test_database_that_hangs_is_told_in_bounded_time(own_server: Server, tmp_path: Path) -> None:
    server = await asyncio.to_thread(restart, own_server)
    async with web_process(server.url(migrate.LOGIN, migrate.DATABASE), tmp_path) as web:
        await web.until("ready", 200)
        tree = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
        try:
            signal_all(tree, signal.SIGSTOP)
            asked = await asyncio.gather(*(web.ask("ready") for _ in range(20)), web.ask("live"))
        finally:
            signal_all(tree, signal.SIGCONT)

        assert [status for status, _ in asked] == [503] * 20 + [200]
        await web.until("ready", 200)


def signal_all(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        process.send_signal(number)


async def test_schema_of_an_older_valera_is_not_ready_until_it_is_migrated(cluster: Cluster, database_url: str, tmp_path: Path) -> None:
    owner = await asyncpg.connect(database_url, server_settings={"role": "valera_owner"})
    await owner.execute("update alembic_version set version_num = '0001'")
    async with web_process(database_url, tmp_path) as web:
        assert (await web.ask("ready"))[0] == 503
        assert (await web.ask("live"))[0] == 200

        await owner.execute("update alembic_version set version_num = $1", migrate.newest())

        assert (await web.ask("ready"))[0] == 200
    await owner.close()


async def test_database_that_takes_no_writes_is_not_ready(cluster: Cluster, database_url: str, tmp_path: Path) -> None:
    name = database_url.rpartition("/")[2]
    await cluster.administer(f"alter database {name} set default_transaction_read_only = on")
    async with web_process(database_url, tmp_path) as web:
        assert (await web.ask("ready"))[0] == 503


async def test_exhausted_pool_does_not_matter_to_what_stores_updates(cluster: Cluster, database_url: str, tmp_path: Path) -> None:
    """Ingest has connections of its own: with none left for anybody else, updates are still stored and readiness says so."""
    async with web_process(database_url, tmp_path, VALERA_POOL_SIZE="4") as web:
        await web.until("ready", 200)
        assert await web.post("/telegram/no-such-key") == 404
        administrator = await asyncpg.connect(cluster.server.admin_url())
        name = database_url.rpartition("/")[2]
        await administrator.execute(f"alter database {name} connection limit 0")  # nobody new gets in
        await administrator.close()

        assert (await web.ask("ready"))[0] == 200
        assert await web.post("/telegram/no-such-key") == 404
