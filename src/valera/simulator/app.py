"""The simulator as one ASGI application: Bot API, client actions, messenger page, and a model provider beside them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import structlog
from litestar import Litestar, Request, Response
from litestar.di import Provide

from valera.kit.clock import Clock, SystemClock
from valera.kit.errors import ValeraError
from valera.kit.exit_signal import calling_at_exit
from valera.kit.problems import problem
from valera.simulator.messenger.limits.flood import FloodLimit
from valera.simulator.messenger.person import invite_cast
from valera.simulator.messenger.telegram import Telegram
from valera.simulator.models.provider import ModelsBeside, Provider
from valera.simulator.page.pages import pages
from valera.simulator.page.shop.desk import Glass
from valera.simulator.page.shop.panel import CheckBot, Panel
from valera.simulator.scenario.player import Pace, Player
from valera.simulator.server.bot_api import bot_api, bot_file
from valera.simulator.server.client.router import client_api
from valera.simulator.server.fault_injection import Wire
from valera.simulator.server.guard import ThisMachineOnly, refuse_public
from valera.simulator.server.provided import PATH_DEPENDENCIES
from valera.simulator.server.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from valera.kit.db import Database
    from valera.simulator.messenger.store import Store

log = structlog.get_logger(__name__)

MAX_BODY_BYTES = 1 << 20
DEFAULT_FLOOD = FloodLimit()


def create_app(
    store: Store, database: Database | None = None, *, public_url: str | None = None, check_bot: CheckBot | None = None
) -> ThisMachineOnly:
    """``database`` is opened by the caller; without one the page shows no panel. Raises BesidePublicUrl beside a real public address."""
    refuse_public(public_url)
    return assemble(store, Panel(database, check_bot) if database else None)


def assemble(
    store: Store,
    glass: Glass | None = None,
    *,
    clock: Clock | None = None,
    flood: FloodLimit | None = DEFAULT_FLOOD,
    models: Provider | None = None,
    pace: Pace | None = None,
) -> ThisMachineOnly:
    """The application from its parts; ``flood=None`` lets a bot send as fast as it can."""
    clock = clock or SystemClock()
    invite_cast(store)
    telegram = Telegram.open(store, clock, flood)
    player, provider = Player(telegram, pace), models or Provider()

    @contextlib.asynccontextmanager
    async def sending(_: Litestar) -> AsyncIterator[None]:
        await telegram.sender.start()
        try:
            with calling_at_exit(telegram.events.stop):
                yield
        finally:
            await player.stop_all()
            await telegram.sender.stop()

    app = Litestar(
        route_handlers=[bot_api, bot_file, client_api, pages],
        dependencies={
            "telegram": Provide(lambda: telegram, sync_to_thread=False),
            "glass": Provide(lambda: glass, sync_to_thread=False),
            "player": Provide(lambda: player, sync_to_thread=False),
            "models": Provide(lambda: provider, sync_to_thread=False),
            **PATH_DEPENDENCIES,
        },
        exception_handlers={ValeraError: _problem, 500: _crash},
        lifespan=[sending],
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
    )
    return ThisMachineOnly(ModelsBeside(provider, Wire(app)))


def _problem(_: Request[Any, Any, Any], error: ValeraError) -> Response[dict[str, Any]]:
    return problem(error)


def _crash(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """Nobody expected this. A bot reads it as Telegram's refusal, a page as a problem."""
    is_bot = request.scope["path"].startswith(("/bot", "/file/bot"))
    log.error("request_failed", path="/bot…" if is_bot else request.scope["path"], exc_info=error)  # a bot's path holds its token
    return Response(Refusal(500, "Internal Server Error").to_json(), status_code=500) if is_bot else problem()
