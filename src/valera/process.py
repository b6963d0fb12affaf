"""The three processes: web, worker, simulator. Each serves until SIGTERM or Ctrl-C and then finishes what it has begun.

Each imports only what it needs, when it begins: start-up time is mostly the time of imports.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
from functools import partial
from typing import TYPE_CHECKING

import uvloop

from valera.kit.logs import set_up_logs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from valera.settings import Settings

KEEP_ALIVE_SECONDS = 120
GRACE_SECONDS = 5
FAREWELL_SECONDS = 2.0
"""Behind a proxy or a balancer: how long a web process that was told to stop says so and still serves."""
SERVER = ("uvicorn.lifespan.on", "uvicorn.protocols.http.httptools_impl", "uvicorn.protocols.websockets.auto")
"""What uvicorn imports when it begins to serve."""


def prepare_web() -> None:
    """Imports what `serve_web` will. `valera up` does it once, in a nursery, from which the process is then forked."""
    _import("valera.app", "valera.services", *SERVER)


def serve_web(settings: Settings) -> None:
    gc.disable()  # imports make no garbage: a tenth of their time
    uvloop.run(_serve_web(settings))


async def _serve_web(settings: Settings) -> None:
    from valera.app import create_app
    from valera.services import open_given

    set_up_logs(settings.log_level, settings.log_format)
    async with open_given(settings) as given:
        await _serve(create_app(given), settings.host, settings.web_port, farewell_seconds=FAREWELL_SECONDS if settings.public_url else 0)


def prepare_worker() -> None:
    _import("valera.worker", "valera.services", "valera.assistant.loop", "valera.reception.tools", "valera.reception.receptionist")
    from valera.reception.readiness import warm_up

    warm_up()


def run_worker(settings: Settings) -> None:
    gc.disable()
    uvloop.run(_run_worker(settings))


async def _run_worker(settings: Settings) -> None:
    from valera.services import open_worker_services
    from valera.worker import Worker

    set_up_logs(settings.log_level, settings.log_format)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with open_worker_services(settings) as services:
        warming = asyncio.create_task(asyncio.to_thread(_warm_up))
        await Worker(services, settings.concurrent_turns).run(stopping)
        await warming


def _warm_up() -> None:
    """Beside the first work, not before it."""
    from valera.reception.readiness import warm_up

    warm_up()
    calm_the_collector()


def prepare_simulator() -> None:
    _import("valera.simulator.app", "valera.simulator.messenger.store", "valera.simulator.server.guard", "valera.services", *SERVER)


def serve_simulator(settings: Settings) -> None:
    gc.disable()
    uvloop.run(_serve_simulator(settings))


async def _serve_simulator(settings: Settings) -> None:
    from valera.services import open_services
    from valera.simulator.app import create_app
    from valera.simulator.messenger.store import Store
    from valera.simulator.server.guard import refuse_other_hosts
    from valera.telegram.bots.bot import check_bot

    set_up_logs(settings.log_level, settings.log_format)
    refuse_other_hosts(settings.host)
    async with open_services(settings) as made:
        store = Store(settings.home / "simulator.sqlite")
        check = partial(check_bot, made.db, made.bot_api, made.vault)
        try:
            app = create_app(store, made.db, public_url=settings.public_url, check_bot=check)
            await _serve(app, settings.host, settings.simulator_port)
        finally:
            store.close()


def prepare_everything() -> None:
    """What any command imports: `make setup` has it compiled by this."""
    _import("valera.instance.talk", "valera.instance.shops", "valera.instance.upkeep", "alembic.command", "sqlalchemy.ext.asyncio")
    for prepare in (prepare_simulator, prepare_web, prepare_worker):
        prepare()


def _import(*modules: str) -> None:
    for module in modules:
        importlib.import_module(module)


async def _serve(app: Callable[..., Awaitable[None]], host: str, port: int, *, farewell_seconds: float = 0) -> None:
    import uvicorn

    from valera.kit.farewell import Farewell, PoliteServer

    farewell = Farewell(app)
    config = uvicorn.Config(
        farewell,
        host=host,
        port=port,
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    calm_the_collector()
    await PoliteServer(config, farewell, seconds=farewell_seconds).serve()


def calm_the_collector() -> None:
    """Measured: the worker's p99 falls five times when the imported modules are out of the collector's way."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
