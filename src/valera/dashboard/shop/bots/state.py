"""How a bot is, asked of Telegram now: one word for it, which the page has a sentence for. Nothing of its token is in it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.kit.secrets import SealBroken
from valera.telegram.api.errors import TelegramError, TokenRevoked
from valera.telegram.bots.bot import get_token
from valera.telegram.bots.connect import how_delivered
from valera.telegram.bots.webhook import Failing, Finding, Where, judge

if TYPE_CHECKING:
    from valera.telegram.bots.bot import Bot
    from valera.telegram.bots.connect import Office


class Health(StrEnum):
    WELL = "well"
    POLLED = "polled"
    WEBHOOK_LEFT = "webhook_left"
    """It is to be polled, and Telegram still has a webhook."""
    NOWHERE = "nowhere"
    ELSEWHERE = "elsewhere"
    CERTIFICATE = "certificate"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    SLOW = "slow"
    """The last four: why Telegram cannot hand messages over."""
    TOKEN_REFUSED = "token_refused"  # noqa: S105  (a state, no secret)
    SEALED = "sealed"
    """The token does not open: the installation's key is another one."""
    SILENT = "silent"
    """Telegram does not answer us."""

    @property
    def is_well(self) -> bool:
        return self in {Health.WELL, Health.POLLED}

    @property
    def can_be_repaired(self) -> bool:
        """By setting the webhook again, or taking it away."""
        return self in {Health.WEBHOOK_LEFT, Health.NOWHERE, Health.CERTIFICATE, Health.UNREACHABLE, Health.REFUSED, Health.SLOW}


FAILING = {
    Failing.CERTIFICATE: Health.CERTIFICATE,
    Failing.UNREACHABLE: Health.UNREACHABLE,
    Failing.REFUSED: Health.REFUSED,
    Failing.SLOW: Health.SLOW,
}


@dataclass(frozen=True, slots=True)
class Looked:
    """``host``: where Telegram sends its messages; ``pending``: how many wait there."""

    health: Health
    host: str = ""
    pending: int = 0


async def look_at(office: Office, bot: Bot) -> Looked:
    """Inside the shop's scope, outside of a transaction."""
    try:
        async with office.db.account_tx() as tx:
            token = await get_token(tx, bot.id, office.vault)
        await office.bot_api.get_me(token)
        info = await office.bot_api.get_webhook_info(token)
    except SealBroken:
        return Looked(Health.SEALED)
    except TokenRevoked:
        return Looked(Health.TOKEN_REFUSED)
    except TelegramError:
        return Looked(Health.SILENT)
    finding = judge(info, base_url=office.base_url, keys=bot.keys, key=bot.webhook_key, now=time.time())
    return Looked(_health(office, bot, finding), finding.host, finding.pending)


def _health(office: Office, bot: Bot, finding: Finding) -> Health:
    if finding.where == Where.ELSEWHERE:
        return Health.ELSEWHERE
    if how_delivered(office, bot) == "polling":
        return Health.POLLED if finding.where == Where.NOWHERE else Health.WEBHOOK_LEFT
    if finding.where != Where.HERE:
        return Health.NOWHERE
    return FAILING[finding.failing] if finding.failing is not None else Health.WELL
