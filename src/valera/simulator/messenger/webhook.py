"""Delivers updates to webhooks as Telegram does: in order within a queue, side by side across queues, again and again until a 2xx.

A failed update is repeated at once, then after 2, 4, 8 … up to 60 seconds; a ``Retry-After`` of the receiver is honoured. Only this
machine is ever called.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import structlog

from valera.simulator.messenger.bot import Bot, find_bot, list_bots, note_webhook_error
from valera.simulator.messenger.loopback import is_loopback
from valera.simulator.messenger.update import Update, acknowledge, next_update, sweep_expired, waiting_queues

if TYPE_CHECKING:
    from collections.abc import Callable

    from valera.kit.clock import Clock
    from valera.simulator.messenger.store import Store

log = structlog.get_logger(__name__)

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0
LONGEST_ASKED_PAUSE = 3600.0
ANSWER_SECONDS = 60.0
SUCCESS = 2  # of 2xx
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (the name of the header, no secret)


def pause_after(failures: int, retry_after: float | None) -> float:
    """Seconds until the next attempt, after so many failures in a row."""
    if retry_after is not None:
        return min(retry_after, LONGEST_ASKED_PAUSE)
    return 0.0 if failures == 1 else min(FIRST_PAUSE * 2 ** min(failures - 2, 10), LONGEST_PAUSE)


class WebhookSender:
    """One task for each queue that has something to send."""

    def __init__(self, store: Store, clock: Clock, *, pause: Callable[[int, float | None], float] = pause_after) -> None:
        self._pause = pause
        self._store = store
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._lanes: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._open: defaultdict[int, int] = defaultdict(int)
        self._free: defaultdict[int, asyncio.Condition] = defaultdict(asyncio.Condition)
        self._news: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        sweep_expired(self._store, now=self._now())
        for bot in list_bots(self._store):
            self.wake(bot.id)

    async def stop(self) -> None:
        lanes = list(self._lanes.values())
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def wake(self, bot_id: int, *, retry_now: bool = False) -> None:
        """There is something to send. ``retry_now``: whoever waits after a failure tries again at once (the webhook was set anew)."""
        if self._session is None:
            return
        if retry_now:
            self._news[bot_id].set()
            self._news[bot_id] = asyncio.Event()
        for queue in waiting_queues(self._store, bot_id, now=self._now()):
            if (bot_id, queue) not in self._lanes:
                self._lanes[bot_id, queue] = asyncio.create_task(self._drain(bot_id, queue))

    async def _drain(self, bot_id: int, queue: int) -> None:
        """Sends what waits in one queue, strictly in order."""
        failures = 0
        try:
            while True:
                bot, update = find_bot(self._store, bot_id), next_update(self._store, bot_id, queue, now=self._now())
                if bot is None or update is None or not bot.webhook.url:
                    return
                news = self._news[bot_id]
                async with self._slot(bot):
                    reason, retry_after = await self._post(bot, update)
                if reason is None:
                    failures = 0
                    acknowledge(self._store, update)
                    continue
                failures += 1
                note_webhook_error(self._store, bot_id, reason=reason, at=self._now())
                log.warning("webhook_failed", bot_id=bot_id, update_id=update.update_id, reason=reason, failures=failures)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), self._pause(failures, retry_after))
        finally:
            del self._lanes[bot_id, queue]

    @contextlib.asynccontextmanager
    async def _slot(self, bot: Bot):  # noqa: ANN202  (an async generator: the decorator gives its type)
        """No more than ``max_connections`` requests to one bot at a time; the number may change between two requests."""
        free = self._free[bot.id]
        async with free:
            await free.wait_for(lambda: self._open[bot.id] < bot.webhook.max_connections)
            self._open[bot.id] += 1
        try:
            yield
        finally:
            self._open[bot.id] -= 1
            async with free:
                free.notify()

    async def _post(self, bot: Bot, update: Update) -> tuple[str | None, float | None]:
        """Why it failed (None: it did not), and what the receiver asks for."""
        assert self._session is not None, "lanes live between start and stop"
        if not is_loopback(urlsplit(bot.webhook.url).hostname):
            return "Wrong response from the webhook: the simulator calls this machine only", None
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: bot.webhook.secret} if bot.webhook.secret else {})
        try:
            async with self._session.post(bot.webhook.url, data=update.body, headers=headers, allow_redirects=False) as answer:
                if answer.status // 100 == SUCCESS:
                    return None, None
                return f"Wrong response from the webhook: {answer.status} {answer.reason}", _seconds(answer.headers.get("Retry-After"))
        except TimeoutError:
            return "Read timeout expired", None
        except aiohttp.ClientError as error:
            return "Connection refused" if isinstance(
                error, aiohttp.ClientConnectorError
            ) else f"Connection broke: {type(error).__name__}", None

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and header.isascii() and header.isdigit() else None
