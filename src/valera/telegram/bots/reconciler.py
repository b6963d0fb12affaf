"""Reconciler: what Telegram has of a bot is compared with what it should have, repaired where that is safe, and told to the shop's team."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

import structlog

from valera.accounts.notice import NoticeKind, raise_notice, resolve_notice
from valera.telegram.bots import queries
from valera.telegram.bots.webhook import Finding, Where, judge, set_webhook

if TYPE_CHECKING:
    from valera.kit.db import AccountTx, Database
    from valera.kit.secrets import Secret, Vault
    from valera.telegram.api.client import BotApi
    from valera.telegram.bots.bot import Bot

log = structlog.get_logger(__name__)

OLD_KEY_LASTS = timedelta(minutes=5)
"""After Telegram has the new address: what was under way to the old one has long arrived or been sent again."""


@dataclass(slots=True)
class Reconciler:
    """Of one bot. Remembers what it saw last: a webhook that was right and is gone was taken away by somebody."""

    db: Database
    bot_api: BotApi
    vault: Vault
    base_url: str | None
    _was_right: bool = False
    _asked_in_vain: bool = False

    async def see_to_webhook(self, bot: Bot, token: Secret) -> bool:
        """The bot's updates are to come to our address. False: they go to somebody else, from whom they are not taken. Once per call."""
        assert self.base_url is not None
        finding = await self._look(bot, token, self.base_url)
        match finding.where:
            case Where.ELSEWHERE:
                self._was_right = False
                await self._tell_used_elsewhere(bot, finding)
                return False
            case Where.HERE if finding.is_as_asked or self._asked_in_vain:
                pass
            case Where.HERE | Where.NOWHERE | Where.OURS:
                await set_webhook(self.bot_api, token, vault=self.vault, base_url=self.base_url, webhook_key=bot.webhook_key)
                log.info("webhook_set", bot=bot.id, found=finding.where.name.lower())
                await self._tell_changed(bot, has_been_right=self._was_right)
                # A server that does not say what it was asked for is not asked again and again.
                self._asked_in_vain, self._was_right = finding.where == Where.HERE, False
                return True
            case _:
                assert_never(finding.where)
        self._was_right = True
        await self._tell_well(bot, finding, NoticeKind.POLLED_ELSEWHERE)
        return True

    async def make_room_for_polling(self, bot: Bot, token: Secret) -> bool:
        """Takes our own webhook away, and no other; what waits at Telegram is kept. False: the bot's webhook is somebody else's."""
        finding = await self._look(bot, token, None)
        if finding.where == Where.ELSEWHERE:
            await self._tell_used_elsewhere(bot, finding)
            return False
        if finding.where != Where.NOWHERE:
            await self.bot_api.delete_webhook(token)
            log.info("webhook_removed", bot=bot.id)
        self._was_right = False
        await self._tell_well(bot, replace(finding, failing=None))
        return True

    async def tell_polled_elsewhere(self, bot: Bot) -> None:
        async with self.db.account_tx() as tx:
            if await raise_notice(tx, NoticeKind.POLLED_ELSEWHERE, bot_id=bot.id, details={"bot": bot.username}):
                log.warning("bot_polled_elsewhere", bot=bot.id)

    async def tell_polled_here(self, bot: Bot) -> None:
        async with self.db.account_tx() as tx:
            await resolve_notice(tx, NoticeKind.POLLED_ELSEWHERE, bot_id=bot.id)

    async def _look(self, bot: Bot, token: Secret, base_url: str | None) -> Finding:
        info = await self.bot_api.get_webhook_info(token)
        return judge(info, base_url=base_url, keys=bot.keys, key=bot.webhook_key, now=time.time())

    async def _tell_used_elsewhere(self, bot: Bot, finding: Finding) -> None:
        async with self.db.account_tx() as tx:
            details = {"bot": bot.username, "host": finding.host}
            if await raise_notice(tx, NoticeKind.USED_ELSEWHERE, bot_id=bot.id, details=details):
                log.warning("bot_used_elsewhere", bot=bot.id, host=finding.host)

    async def _tell_changed(self, bot: Bot, *, has_been_right: bool) -> None:
        async with self.db.account_tx() as tx:
            await resolve_notice(tx, NoticeKind.USED_ELSEWHERE, bot_id=bot.id)
            if has_been_right and await raise_notice(tx, NoticeKind.WEBHOOK_CHANGED, bot_id=bot.id, details={"bot": bot.username}):
                log.warning("webhook_was_changed", bot=bot.id)

    async def _tell_well(self, bot: Bot, finding: Finding, *over: NoticeKind) -> None:
        """Everything is where it should be; whether it also arrives is another matter."""
        async with self.db.account_tx() as tx:
            for kind in (NoticeKind.USED_ELSEWHERE, NoticeKind.WEBHOOK_CHANGED, *over):
                await resolve_notice(tx, kind, bot_id=bot.id)
            await _tell_failing(tx, bot, finding)
            if bot.previous_webhook_key is not None and finding.where == Where.HERE:
                await queries.end_previous_key(tx, bot.id, lasts=OLD_KEY_LASTS)


async def _tell_failing(tx: AccountTx, bot: Bot, finding: Finding) -> None:
    if finding.failing is None:
        await resolve_notice(tx, NoticeKind.WEBHOOK_FAILING, bot_id=bot.id)
        return
    details = {"bot": bot.username, "reason": finding.failing.value, "pending": finding.pending}
    if await raise_notice(tx, NoticeKind.WEBHOOK_FAILING, bot_id=bot.id, details=details):
        log.warning("webhook_failing", bot=bot.id, reason=finding.failing, pending=finding.pending)
