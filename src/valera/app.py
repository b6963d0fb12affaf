"""The web process: ingest in front, the web framework behind it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog
from litestar import Litestar, Request, Response, get
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from valera.kit.db import DatabaseUnavailable, value
from valera.kit.errors import ValeraError
from valera.kit.problems import problem
from valera.reception.ingest import ASGIApp, UpdateWriter, receive_updates
from valera.telegram.registration import register_webhooks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from valera.services import Services

log = structlog.get_logger(__name__)


def create_app(services: Services, *, webhook_base: str, home_url: str | None) -> ASGIApp:
    """``webhook_base``: where Telegram (or the simulator) reaches this process; ``home_url``: where a browser is sent from ``/``."""
    writer = UpdateWriter(services.db)

    @get("/", sync_to_thread=False)
    def home() -> Response[Any]:
        return Redirect(home_url) if home_url else Response("Valera", media_type="text/plain")

    @get("/health/live", sync_to_thread=False)
    def live() -> dict[str, str]:
        """The process runs."""
        return {"status": "live"}

    @get("/health/ready")
    async def ready() -> dict[str, str]:
        """The process can store an update: 503 while the database is away."""
        async with services.db.queue() as tx:
            await value(tx, "select 1")
        return {"status": "ready"}

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await writer.open()
        registering = asyncio.create_task(register_webhooks(services.db, services.bot_api, services.vault, base_url=webhook_base))
        registering.add_done_callback(_tell_if_it_died)
        try:
            yield
        finally:
            registering.cancel()
            await asyncio.gather(registering, return_exceptions=True)
            await writer.close()

    behind = Litestar(
        [home, live, ready],
        lifespan=[lifespan],
        exception_handlers={ValeraError: _render, HTTPException: _render_http, Exception: _render_unknown},
        openapi_config=None,
        logging_config=None,
    )
    return receive_updates(writer, behind)


def _tell_if_it_died(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("registration_died", exc_info=error)


def _render(_: Request[Any, Any, Any], error: ValeraError) -> Response[dict[str, Any]]:
    if isinstance(error, DatabaseUnavailable):
        log.error("database_unavailable")
    return problem(error)


def _render_http(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    """The framework's own refusals, in our form; what it says of a 4xx is safe to show."""
    return problem(status=error.status_code, detail=error.detail if error.status_code < 500 else "")  # noqa: PLR2004


def _render_unknown(_: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """The HTTP edge: whatever it was, it is logged here and shown to nobody."""
    log.error("request_failed", exc_info=error)
    return problem(status=500, detail="")
