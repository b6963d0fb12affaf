"""Webhook registration: every bot of the installation points here."""

from __future__ import annotations

import asyncio
from logging import INFO, WARNING
from typing import TYPE_CHECKING

import structlog

from valera.kit.db import Database, DatabaseUnavailable, account_scope
from valera.telegram.bot import BotRoute, get_token, list_bots, list_routes, set_webhook
from valera.telegram.errors import Refused, TelegramError, TokenRevoked

if TYPE_CHECKING:
    from valera.kit.secrets import Vault
    from valera.telegram.client import BotApi

log = structlog.get_logger(__name__)

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
CHECK_SECONDS = 60.0


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
    except DatabaseUnavailable:
        return False
    outcomes = [await register_webhook(db, bot_api, vault, route, base_url=base_url, level=level) for route in routes]
    return all(outcomes)


async def register_webhook(db: Database, bot_api: BotApi, vault: Vault, route: BotRoute, *, base_url: str, level: int) -> bool:
    try:
        with account_scope(route.account_id):
            async with db.account_tx() as tx:
                [bot] = [bot for bot in await list_bots(tx) if bot.id == route.id]
                token = await get_token(tx, bot.id, vault)
        if await set_webhook(bot_api, bot, token, vault=vault, base_url=base_url):
            log.info("webhook_set", bot=bot.id)
    except (TokenRevoked, Refused) as error:
        log.warning("webhook_not_set", bot=route.id, error=type(error).__name__)  # not for a few seconds: looked at again each minute
    except (TelegramError, DatabaseUnavailable) as error:
        log.log(level, "webhook_not_set", bot=route.id, error=type(error).__name__)
        return False
    return True
