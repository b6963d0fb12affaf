"""Pages of the frame itself."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from valera.dashboard.frame.given import ThePage
from valera.dashboard.frame.stream import get_live
from valera.identity.permission import Permission


@get("/more", permission=Permission.CHATS, sync_to_thread=False)
def get_more(page: ThePage) -> Response[bytes]:
    """The rest of the sections, where there is no room for a sidebar."""
    return page.html("more.html")


@get("/", permission=Permission.CHATS, sync_to_thread=False)
def get_shop(page: ThePage) -> Response[bytes]:
    return page.go("/chats")


HANDLERS: list[Any] = [get_shop, get_more, get_live]
