"""getUpdates that wait for something to tell: one a bot, the older gives way."""

from __future__ import annotations

import asyncio
from enum import Enum, auto


class Ending(Enum):
    """Why a wait was over."""

    NEWS = auto()
    OTHER_POLL = auto()
    WEBHOOK_SET = auto()
    TIME = auto()
    STOPPED = auto()


class Polling:
    """Who waits for updates of which bot."""

    def __init__(self, stopped: asyncio.Event) -> None:
        self._waiting: dict[int, asyncio.Future[Ending]] = {}
        self._stopped = stopped

    def end(self, bot_id: int, ending: Ending) -> None:
        """Sends whoever waits home, if anybody does."""
        waiting = self._waiting.pop(bot_id, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(ending)

    async def wait(self, bot_id: int, seconds: float) -> Ending:
        """Until there is news, somebody else asks, or the time is over."""
        self.end(bot_id, Ending.OTHER_POLL)
        mine: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._waiting[bot_id] = mine
        stop = asyncio.ensure_future(self._stopped.wait())
        try:
            done, _ = await asyncio.wait({mine, stop}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
            if self._waiting.get(bot_id) is mine:
                del self._waiting[bot_id]
        if mine in done:
            return mine.result()
        return Ending.STOPPED if done else Ending.TIME
