"""The waitlist: who waits for a time that was taken, in which order, and what is offered to whom just now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from valera.bookings.telling.wording import say_duration, say_wish
from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.waitlist import queries
from valera.followup.waitlist.entry import EntryNotFound, put_back, take_off
from valera.followup.waitlist.offering import rematch
from valera.identity.permission import Permission
from valera.russian.time.wish import Wish

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page

MOST = 300
LARGEST = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """``offered_at``: the free time that is offered now, until ``expires_at``; ``passed``: offers that were not taken."""

    id: int
    client_id: int
    chat_id: int
    client: str
    phone: str
    service: str
    duration_minutes: int
    stored: dict[str, Any]
    created_at: datetime
    offered_at: datetime | None
    expires_at: datetime | None
    passed: int

    def wish(self, page: Page) -> str:
        return say_wish(msgspec.convert(self.stored, Wish), page.zone, page.t.locale)

    def lasts(self, page: Page) -> str:
        return say_duration(timedelta(minutes=self.duration_minutes), page.t.locale)


@get("/waitlist", permission=Permission.BOOKINGS)
async def get_waitlist(page: ThePage, db: TheDb) -> Response[bytes]:
    return await _shown(page, db)


@post("/waitlist/{entry_id:int}/off", status_code=200, permission=Permission.BOOKINGS)
async def post_off(page: ThePage, db: TheDb, entry_id: FromPath[int]) -> Response[bytes]:
    """Raises EntryNotFound."""
    async with db.account_tx() as tx:
        await take_off(tx, _known(entry_id), page.now)
        await rematch(tx, why=f"off:{entry_id}:{page.now.timestamp()}", now=page.now)
    return await _shown(page, db, page.t("waitlist.said.off"), undo=page.url(f"/waitlist/{entry_id}/back"))


@post("/waitlist/{entry_id:int}/back", status_code=200, permission=Permission.BOOKINGS)
async def post_back(page: ThePage, db: TheDb, entry_id: FromPath[int]) -> Response[bytes]:
    """Undoes it. Raises EntryNotFound."""
    async with db.account_tx() as tx:
        await put_back(tx, _known(entry_id), page.now)
        await rematch(tx, why=f"back:{entry_id}:{page.now.timestamp()}", now=page.now)
    return await _shown(page, db, page.t("waitlist.said.back"))


HANDLERS: list[Any] = [get_waitlist, post_off, post_back]


def _known(entry_id: int) -> int:
    if not 0 < entry_id <= LARGEST:
        raise EntryNotFound("Nobody waits under this number any more.")
    return entry_id


async def _shown(page: Page, db: TheDb, said: str = "", *, undo: str | None = None) -> Response[bytes]:
    if said and "hx-request" not in page.request.headers:
        return page.go("/waitlist", said)
    async with db.account_tx() as tx:
        waiting = await queries.select_waiting(tx, Waiting, MOST)
    response = page.html("_waitlist.html" if page.is_fragment or said else "waitlist.html", waiting=waiting)
    return page.toast(response, said, undo) if said else response
