"""What a person does with bots that are to be quiet: pause, resume, remove."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from valera.kit.db import account_scope
from valera.kit.errors import Conflict
from valera.telegram.api.errors import TelegramError, TokenRevoked
from valera.telegram.bots import queries
from valera.telegram.bots.bot import BotNotFound, find_bot, get_token
from valera.telegram.bots.identify import explain
from valera.telegram.bots.webhook import Where, judge

if TYPE_CHECKING:
    from valera.kit.db import Database
    from valera.telegram.bots.bot import BotRoute
    from valera.telegram.bots.connect import Office


class BotHeld(Conflict):
    """Its shop came back from a backup."""


async def pause(db: Database, route: BotRoute) -> bool:
    """It takes in and sends nothing, until somebody resumes it. False: it was so already."""
    with account_scope(route.account_id):
        async with db.account_tx() as tx:
            return await queries.update_paused(tx, route.id)


async def resume(db: Database, route: BotRoute) -> str:
    """Its state now. What waited is sent, in order, unless Telegram refuses its token, too. Raises BotHeld."""
    with account_scope(route.account_id):
        async with db.account_tx() as tx:
            bot = await find_bot(tx, route.id)
            if bot is None:
                raise BotNotFound("The bot was removed meanwhile.")
            state = await queries.update_unpaused(tx, route.id) or bot.state
            if state == "active":
                await queries.update_resumed(tx, route.id)
            await queries.notify_change(tx, route.id)
    if state == "held":
        raise BotHeld(f"@{route.username} is not paused: its shop came back from a backup. `valera outbox release` lets it send.")
    return state


async def remove(office: Office, route: BotRoute, *, even_unreachable: bool) -> int:
    """Telegram sends nothing here any more, the token is destroyed; chats and history stay. What was not sent is withdrawn: how much.

    Somebody else's webhook is left alone. Raises TelegramUnreachable: nothing was changed, unless ``even_unreachable``.
    """
    with account_scope(route.account_id):
        try:
            await _take_webhook_away(office, route)
        except TelegramError as error:
            if not even_unreachable:
                raise explain(error, office.telegram) from None
        async with office.db.account_tx() as tx:
            await queries.update_removed(tx, route.id)
            await queries.resolve_notices(tx, route.id)
            withdrawn = await queries.withdraw_unsent(tx, route.id)
            await queries.notify_change(tx, route.id)
    return withdrawn


async def _take_webhook_away(office: Office, route: BotRoute) -> None:
    async with office.db.account_tx() as tx:
        token = await get_token(tx, route.id, office.vault)
        bot = await find_bot(tx, route.id)
    if bot is None:
        return
    try:
        info = await office.bot_api.get_webhook_info(token)
        there = judge(info, base_url=office.base_url, keys=bot.keys, key=bot.webhook_key, now=time.time())
        if there.where in {Where.HERE, Where.OURS}:
            await office.bot_api.delete_webhook(token)
    except TokenRevoked:
        return  # whom Telegram does not know it sends nothing
