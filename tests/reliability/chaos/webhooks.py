"""Sends updates as Telegram and a balancer do: one in flight for each chat, repeated until 200, to whichever web process answers."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp

SECRET_HEADER = "x-telegram-bot-api-secret-token"
TIMEOUT_SECONDS = 8
"""Less than a process is stopped for: so some updates are written although nobody waits for their 200 any more."""

LONGEST_PAUSE = 5.0
UNREADY_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Hook:
    """A bot's webhook: the path on every web process, and its secret."""

    path: str
    secret: str


@dataclass(slots=True)
class Web:
    """One web process as the balancer sees it."""

    address: str
    is_in_rotation: bool = True


@dataclass(slots=True)
class Webhooks:
    """``answers``: what was answered how often; ``broken``: calls that ended without an answer, by their error."""

    webs: Sequence[Web]
    dice: random.Random
    answers: Counter[int] = field(default_factory=Counter[int])
    broken: Counter[str] = field(default_factory=Counter[str])
    unsent: int = 0
    stopped: bool = False
    slowest: float = 0
    session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self.session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS, connect=3), connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=90)
        )

    async def close(self) -> None:
        if self.session is not None:
            await self.session.close()

    async def post(self, hook: Hook, body: bytes) -> None:
        """Until it is answered with 200: again at once, then after a growing pause or what Retry-After says."""
        pause = 0.0
        self.unsent += 1
        while not self.stopped:
            wait = await self._post_once(hook, body)
            if wait is None:
                self.unsent -= 1
                return
            await asyncio.sleep(max(wait, pause * self.dice.uniform(0.5, 1)))
            pause = min(max(2 * pause, 0.25), LONGEST_PAUSE)

    async def _post_once(self, hook: Hook, body: bytes) -> float | None:
        """None: 200. Else how long we were asked to wait. A refused connection is no call: the next process is tried."""
        assert self.session is not None
        for web in self._candidates():
            since = time.monotonic()
            try:
                async with self.session.post(web.address + hook.path, data=body, headers={SECRET_HEADER: hook.secret}) as answer:
                    await answer.read()
                    self.answers[answer.status] += 1
                    self.slowest = max(self.slowest, time.monotonic() - since)
                    return None if answer.status == 200 else float(answer.headers.get("retry-after", 0))
            except aiohttp.ClientConnectorError:
                continue
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                self.broken[type(error).__name__] += 1
                return 0
        self.broken["nobody listens"] += 1
        return UNREADY_SECONDS

    def _candidates(self) -> list[Web]:
        """Those in rotation first, in random order; the others after them."""
        webs = self.dice.sample(list(self.webs), len(self.webs))
        return sorted(webs, key=lambda web: not web.is_in_rotation)

    async def watch(self) -> None:
        """Until cancelled: what is not ready is taken out of the rotation, as any balancer does."""
        while True:
            await asyncio.gather(*(self._look(web) for web in self.webs))
            await asyncio.sleep(UNREADY_SECONDS)

    async def _look(self, web: Web) -> None:
        assert self.session is not None
        try:
            async with self.session.get(web.address + "/health/ready", timeout=aiohttp.ClientTimeout(total=2)) as answer:
                web.is_in_rotation = answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            web.is_in_rotation = False
