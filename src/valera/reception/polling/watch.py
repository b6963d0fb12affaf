"""Watch: everything that one bot needs so that its updates arrive, as a task for as long as this process looks after bots."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import dataclass, field
from logging import INFO, WARNING
from typing import TYPE_CHECKING

import asyncpg
import structlog

from valera.kit.db import DatabaseUnavailable, account_scope
from valera.kit.secrets import SealBroken
from valera.reception.polling.poller import NO_HASH, Poller
from valera.reception.update_writer import BotKey, Busy
from valera.telegram.api.errors import Conflicting, FloodWait, Misdirected, Refused, TelegramError, TokenRevoked
from valera.telegram.bots.bot import find_bot, get_token, pause_bot, resume_bot
from valera.telegram.bots.reconciler import Reconciler
from valera.telegram.commands import see_to_commands

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from valera.kit.db import Database
    from valera.kit.secrets import Secret, Vault
    from valera.reception.update_writer import UpdateWriter
    from valera.telegram.api.client import BotApi
    from valera.telegram.bots.bot import Bot, BotRoute

log = structlog.get_logger(__name__)

CHECK_SECONDS = 45.0
"""Between two looks at a webhook: with jitter and the look itself still within a minute."""

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 20.0
LATE = 5
"""So many failures in a row are more than a start that is under way: a warning from then on."""

CONFLICTS_OF_A_MOMENT = 2
"""Where a poller takes over, the one before it may still be listening for a moment."""
CONFLICT_PAUSE = 5.0
LONGEST_CONFLICT_PAUSE = 60.0
AWAY = (DatabaseUnavailable, Busy, asyncpg.PostgresError)


@dataclass(frozen=True, slots=True)
class Means:
    """What all watches of a process share. ``base_url`` None: no bot can have a webhook, all are polled. ``checks`` bounds the looks at
    webhooks that run at once.
    """

    db: Database
    bot_api: BotApi
    vault: Vault
    writer: UpdateWriter
    base_url: str | None
    checks: asyncio.Semaphore


@dataclass(slots=True)
class Watch:
    """``poked`` is set by whoever knows that something about the bot has changed."""

    means: Means
    route: BotRoute
    poked: asyncio.Event = field(default_factory=asyncio.Event)
    _reconciler: Reconciler = field(init=False)
    _poller: Poller = field(init=False)
    _may_poll: bool = False
    _failures: int = 0
    _conflicts: int = 0
    _conflict_at: float = 0.0
    _was_polled_elsewhere: bool = True
    _has_commands: bool = False

    def __post_init__(self) -> None:
        made = self.means
        self._reconciler = Reconciler(made.db, made.bot_api, made.vault, made.base_url)
        self._poller = Poller(made.bot_api, made.writer)

    async def run(self) -> None:
        """Until cancelled, or until the bot is gone."""
        with account_scope(self.route.account_id):
            while (seconds := await self._step_or_pause()) is not None:
                if seconds:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(seconds * random.uniform(0.8, 1.1)):  # noqa: S311  (jitter)
                            await self.poked.wait()

    async def _step_or_pause(self) -> float | None:
        """Seconds until the next step; None: there will be none."""
        self.poked.clear()
        try:
            seconds = await self._step()
        except (TokenRevoked, Refused, SealBroken) as error:
            log.warning("bot_not_watched", bot=self.route.id, error=type(error).__name__)
            if isinstance(error, TokenRevoked):
                await self._pause_bot()
            self._may_poll = False
            return CHECK_SECONDS
        except FloodWait as error:
            return error.wait
        except Conflicting as error:
            return await self._settle_conflict(error)
        except (TelegramError, *AWAY) as error:
            return self._back_off(error)
        except Exception:  # the job runner: this bot is tried again, and all others are left alone
            log.exception("bot_watch_failed", bot=self.route.id)
            return CHECK_SECONDS
        self._failures = 0
        return seconds

    async def _step(self) -> float | None:
        async with self.means.db.account_tx() as tx:
            bot = await find_bot(tx, self.route.id)
            if bot is None:
                return None
            token = await get_token(tx, self.route.id, self.means.vault)
        if self.means.base_url is None or bot.delivery == "polling":
            return await self._poll(bot, token)
        self._may_poll = False
        async with self.means.checks:
            await self._reconciler.see_to_webhook(bot, token)
            await self._welcome(bot, token)
        return CHECK_SECONDS

    async def _poll(self, bot: Bot, token: Secret) -> float:
        if not self._may_poll:
            async with self.means.checks:
                self._may_poll = await self._reconciler.make_room_for_polling(bot, token)
                await self._welcome(bot, token)
            if not self._may_poll:
                return CHECK_SECONDS
        bodies = await self._unless_poked(self._poller.ask(token))
        if bodies is None:
            return 0
        is_going_on = await self._poller.store(BotKey(self.route.account_id, bot.id, NO_HASH), bodies)
        await self._forget_conflicts(bot)
        return 0 if is_going_on else CHECK_SECONDS

    async def _unless_poked(self, asking: Coroutine[None, None, list[bytes]]) -> list[bytes] | None:
        """None: something about the bot has changed while it waited; what Telegram was about to give it gives again."""
        answer, poke = asyncio.create_task(asking), asyncio.create_task(self.poked.wait())
        try:
            await asyncio.wait({answer, poke}, return_when=asyncio.FIRST_COMPLETED)
            return answer.result() if answer.done() else None
        finally:
            for task in (answer, poke):
                task.cancel()
            await asyncio.gather(answer, poke, return_exceptions=True)

    async def _welcome(self, bot: Bot, token: Secret) -> None:
        """Telegram takes its token: it goes on, if that was why it was paused, and has its commands."""
        if bot.state == "paused":
            async with self.means.db.account_tx() as tx:
                await resume_bot(tx, bot.id)
        if not self._has_commands:
            with contextlib.suppress(TelegramError):  # they are an ornament: tried again at the next look
                await see_to_commands(self.means.db, self.means.bot_api, bot.id, token)
                self._has_commands = True

    async def _pause_bot(self) -> None:
        with contextlib.suppress(*AWAY):  # the next refusal says it again
            async with self.means.db.account_tx() as tx:
                await pause_bot(tx, self.route.id)

    def _back_off(self, error: Exception) -> float:
        self._failures += 1
        lasts = self._failures > LATE
        log.log(WARNING if lasts else INFO, "bot_not_watched", bot=self.route.id, error=type(error).__name__)
        if isinstance(error, Misdirected):
            return CHECK_SECONDS
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._failures - 1, 10))

    # ---- somebody else polls, too ----------------------------------------------------------------

    async def _settle_conflict(self, error: Conflicting) -> float:
        """A webhook that came between is looked at; a second program that polls is told of, and tried again ever more slowly: whoever asks
        last is given the updates, so that two who insist take them from each other.
        """
        if "webhook" in error.detail.lower():
            self._may_poll = False
            return 1.0
        self._conflicts += 1
        self._conflict_at = asyncio.get_running_loop().time()
        if self._conflicts > CONFLICTS_OF_A_MOMENT:
            self._was_polled_elsewhere = True
            with contextlib.suppress(*AWAY):
                async with self.means.db.account_tx() as tx:
                    bot = await find_bot(tx, self.route.id)
                if bot is not None:
                    await self._reconciler.tell_polled_elsewhere(bot)
        return min(LONGEST_CONFLICT_PAUSE, CONFLICT_PAUSE * 2 ** max(0, self._conflicts - CONFLICTS_OF_A_MOMENT))

    async def _forget_conflicts(self, bot: Bot) -> None:
        """Over when a minute has passed without one: between two of its requests the other one lets ours through."""
        if self._was_polled_elsewhere and asyncio.get_running_loop().time() > self._conflict_at + LONGEST_CONFLICT_PAUSE:
            await self._reconciler.tell_polled_here(bot)
            self._was_polled_elsewhere, self._conflicts = False, 0
