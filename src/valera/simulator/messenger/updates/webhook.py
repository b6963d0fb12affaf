"""Delivers updates to webhooks as Telegram does: in order within a queue, side by side across queues, again and again until a 2xx.

A failed update is repeated at once, then after 2, 4, 8 … up to 60 seconds, until it is too old; a ``Retry-After`` of the receiver is
honoured. While nothing has succeeded for ten seconds, one request is made at a time. 410 for 23 hours removes the webhook. The rules are
those of tdlib/telegram-bot-api, WebhookActor.cpp. Only this machine is ever called.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import structlog

from valera.simulator.messenger.bot import Bot, close_webhook, find_bot, list_bots, note_webhook_error
from valera.simulator.messenger.updates.loopback import is_loopback
from valera.simulator.messenger.updates.queue import Update, acknowledge, drop, next_ready_at, next_update, sweep_expired, waiting_queues

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from valera.kit.clock import Clock
    from valera.simulator.messenger.store import Store

log = structlog.get_logger(__name__)

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0
LONGEST_ASKED_PAUSE = 3600.0
ANSWER_SECONDS = 60.0
PATIENCE_SECONDS = 10.0
"""Without a success for so long, a webhook gets one request at a time."""

GONE_SECONDS = 23 * 3600.0
SUCCESS = 2  # of 2xx
GONE = 410
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (the name of the header, no secret)


def pause_after(failures: int, retry_after: float | None) -> float:
    """Seconds until the next attempt, after so many failures in a row."""
    if retry_after:
        return min(retry_after, LONGEST_ASKED_PAUSE)
    return 0.0 if failures == 1 else min(FIRST_PAUSE * 2 ** min(failures - 2, 10), LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class Failure:
    reason: str
    retry_after: float | None = None
    status: int | None = None


@dataclass(slots=True)
class _Receiver:
    """What is known of one bot's webhook while this process lives."""

    open: int = 0
    free: asyncio.Condition = field(default_factory=asyncio.Condition)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    succeeded_at: float = float("-inf")
    gone_since: float | None = None


class WebhookSender:
    """One task for each queue that has something to send."""

    def __init__(self, store: Store, clock: Clock, *, pause: Callable[[int, float | None], float] = pause_after, chance: Random) -> None:
        self._pause = pause
        self._store = store
        self._clock = clock
        self._chance = chance
        self._session: aiohttp.ClientSession | None = None
        self._lanes: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._receivers: defaultdict[int, _Receiver] = defaultdict(_Receiver)
        self._alarms: dict[int, asyncio.TimerHandle] = {}

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
        for alarm in self._alarms.values():
            alarm.cancel()
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
        receiver = self._receivers[bot_id]
        if retry_now:
            receiver.news.set()
            receiver.news = asyncio.Event()
        for queue in waiting_queues(self._store, bot_id, now=self._now()):
            if (bot_id, queue) not in self._lanes:
                self._lanes[bot_id, queue] = asyncio.create_task(self._drain(bot_id, queue))
        self._set_alarm(bot_id)

    def _set_alarm(self, bot_id: int) -> None:
        """For updates that are held back."""
        at = next_ready_at(self._store, bot_id, now=self._now())
        if (alarm := self._alarms.pop(bot_id, None)) is not None:
            alarm.cancel()
        if at is not None:
            self._alarms[bot_id] = asyncio.get_running_loop().call_later(max(0.0, at - self._now()) + 0.001, self.wake, bot_id)

    async def _drain(self, bot_id: int, queue: int) -> None:
        """Sends what waits in one queue, strictly in order."""
        failures, tried = 0, 0
        try:
            while True:
                bot, update = find_bot(self._store, bot_id), next_update(self._store, bot_id, queue, now=self._now())
                if bot is None or update is None or not bot.webhook.url:
                    return
                failures, tried = (failures if update.update_id == tried else 0), update.update_id
                receiver = self._receivers[bot_id]
                news = receiver.news
                async with self._slot(bot, receiver):
                    failure = await self._post(bot, update)
                if failure is None:
                    acknowledge(self._store, update, now=self._now(), chance=self._chance)
                    continue
                failures += 1
                await self._wait_after(bot, update, failure, failures, news)
        finally:
            del self._lanes[bot_id, queue]

    async def _wait_after(self, bot: Bot, update: Update, failure: Failure, failures: int, news: asyncio.Event) -> None:
        note_webhook_error(self._store, bot.id, reason=failure.reason, at=self._now())
        log.warning("webhook_failed", bot_id=bot.id, update_id=update.update_id, reason=failure.reason, failures=failures)
        if self._is_gone_for_good(bot, failure):
            close_webhook(self._store, bot.id)
            return
        pause = self._pause(failures, failure.retry_after)
        if self._now() + pause > update.expires_at:
            drop(self._store, update)
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(news.wait(), pause)

    def _is_gone_for_good(self, bot: Bot, failure: Failure) -> bool:
        """The receiver has said 410 for 23 hours, and nothing else."""
        receiver = self._receivers[bot.id]
        if failure.status != GONE:
            receiver.gone_since = None
            return False
        receiver.gone_since = receiver.gone_since or self._now()
        return self._now() > receiver.gone_since + GONE_SECONDS

    @contextlib.asynccontextmanager
    async def _slot(self, bot: Bot, receiver: _Receiver):  # noqa: ANN202  (an async generator: the decorator gives its type)
        """No more than ``max_connections`` requests to one bot at a time, one after failures; both may change between two requests."""
        async with receiver.free:
            await receiver.free.wait_for(lambda: receiver.open < self._most_open(bot, receiver))
            receiver.open += 1
        try:
            yield
        finally:
            receiver.open -= 1
            async with receiver.free:
                receiver.free.notify_all()

    def _most_open(self, bot: Bot, receiver: _Receiver) -> int:
        is_trusted = asyncio.get_running_loop().time() - receiver.succeeded_at <= PATIENCE_SECONDS
        return bot.webhook.max_connections if is_trusted else 1

    async def _post(self, bot: Bot, update: Update) -> Failure | None:
        """Why it failed; None: it did not."""
        assert self._session is not None, "lanes live between start and stop"
        if not is_loopback(urlsplit(bot.webhook.url).hostname):
            return Failure("Wrong response from the webhook: the simulator calls this machine only")
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: bot.webhook.secret} if bot.webhook.secret else {})
        receiver = self._receivers[bot.id]
        try:
            async with self._session.post(bot.webhook.url, data=update.body, headers=headers, allow_redirects=False) as answer:
                if answer.status // 100 == SUCCESS:
                    receiver.succeeded_at, receiver.gone_since = asyncio.get_running_loop().time(), None
                    return None
                said = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                return Failure(said, _seconds(answer.headers.get("Retry-After")), answer.status)
        except TimeoutError:
            return Failure("Read timeout expired")
        except aiohttp.ClientConnectorError:
            return Failure("Connection refused")
        except aiohttp.ClientError:
            return Failure("Connection reset by peer")

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and header.isascii() and header.isdigit() else None
