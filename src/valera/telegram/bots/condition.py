"""How a bot is: asked of Telegram now, and told in a sentence."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.kit.db import account_scope
from valera.kit.secrets import SealBroken
from valera.telegram.api.errors import TelegramError, TokenRevoked
from valera.telegram.bots.bot import find_bot, get_token
from valera.telegram.bots.connect import how_delivered
from valera.telegram.bots.identify import explain
from valera.telegram.bots.webhook import Failing, Finding, Where, judge

if TYPE_CHECKING:
    from valera.telegram.bots.bot import Bot, BotRoute
    from valera.telegram.bots.connect import Office

REASONS = {
    Failing.CERTIFICATE: "the certificate of PUBLIC_URL is not valid",
    Failing.UNREACHABLE: "PUBLIC_URL does not answer",
    Failing.REFUSED: "PUBLIC_URL answers with an error",
    Failing.SLOW: "PUBLIC_URL answers too slowly",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """``name``: the bot's, with an @."""

    name: str
    is_well: bool
    sentence: str


async def examine_bot(office: Office, route: BotRoute) -> Condition:
    """Raises DatabaseUnavailable; whatever Telegram says is in the sentence."""
    name = f"@{route.username}"
    with account_scope(route.account_id):
        async with office.db.account_tx() as tx:
            bot = await find_bot(tx, route.id)
            if bot is None:
                return Condition(name, is_well=False, sentence="was removed meanwhile")
            try:
                token = await get_token(tx, route.id, office.vault)
            except SealBroken:
                return Condition(
                    name, is_well=False, sentence="its token does not open: VALERA_MASTER_KEY is not the one it was sealed with"
                )
        try:
            await office.bot_api.get_me(token)
            info = await office.bot_api.get_webhook_info(token)
        except TokenRevoked:
            return Condition(name, is_well=False, sentence=f"Telegram refuses its token: `valera bot token {name}` takes a new one")
        except TelegramError as error:
            return Condition(name, is_well=False, sentence=explain(error, office.telegram).detail or "Telegram does not answer")
    finding = judge(info, base_url=office.base_url, keys=bot.keys, key=bot.webhook_key, now=time.time())
    is_well, arrival = _arrival(office, bot, finding)
    return Condition(name, is_well, "; ".join([*_quiet(bot), arrival]))


def _quiet(bot: Bot) -> list[str]:
    if bot.state == "held":
        return ["sends nothing: its shop came back from a backup (`valera outbox release`)"]
    if bot.paused_at is not None:
        return [f"sends nothing: paused since {bot.paused_at:%Y-%m-%d %H:%M} UTC (`valera bot resume @{bot.username}`)"]
    return []


def _arrival(office: Office, bot: Bot, finding: Finding) -> tuple[bool, str]:
    if finding.where == Where.ELSEWHERE:
        return False, f"used elsewhere: {finding.host} has its messages (`valera bot webhook @{bot.username} --take-over`)"
    waiting = f"{finding.pending} waiting at Telegram"
    if how_delivered(office, bot) == "polling":
        is_polled = finding.where == Where.NOWHERE
        return (
            is_polled,
            f"polled; {waiting}" if is_polled else "is to be polled, and Telegram still has its webhook: does `valera web` run?",
        )
    if finding.where != Where.HERE:
        return False, "Telegram has no webhook for it, or an old one: does `valera web` run? It sets it within a minute"
    if finding.failing is not None:
        return False, f"Telegram cannot hand its messages over: {REASONS[finding.failing]}; {waiting}"
    return True, f"webhook at {finding.host}; {waiting}"
