"""The web process: ingest in front, the web framework behind it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from litestar import Litestar, Request, Response, get
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from valera.kit.db import DatabaseUnavailable
from valera.kit.errors import Invalid, ValeraError
from valera.kit.problems import problem
from valera.migrations.checks import refuse_old_schema
from valera.reception.ingest import ASGIApp, receive_updates
from valera.reception.polling.keeper import BotKeeper
from valera.reception.update_writer import Busy, UpdateWriter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from valera.kit.db import Database
    from valera.services import Services

log = structlog.get_logger(__name__)

READY_SECONDS = 2.0
"""A process that cannot say by then that it is ready is not."""
START_AGAIN_SECONDS = 5.0


def create_app(services: Services, *, webhook_base: str | None, home_url: str | None) -> ASGIApp:
    """``webhook_base``: where Telegram (or the simulator) reaches this installation, None: nowhere; ``home_url``: where a browser is sent
    from ``/``.
    """
    writer, readiness = UpdateWriter(services.db), Readiness(services.db)

    @get("/", sync_to_thread=False)
    def home() -> Response[Any]:
        return Redirect(home_url) if home_url else Response("Valera", media_type="text/plain")

    @get("/health/live", sync_to_thread=False)
    def live() -> dict[str, str]:
        """The process runs."""
        return {"status": "live"}

    @get("/health/ready")
    async def ready() -> dict[str, str]:
        """The process can store an update now, by the way that updates take: else 503, within READY_SECONDS, whatever hangs."""
        await readiness.check(writer)
        return {"status": "ready"}

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await writer.open()
        keeper = BotKeeper(services.db, services.bot_api, services.vault, writer, webhook_base)
        keeping = asyncio.create_task(_look_after_bots(keeper))
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await writer.close()

    behind = Litestar(
        [home, live, ready],
        lifespan=[lifespan],
        exception_handlers={ValeraError: _render, HTTPException: _render_http, Exception: _render_unknown},
        openapi_config=None,
        logging_config=None,
    )
    return receive_updates(writer, behind)


@dataclass(slots=True)
class Readiness:
    """A schema that was new enough once stays so: it is asked for until then."""

    db: Database
    is_schema_known: bool = False

    async def check(self, writer: UpdateWriter) -> None:
        """Raises Unavailable."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                await writer.check()
                if not self.is_schema_known:
                    await refuse_old_schema(self.db)
                    self.is_schema_known = True
        except (TimeoutError, Busy, Invalid) as error:
            raise DatabaseUnavailable("Updates cannot be stored right now.") from error


async def _look_after_bots(keeper: BotKeeper) -> None:
    """A bot that nobody looks after hears nothing: whatever goes wrong, it goes on."""
    while True:
        try:
            await keeper.run()
        except Exception:  # the job runner
            log.exception("bot_keeper_failed")
            await asyncio.sleep(START_AGAIN_SECONDS)


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
