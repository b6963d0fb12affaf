"""The web process: ingest in front, the web framework behind it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from litestar import Litestar, get

from valera.api.app import beside, create_api
from valera.dashboard.frame.errors import shown_errors
from valera.dashboard.routes import dashboard
from valera.identity.permission import Permission
from valera.kit.db import DatabaseUnavailable
from valera.kit.errors import Invalid
from valera.kit.exit_signal import calling_at_exit
from valera.migrations.checks import refuse_old_schema
from valera.reception.ingest import ASGIApp, receive_updates
from valera.reception.polling.keeper import BotKeeper
from valera.reception.update_writer import Busy, UpdateWriter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from valera.dashboard.frame.given import Given
    from valera.kit.db import Database

log = structlog.get_logger(__name__)

READY_SECONDS = 2.0
"""A process that cannot say by then that it is ready is not."""
START_AGAIN_SECONDS = 5.0


def create_app(given: Given) -> ASGIApp:
    """Telegram's updates first; then the dashboard, the JSON API, and what monitors ask."""
    writer, readiness = UpdateWriter(given.db), Readiness(given.db)

    @get("/health/live", permission=Permission.PUBLIC, sync_to_thread=False)
    def live() -> dict[str, str]:
        """The process runs."""
        return {"status": "live"}

    @get("/health/ready", permission=Permission.PUBLIC)
    async def ready() -> dict[str, str]:
        """The process can store an update now, by the way that updates take: else 503, within READY_SECONDS, whatever hangs."""
        await readiness.check(writer)
        return {"status": "ready"}

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await writer.open()
        keeper = BotKeeper(given.db, given.bot_api, given.vault, writer, given.office.base_url)
        tasks = [asyncio.create_task(_look_after_bots(keeper)), asyncio.create_task(given.hub.run())]
        try:
            with calling_at_exit(given.hub.close):
                yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await writer.close()

    behind = Litestar(
        [live, ready, *dashboard(given)],
        lifespan=[lifespan],
        exception_handlers=shown_errors(given.clock),
        openapi_config=None,
        logging_config=None,
    )
    return receive_updates(writer, beside(create_api(given.db, given.clock), behind))


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
