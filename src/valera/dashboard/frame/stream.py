"""The live stream: one for each browser. It says which topics have changed; pages fetch what they show of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from litestar import Response, get
from litestar.params import FromQuery
from litestar.response import ServerSentEvent, ServerSentEventMessage

from valera.dashboard.frame.given import TheClock, TheDb, TheHub, ThePage
from valera.identity.permission import Permission
from valera.identity.session import find_entry
from valera.kit.errors import LimitReached
from valera.kit.live import RESYNC

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from valera.dashboard.frame.page import Page
    from valera.kit.clock import Clock
    from valera.kit.db import Database
    from valera.kit.live import Hub

BEAT_SECONDS = 20.0
CHECKED = timedelta(minutes=1)
"""How long somebody who was signed out may go on hearing topics."""
MOST_STREAMS = 6
"""Of one member, over all their browsers, in one process."""
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


class TooManyStreams(LimitReached):
    """One member's browsers hold as many streams as one may."""


@get("/live", permission=Permission.CHATS)
async def get_live(page: ThePage, db: TheDb, hub: TheHub, clock: TheClock, after: FromQuery[str] = "") -> Response[Any]:
    """``after``: milliseconds of the epoch at which the page was rendered; the browser names the last event itself when it reconnects."""
    if hub.count(page.entry.account_id, page.entry.member_id) >= MOST_STREAMS:
        raise TooManyStreams("Too many windows of this shop are open. Close some of them.", retry_after=BEAT_SECONDS)
    since = _moment(page.request.headers.get("last-event-id") or after)
    return ServerSentEvent(
        _told(page, db, hub, clock, since),
        headers=HEADERS,
        retry_duration=random.randint(1000, 5000),  # noqa: S311 - so that not all come back at once
    )


async def _told(page: Page, db: Database, hub: Hub, clock: Clock, since: datetime | None) -> AsyncIterator[ServerSentEventMessage]:
    account_id = page.entry.account_id
    with hub.stream(account_id, page.entry.member_id) as stream:
        for topic in [RESYNC] if since is None else await hub.missed(account_id, since, now=clock.now()):
            stream.put(topic)
        checked_at = clock.now()
        yield ServerSentEventMessage(data="", event="beat", id=_mark(checked_at))
        while not stream.is_over:
            topics = await stream.next(patience=BEAT_SECONDS)
            now = clock.now()
            if now - checked_at > CHECKED:
                if not await _may_stay(page, db, now):
                    return
                checked_at = now
            for topic in topics:
                yield ServerSentEventMessage(data=topic, event="topic", id=_mark(now))
            if not topics and not stream.is_over:
                yield ServerSentEventMessage(data="", event="beat", id=_mark(now))


async def _may_stay(page: Page, db: Database, now: datetime) -> bool:
    async with db.identity_tx() as tx:
        entry = await find_entry(tx, page.session or "", page.entry.slug, now=now)
    return entry is not None and entry.member_id == page.entry.member_id and entry.role == page.entry.role


def _mark(now: datetime) -> str:
    return str(int(now.timestamp() * 1000))


def _moment(mark: str) -> datetime | None:
    if not mark.isascii() or not mark.isdigit() or len(mark) > len(_mark(datetime.now(UTC))):
        return None
    return datetime.fromtimestamp(int(mark) / 1000, UTC)
