"""Button presses are acknowledged at once, apart from what they do: Telegram forgets them after 150 seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from valera.kit.db import AccountId, Database, account_scope
from valera.telegram.api.errors import TelegramError, TokenRevoked
from valera.telegram.bots.bot import BotNotFound, get_token, pause_bot
from valera.telegram.outbox import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from valera.kit.secrets import Vault
    from valera.telegram.api.client import BotApi

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Press:
    account_id: AccountId
    bot_id: int
    callback_query_id: str


async def claim_presses(db: Database, limit: int) -> Sequence[Press]:
    async with db.queue() as tx:
        return await queries.claim_button_presses(tx, Press, limit)


async def acknowledge(db: Database, bot_api: BotApi, vault: Vault, press: Press) -> None:
    """Stops the button's spinner. If Telegram refuses, the press has its effect all the same."""
    with account_scope(press.account_id):
        try:
            async with db.account_tx() as tx:
                token = await get_token(tx, press.bot_id, vault)
        except BotNotFound:
            return  # removed since
        try:
            await bot_api.answer_callback_query(token, press.callback_query_id)
        except TokenRevoked:
            async with db.account_tx() as tx:
                await pause_bot(tx, press.bot_id)
        except TelegramError as error:
            log.info("acknowledgement_refused", error=type(error).__name__)
