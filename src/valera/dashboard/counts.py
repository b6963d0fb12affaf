"""What the navigation counts: unread chats, bookings of today, calls that are due."""

from __future__ import annotations

import json
from typing import Any

from litestar import Response, get

from valera.dashboard.board.views import count_today
from valera.dashboard.callbacks.queries import count_due
from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.inbox.reading import count_unseen
from valera.identity.permission import Permission


@get("/counts", permission=Permission.CHATS)
async def get_counts(page: ThePage, db: TheDb) -> Response[bytes]:
    """As an event for the page that asks: the numbers stand in several places of it."""
    async with db.account_tx() as tx:
        counted = {
            "chats": await count_unseen(tx, member_id=page.entry.member_id),
            "board": await count_today(tx, page.now, page.zone),
            "callbacks": await count_due(tx, page.now),
        }
    response = page.nothing()
    response.headers["HX-Trigger"] = json.dumps({"counts": {"target": "body", **counted}})
    return response


HANDLERS: list[Any] = [get_counts]
