"""What happens in a chat, told to whoever watches it: pages and `valera chat`."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

QUEUE_SIZE = 256
BEAT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Event:
    """``name``: message, edited, deleted, typing, draft, answer, blocked, beat; resync when some were missed, bye when the server stops.
    ``chat_id`` says where, unless it is everywhere.
    """

    name: str
    content: dict[str, Any]
    chat_id: int | None = None


class Events:
    def __init__(self) -> None:
        self._watchers: defaultdict[tuple[int, int], set[asyncio.Queue[Event]]] = defaultdict(set)
        self.stopped = asyncio.Event()

    def publish(self, bot_id: int, chat_id: int, name: str, content: dict[str, Any]) -> None:
        for queue in self._watchers.get((bot_id, chat_id), ()):
            _offer(queue, Event(name, content, chat_id))

    @contextlib.contextmanager
    def watching(self, bot_id: int, *chat_ids: int) -> Iterator[asyncio.Queue[Event]]:
        """Everything published in these chats while the block lasts is in the queue; one that is not read in time gets a single resync."""
        queue: asyncio.Queue[Event] = asyncio.Queue(QUEUE_SIZE)
        for chat_id in chat_ids:
            self._watchers[bot_id, chat_id].add(queue)
        try:
            yield queue
        finally:
            for chat_id in chat_ids:
                self._watchers[bot_id, chat_id].discard(queue)

    def stop(self) -> None:
        """Ends every stream, so that a server can shut down."""
        self.stopped.set()
        for watchers in self._watchers.values():
            for queue in watchers:
                _offer(queue, Event("bye", {}))


async def heard(queue: asyncio.Queue[Event], *, beat_seconds: float = BEAT_SECONDS) -> AsyncIterator[Event]:
    """Events as they come and a beat when none does, until the server stops."""
    while True:
        try:
            event = await asyncio.wait_for(queue.get(), beat_seconds)
        except TimeoutError:
            event = Event("beat", {})
        if event.name == "bye":
            return
        yield event


def _offer(queue: asyncio.Queue[Event], event: Event) -> None:
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(Event("resync", {}))
    queue.put_nowait(event)
