"""Webhook registration: every bot of the installation points here."""

from __future__ import annotations

import asyncio
from logging import INFO, WARNING
from typing import TYPE_CHECKING

import asyncpg
import structlog

from valera.kit.db import Database, DatabaseUnavailable, account_scope
from valera.kit.secrets import SealBroken
from valera.telegram.api.errors import Misdirected, Refused, TelegramError, TokenRevoked
from valera.telegram.bots.bot import BotNotFound, BotRoute, get_token, list_bots, list_routes, pause_bot, resume_bot, set_webhook

if TYPE_CHECKING:
    from valera.kit.secrets import Vault
    from valera.telegram.api.client import BotApi

log = structlog.get_logger(__name__)

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
CHECK_SECONDS = 60.0
AWAY = (DatabaseUnavailable, asyncpg.PostgresError)


async def register_webhooks(db: Database, bot_api: BotApi, vault: Vault, *, base_url: str) -> None:
    """Until cancelled: sets the webhook of every bot whose address is another one, looks again each minute.

    A Telegram that does not answer yet is asked again soon: beside the simulator, both start at the same time. Only what lasts is a
    warning.
    """
    pause = FIRST_PAUSE
    while True:
        if await register_all(db, bot_api, vault, base_url=base_url, level=INFO if pause < LONGEST_PAUSE else WARNING):
            pause = FIRST_PAUSE
            await asyncio.sleep(CHECK_SECONDS)
        else:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


async def register_all(db: Database, bot_api: BotApi, vault: Vault, *, base_url: str, level: int) -> bool:
    """False: at least one could not be set and may be soon. ``level`` is that of the log's line about it."""
    try:
        async with db.identity_tx() as tx:
            routes = await list_routes(tx)
    except AWAY as error:
        log.log(level, "webhooks_not_set", error=type(error).__name__)
        return False
    outcomes = [await register_webhook(db, bot_api, vault, route, base_url=base_url, level=level) for route in routes]
    return all(outcomes)


async def register_webhook(db: Database, bot_api: BotApi, vault: Vault, route: BotRoute, *, base_url: str, level: int) -> bool:
    """A bot whose token Telegram refuses is paused here, too, and one that was paused for that goes on when Telegram takes it again."""
    with account_scope(route.account_id):
        try:
            async with db.account_tx() as tx:
                token = await get_token(tx, route.id, vault)
                bot = next(bot for bot in await list_bots(tx) if bot.id == route.id)
            is_set = await set_webhook(bot_api, bot, token, vault=vault, base_url=base_url)
            if bot.state == "paused":
                async with db.account_tx() as tx:
                    await resume_bot(tx, bot.id)
        except TokenRevoked as error:
            return await _pause(db, route, error)
        except (Refused, Misdirected, SealBroken, BotNotFound) as error:
            log.warning("webhook_not_set", bot=route.id, error=type(error).__name__)  # not for a few seconds: looked at again each minute
            return True
        except (TelegramError, *AWAY) as error:
            log.log(level, "webhook_not_set", bot=route.id, error=type(error).__name__)
            return False
    if is_set:
        log.info("webhook_set", bot=bot.id)
    return True


async def _pause(db: Database, route: BotRoute, error: TokenRevoked) -> bool:
    log.warning("webhook_not_set", bot=route.id, error=type(error).__name__)
    try:
        async with db.account_tx() as tx:
            await pause_bot(tx, route.id)
    except AWAY:
        return False
    return True
