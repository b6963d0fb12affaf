"""The three processes: web, worker, simulator. Each serves until SIGTERM or Ctrl-C and then finishes what it has begun.

Each imports only what it needs, when it begins: start-up time is mostly the time of imports.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from typing import TYPE_CHECKING

import uvloop

from valera.kit.logs import set_up_logs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from valera.settings import Settings

KEEP_ALIVE_SECONDS = 120
GRACE_SECONDS = 5


def serve_web(settings: Settings) -> None:
    uvloop.run(_serve_web(settings))


async def _serve_web(settings: Settings) -> None:
    from valera.app import create_app
    from valera.services import open_services, telegram_api_url

    set_up_logs(settings.log_level, settings.log_format)
    base = settings.public_url or f"http://{settings.host}:{settings.web_port}"
    home = None if settings.public_url or settings.telegram_api_url else telegram_api_url(settings)
    async with open_services(settings) as services:
        await _serve(create_app(services, webhook_base=base, home_url=home), settings.host, settings.web_port)


def run_worker(settings: Settings) -> None:
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


def serve_simulator(settings: Settings) -> None:
    uvloop.run(_serve_simulator(settings))


async def _serve_simulator(settings: Settings) -> None:
    from valera.services import open_database
    from valera.simulator.app import create_app
    from valera.simulator.messenger.store import Store
    from valera.simulator.server.guard import refuse_other_hosts

    set_up_logs(settings.log_level, settings.log_format)
    refuse_other_hosts(settings.host)
    async with open_database(settings) as db:
        store = Store(settings.home / "simulator.sqlite")
        try:
            await _serve(create_app(store, db, public_url=settings.public_url), settings.host, settings.simulator_port)
        finally:
            store.close()


async def _serve(app: Callable[..., Awaitable[None]], host: str, port: int) -> None:
    import uvicorn

    config = uvicorn.Config(
        app,
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
    await uvicorn.Server(config).serve()


def calm_the_collector() -> None:
    """Measured: the worker's p99 falls five times when the imported modules are out of the collector's way."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
