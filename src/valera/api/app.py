"""The API as an application of its own: its guard, its errors, its description. With the dashboard it shares the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import Litestar, MediaType, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Server, Tag

from valera.api import bookings, chats, clients, events
from valera.api.errors import refused, told, unknown
from valera.api.guard import guard, provide_caller
from valera.api.handbook import HANDLERS as HANDBOOK
from valera.kit.errors import ValeraError

if TYPE_CHECKING:
    from litestar.types import ASGIApp, Receive, Scope, Send

    from valera.kit.clock import Clock
    from valera.kit.db import Database

MOST_BODY = 64 << 10
DESCRIPTION = (
    "Chats, bookings and clients of one shop, for its own programs. A key is made on the dashboard's page “API keys” and sent as"
    " `Authorization: Bearer vk_…`. Lists go from the oldest to the newest; `next` of a page is `after` of the following one."
    " Errors are problem details (RFC 9457)."
)
TAGS = [
    Tag(name="Chats", description="Dialogues with clients, and writing to them."),
    Tag(name="Bookings", description="The shop's book."),
    Tag(name="Clients", description="Who writes, and their cars."),
    Tag(name="Events", description="A feed to read on from where one was."),
]


def create_api(db: Database, clock: Clock) -> Litestar:
    """Everything below /api. It opens and closes nothing: ``db`` is whoever's who passes it."""
    v1 = Router(
        "/v1",
        route_handlers=[*chats.HANDLERS, *bookings.HANDLERS, *clients.HANDLERS, *events.HANDLERS],
        middleware=[guard(db, clock)],
        security=[{"key": []}],
    )
    return Litestar(
        [Router("/api", route_handlers=[v1, *HANDBOOK])],
        dependencies={
            "db": Provide(lambda: db, sync_to_thread=False),
            "clock": Provide(lambda: clock, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=False),
        },
        exception_handlers={ValeraError: told, HTTPException: refused, Exception: unknown},
        openapi_config=OpenAPIConfig(
            title="Valera",
            version="1",
            description=DESCRIPTION,
            path="/api",
            tags=TAGS,
            servers=[Server(url="/")],
            components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer", description="A key of the shop.")}),
            use_handler_docstrings=True,
            render_plugins=[JsonRenderPlugin(path="/openapi.json", media_type=MediaType.JSON)],
        ),
        request_max_body_size=MOST_BODY,
        logging_config=None,
    )


def beside(api: ASGIApp, others: ASGIApp) -> ASGIApp:
    """What is asked below /api goes to it, everything else to the others."""

    async def divided(scope: Scope, receive: Receive, send: Send) -> None:
        is_for_api = scope["type"] == "http" and (scope["path"] == "/api" or scope["path"].startswith("/api/"))
        await (api if is_for_api else others)(scope, receive, send)

    return divided
