"""Every handler of the dashboard, those of a shop below /shops/{slug} and those outside of one; each declares its permission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Response, Router, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from valera.dashboard import counts
from valera.dashboard.api_keys import pages as api_keys
from valera.dashboard.assistant import pages as assistant
from valera.dashboard.board import pages as board
from valera.dashboard.callbacks import pages as callbacks
from valera.dashboard.clients import pages as clients
from valera.dashboard.entrance import pages as entrance
from valera.dashboard.frame import pages as frame
from valera.dashboard.frame.assets import STATICS
from valera.dashboard.frame.errors import shown_errors
from valera.dashboard.frame.guard import guard, refuse_undeclared, refuse_unsigned_forms
from valera.dashboard.frame.page import AnyRequest
from valera.dashboard.inbox import pages as inbox
from valera.dashboard.inbox.acting import pages as acting
from valera.dashboard.overview import pages as overview
from valera.dashboard.shop import pages as shop
from valera.dashboard.start import pages as start
from valera.dashboard.team import pages as team
from valera.dashboard.waitlist import pages as waitlist
from valera.identity.permission import Permission

if TYPE_CHECKING:
    from valera.dashboard.frame.given import Given

MOST_BODY = 25 << 20
"""A price list, a few photos."""

OF_A_SHOP: list[Any] = [
    *frame.HANDLERS,
    *counts.HANDLERS,
    *inbox.HANDLERS,
    *acting.HANDLERS,
    *assistant.HANDLERS,
    *board.HANDLERS,
    *callbacks.HANDLERS,
    *waitlist.HANDLERS,
    *clients.HANDLERS,
    *api_keys.HANDLERS,
    *team.HANDLERS,
    *overview.HANDLERS,
    *shop.HANDLERS,
    *start.HANDLERS,
]
OUTSIDE: list[Any] = [*entrance.OUTSIDE, *start.OUTSIDE]


@get("/static/{digest:str}/{name:path}", permission=Permission.PUBLIC, sync_to_thread=False)
def get_static(request: AnyRequest, digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Kept by browsers for ever: the address changes with the contents."""
    file = STATICS.find(digest, name.lstrip("/"))
    if file is None:
        raise NotFoundException
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
    body = file.body
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = file.packed, "gzip"
    return Response(body, media_type=file.content_type, headers=headers)


def dashboard(given: Given) -> list[Any]:
    """Raises RouteWithoutPermission."""
    refuse_undeclared([*OF_A_SHOP, *OUTSIDE])
    around: dict[str, Any] = {
        "middleware": [guard(given)],
        "before_request": refuse_unsigned_forms,
        "dependencies": given.dependencies(),
        "exception_handlers": shown_errors(given.clock),
        "request_max_body_size": MOST_BODY,
    }
    return [
        Router("/", route_handlers=[get_static], exception_handlers=shown_errors(given.clock)),
        Router("/", route_handlers=OUTSIDE, **around),
        Router("/shops/{slug:str}", route_handlers=OF_A_SHOP, **around),
    ]
