"""`valera up`: the database, its schema, a shop to try, and the three processes, as one tree that starts and stops together.

What only a first start needs is imported when it is needed: the second start is to be quick.
"""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from valera import process
from valera.accounts.account import list_accounts
from valera.backoffice.demo import is_planted
from valera.home import Instance, alone
from valera.kit.db import Database
from valera.kit.liveness import is_anyone_alive
from valera.kit.nursery import Nursery, Recipe
from valera.kit.ports import choose_port, local_url
from valera.kit.postgres import Place, Server, start
from valera.kit.postgres.place import write_private
from valera.kit.processes import Program, answers, supervise
from valera.migrations import migrate
from valera.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from valera.kit.secrets import Secret
    from valera.telegram.api.client import Me


def simulator_file(settings: Settings) -> Path:
    return settings.home / "simulator.sqlite"


@dataclass(frozen=True, slots=True)
class Plan:
    """What will run where."""

    settings: Settings
    home: Path
    web_url: str
    simulator_url: str | None
    environment: dict[str, str]

    def recipes(self) -> tuple[Recipe, ...]:
        web = Recipe("web", process.prepare_web, lambda: process.serve_web(Settings()))
        worker = Recipe("worker", process.prepare_worker, lambda: process.run_worker(Settings()))
        if self.simulator_url is None:
            return web, worker
        return Recipe("simulator", process.prepare_simulator, lambda: process.serve_simulator(Settings())), web, worker

    def programs(self, database_url: str) -> tuple[Program, ...]:
        environment = self.environment | {"DATABASE_URL": database_url}
        web = Program("web", environment, lambda: answers(f"{self.web_url}/health/ready"))
        # A worker serves nothing over HTTP: it is ready when it holds its lock in the database.
        worker = Program("worker", environment, lambda: is_anyone_alive(Database(database_url)))
        if (url := self.simulator_url) is None:
            return web, worker
        return Program("simulator", environment, lambda: answers(f"{url}/")), web, worker

    def greeting(self) -> str:
        if self.simulator_url is None:
            return f"Valera is ready: the shops' teams work at {self.web_url}, and clients are answered in Telegram. Ctrl-C stops it."
        return (
            f"Valera is ready. The shop's team works at {self.web_url} (one click signs you in),"
            f" its clients write at {self.simulator_url}. Ctrl-C stops everything."
        )


def up(settings: Settings, say: Callable[[str], None] = print) -> int:
    """Runs until Ctrl-C or SIGTERM; then everything is stopped, the database last. Returns the exit code.

    Raises ValeraError with a sentence that says what to do.
    """
    home = settings.home.absolute()
    with alone(home):
        plan = _plan(settings, home)
        with Nursery.open(plan.recipes()) as nursery:
            asyncio.run(_up(plan, nursery, say))
    return 0


def _plan(settings: Settings, home: Path) -> Plan:
    if settings.telegram_api_url is None:
        _refuse_strangers(settings)
    named = settings.model_fields_set
    web_port = choose_port(settings.host, settings.web_port, setting="VALERA_WEB_PORT", is_fixed="web_port" in named)
    environment = {"VALERA_HOME": str(home), "VALERA_WEB_PORT": str(web_port)}
    if settings.telegram_api_url is not None:
        return Plan(settings, home, local_url(settings.host, web_port), None, environment)
    simulator_port = choose_port(
        settings.host,
        settings.simulator_port,
        setting="VALERA_SIMULATOR_PORT",
        is_fixed="simulator_port" in named,
        taken=frozenset({web_port}),
    )
    environment["VALERA_SIMULATOR_PORT"] = str(simulator_port)
    return Plan(settings, home, local_url(settings.host, web_port), local_url(settings.host, simulator_port), environment)


def _refuse_strangers(settings: Settings) -> None:
    """Whoever reaches the simulator writes in any client's name."""
    from valera.simulator.server.guard import refuse_other_hosts, refuse_public

    refuse_public(settings.public_url)
    refuse_other_hosts(settings.host)


async def _up(plan: Plan, nursery: Nursery, say: Callable[[str], None]) -> None:
    stopping, server = asyncio.Event(), None
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    try:
        if plan.settings.database_url is None:
            server = await asyncio.to_thread(start, Place.choose(plan.home))
        database_url = await _prepare(plan, server)
        if stopping.is_set():
            return

        def ready() -> None:
            instance = Instance(os.getpid(), plan.web_url, plan.simulator_url, database_url)
            write_private(plan.home / "run.json", msgspec.json.encode(instance).decode())
            say(plan.greeting())

        await supervise(nursery, plan.programs(database_url), stopping=stopping, say=say, ready=ready)
    finally:
        if server is not None:
            await asyncio.to_thread(server.stop)
    say("Valera has stopped.")


async def _prepare(plan: Plan, server: Server | None) -> str:
    """A database with the newest schema and, where the simulator is Telegram, a shop. Returns its address for the application's login."""
    if server is None:
        assert plan.settings.database_url is not None
        url = plan.settings.database_url.get_secret_value()
    else:
        url = server.url(migrate.LOGIN, migrate.DATABASE)
        await migrate.bootstrap(server.admin_url(), password=server.place.password(migrate.LOGIN))
    if not await migrate.is_current(url):
        await asyncio.to_thread(migrate.upgrade, url)
    if plan.simulator_url is not None:
        await _plant_demo(plan.settings, url)
    return url


async def _plant_demo(settings: Settings, url: str) -> None:
    db = Database(url, min_size=1, max_size=2)
    await db.open()
    try:
        async with db.identity_tx() as tx:
            known = [account.slug for account in await list_accounts(tx)]
        if is_planted(known):
            return
        from valera.backoffice.demo.plant import plant_demo
        from valera.services import open_vault

        await plant_demo(db, open_vault(settings), new_bot=lambda name, username: simulated_bot(simulator_file(settings), name, username))
    finally:
        await db.close()


def simulated_bot(file: Path, name: str, username: str) -> tuple[Me, Secret]:
    """A bot of the simulator; the one that a start made which was interrupted before its shop."""
    from valera.kit.secrets import Secret
    from valera.simulator.messenger.bot import create_bot, find_bot_by_username
    from valera.simulator.messenger.store import Store
    from valera.telegram.api.client import Me

    store = Store(file)
    try:
        known = find_bot_by_username(store, username)
        token = known.token if known is not None else create_bot(store, name, username)
    finally:
        store.close()
    return Me(id=int(token.partition(":")[0]), username=username), Secret(token)
