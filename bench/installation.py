"""Real processes on a real database: web as it ships, workers as they ship but for their model, and a Telegram that notes what arrives."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import telegram, webhook
from bench.processes import Process, cpu_seconds, spawn
from valera.kit.db import Database, value
from valera.kit.ports import free_port
from valera.kit.processes import answers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from bench.cluster import Cluster, Hook

    Plant = Callable[[Cluster, str], Awaitable[list[Hook]]]

READY_SECONDS = 60
SHOPS = 10
AT_ONCE = ("-m", "bench.worker", "0")
FIRST_PERSON = 1_000_000
WORKERS_ALIVE = """
select count(*) from pg_locks where locktype = 'advisory' and classid = 1 and objsubid = 2 and granted
   and database = (select oid from pg_database where datname = current_database())
"""


@dataclass(slots=True)
class Installation:
    """``people`` are numbered; each always writes to the same bot."""

    cluster: Cluster
    database: str
    hooks: list[Hook]
    telegram: telegram.Telegram
    webhooks: webhook.Webhooks
    web: Process
    environment: Mapping[str, str]
    workers: list[Process] = field(default_factory=list[Process])

    def write(self, person: int, text: str = webhook.TEXT) -> asyncio.Future[float]:
        """One message; returns the milliseconds until it was acknowledged."""
        return self.webhooks.send(self.hooks[person % len(self.hooks)], webhook.update(FIRST_PERSON + person, text))

    async def add_worker(self, arguments: tuple[str, ...] = AT_ONCE) -> Process:
        """Returns when the worker holds its lock in the database and listens."""
        number = len(self.workers)
        worker = await spawn(f"worker {number}", arguments, self.environment, self.cluster.folder / f"{self.database}-worker-{number}.log")
        self.workers.append(worker)
        await self._await_workers(len(self.workers))
        return worker

    async def analyse(self) -> None:
        """As autovacuum does within its minute: everybody who writes from now on is known, and so is how many they are."""
        await self.cluster.administer("analyze", database=self.database)

    async def stop_workers(self) -> None:
        await asyncio.gather(*(worker.stop() for worker in self.workers))
        self.workers.clear()

    async def _await_workers(self, number: int) -> None:
        db = Database(self.cluster.url(self.database), min_size=1, max_size=1)
        await db.open()
        try:
            async with asyncio.timeout(READY_SECONDS), db.queue() as tx:
                while await value(tx, WORKERS_ALIVE) < number:
                    for worker in self.workers:
                        worker.check()
                    await asyncio.sleep(0.05)
        finally:
            await db.close()

    def check(self) -> None:
        for process in (self.web, *self.workers):
            process.check()

    # ---- what it uses up ------------------------------------------------------------------------

    def cpu(self) -> dict[str, float]:
        """Processor seconds so far, by kind of process."""
        return {
            "web": cpu_seconds(self.web.pid),
            "worker": sum(cpu_seconds(worker.pid) for worker in self.workers),
            "postgres": cpu_seconds(self.cluster.server.pid),
            "generator": sum(os.times()[:2]),
        }

    async def resting(self, seconds: float) -> dict[str, float]:
        """Processor milliseconds a second while nobody writes: heartbeats, polls, housekeeping."""
        before = self.cpu()
        await asyncio.sleep(seconds)
        after = self.cpu()
        return {f"{name}_ms": round((after[name] - before[name]) * 1000 / seconds, 2) for name in before}

    async def commits(self) -> int:
        [row] = await self.cluster.administer("select xact_commit from pg_stat_database where datname = $1", self.database)
        return int(row["xact_commit"])

    @asynccontextmanager
    async def metered(self, messages: int) -> AsyncIterator[dict[str, float]]:
        """Fills in processor milliseconds by kind of process, and commits, per message. Ends half a second after the last one, when
        connections have told their statistics.
        """
        spent: dict[str, float] = {}
        commits, before = await self.commits(), self.cpu()
        yield spent
        after = self.cpu()
        await asyncio.sleep(1.2)
        spent |= {f"{name}_ms": round((after[name] - before[name]) * 1000 / messages, 3) for name in before}
        spent["commits"] = round((await self.commits() - commits) / messages, 2)


@asynccontextmanager
async def installed(
    cluster: Cluster, database: str, settings: Mapping[str, str] | None = None, *, shops: int = SHOPS, plant: Plant | None = None
) -> AsyncIterator[Installation]:
    """A database of its own with shops of one bot each, and a web process; workers are added. ``settings`` are for all of them; an
    empty one is not set at all. ``plant`` fills the database instead.
    """
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(cluster.database(database))
        hooks = await (plant(cluster, database) if plant else cluster.open_shops(database, shops))
        sink = await stack.enter_async_context(telegram.listening())
        port = free_port("127.0.0.1")
        environment = {
            "VALERA_HOME": str(cluster.home),
            "DATABASE_URL": cluster.url(database),
            "TELEGRAM_API_URL": sink.url,
            "PUBLIC_URL": "https://valera.example.org",
            "VALERA_WEB_PORT": str(port),
            "VALERA_SETTLE_SECONDS": "0",
            "VALERA_SETTLE_MOST_SECONDS": "0",
            **(settings or {}),
        }
        environment = {name: given for name, given in environment.items() if given}
        web = await spawn("web", ("-m", "valera", "web"), environment, cluster.folder / f"{database}-web.log")
        stack.push_async_callback(web.stop)
        async with asyncio.timeout(READY_SECONDS):
            while not await answers(f"http://127.0.0.1:{port}/health/ready"):
                web.check()
                await asyncio.sleep(0.05)
        webhooks = await stack.enter_async_context(webhook.connected(f"http://127.0.0.1:{port}"))
        installation = Installation(cluster, database, hooks, sink, webhooks, web, environment)
        stack.push_async_callback(installation.stop_workers)
        yield installation
