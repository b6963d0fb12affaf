"""Live topics: what has changed, told to every open page. A topic names ids and nothing that a person wrote.

Tables tell of their changes themselves (triggers of migration 0018 put a row into `live_changes` in the same transaction), so no writer
can forget it; `publish` is for what leaves no row. Each process looks for new rows ten times a second, while it has streams to tell.
NOTIFY would be sooner by some milliseconds, but its commits stand in one line for the whole cluster (decision 39).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from valera.kit import live_queries
from valera.kit.db import AccountId

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from valera.kit.db import Database

log = structlog.get_logger(__name__)

RESYNC = "resync"
"""Something may have been missed: fetch what is shown."""
WAITING = 64
"""Topics that a stream may have waiting; a page that is further behind fetches everything."""
POLL_SECONDS, IDLE_SECONDS, RETRY_SECONDS = 0.1, 1.0, 1.0
KEPT = timedelta(minutes=1)
"""How long a change can be asked for after it was made. Who was away for longer fetches everything."""
LEFT = timedelta(hours=1)
"""Nothing that is older stays in the table."""
MARGIN = timedelta(seconds=2)
"""A change bears the time of its statement and is seen after its commit."""

publish = live_queries.insert_change


@dataclass(frozen=True, slots=True)
class Change:
    id: int
    account_id: AccountId
    topic: str


@dataclass(eq=False, slots=True)
class Stream:
    """What one open page has not been told yet. ``listener``: whose page, as the caller numbers them."""

    listener: int
    _topics: dict[str, None] = field(default_factory=dict[str, None])
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def put(self, topic: str) -> None:
        """A topic that waits already is not told twice."""
        if RESYNC not in self._topics:
            if topic == RESYNC or len(self._topics) >= WAITING:
                self._topics.clear()
                topic = RESYNC
            self._topics[topic] = None
        self._woken.set()

    def end(self) -> None:
        self.is_over = True
        self._woken.set()

    async def next(self, *, patience: float) -> list[str]:
        """Topics in their order; none after ``patience`` seconds of silence, or when the stream has ended."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._woken.wait()
        self._woken.clear()
        topics, self._topics = list(self._topics), {}
        return topics


class Hub:
    """The streams of this process, and the one task that looks for what they have to be told."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._streams: defaultdict[AccountId, set[Stream]] = defaultdict(set)
        self._seen: set[int] = set()
        self._after = 0
        self._forget_at = 0.0
        self._is_open = True

    @contextlib.contextmanager
    def stream(self, account_id: AccountId, listener: int) -> Iterator[Stream]:
        found = Stream(listener)
        self._streams[account_id].add(found)
        try:
            if not self._is_open:
                found.end()
            yield found
        finally:
            self._streams[account_id].discard(found)
            if not self._streams[account_id]:
                del self._streams[account_id]

    def count(self, account_id: AccountId, listener: int) -> int:
        """How many streams of one listener are open in this process."""
        return sum(stream.listener == listener for stream in self._streams.get(account_id, ()))

    async def missed(self, account_id: AccountId, since: datetime, *, now: datetime) -> list[str]:
        """What a page was not told that shows the shop as it was then."""
        if now - since > KEPT - MARGIN:
            return [RESYNC]
        async with self._db.queue() as tx:
            return await live_queries.select_topics_since(tx, account_id, since - MARGIN)

    def close(self) -> None:
        """Every stream ends: a server that waits for its answers could not stop otherwise."""
        self._is_open = False
        for stream in self._all():
            stream.end()

    async def run(self) -> None:
        """Until it is cancelled. Whatever happens to the database, pages are told to fetch again when it is back."""
        while True:
            try:
                await self._begin()
                while True:
                    await self._look()
                    await self._forget()
                    await asyncio.sleep(POLL_SECONDS if self._streams else IDLE_SECONDS)
            except Exception as error:  # noqa: BLE001 - the process lives on; pages show what they have
                log.warning("live_interrupted", reason=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def _begin(self) -> None:
        async with self._db.queue() as tx:
            self._after = await live_queries.select_oldest_writer(tx)
        self._seen = set()
        for stream in self._all():
            stream.put(RESYNC)

    async def _look(self) -> None:
        """A transaction that is still open may have numbers before those that are committed already: they are looked for again."""
        async with self._db.queue() as tx:
            oldest = await live_queries.select_oldest_writer(tx)
            changes = await live_queries.select_changes(tx, Change, self._after)
        self._tell(change for change in changes if change.id not in self._seen)
        self._seen = {change.id for change in changes}
        self._after = oldest

    async def _forget(self) -> None:
        """Whichever process comes to it first; the others find little."""
        now = asyncio.get_running_loop().time()
        if now >= self._forget_at:
            self._forget_at = now + KEPT.total_seconds()
            async with self._db.queue() as tx:
                await live_queries.delete_changes(tx, LEFT)

    def _tell(self, changes: Iterable[Change]) -> None:
        for change in changes:
            for stream in self._streams.get(change.account_id, ()):
                stream.put(change.topic)

    def _all(self) -> list[Stream]:
        return [stream for streams in self._streams.values() for stream in streams]
