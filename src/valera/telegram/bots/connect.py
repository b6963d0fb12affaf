"""What a person does with bots: connect one to a shop, give it a new token or secret, choose how its updates come.

Each of these takes effect in a running installation at once: whoever looks after bots is told by NOTIFY. No update is ever dropped: what
waits at Telegram stays there until it was stored.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from valera.accounts.account import list_accounts
from valera.accounts.notice import NoticeKind, resolve_notice
from valera.kit.db import account_scope
from valera.kit.errors import Conflict
from valera.telegram.api.errors import Refused, TelegramError
from valera.telegram.bots import queries
from valera.telegram.bots.bot import (
    Bot,
    BotNotFound,
    BotServesAnotherShop,
    add_bot,
    find_bot,
    get_token,
    list_routes,
    new_webhook_key,
    resume_bot,
    seal_token,
)
from valera.telegram.bots.identify import explain, identify, read_token, refuse_if_polled_elsewhere, used_elsewhere
from valera.telegram.bots.webhook import Finding, Where, hash_secret, judge, set_webhook, webhook_secret

if TYPE_CHECKING:
    from valera.kit.db import AccountId, Database
    from valera.kit.secrets import Secret, Vault
    from valera.telegram.api.client import BotApi, Me
    from valera.telegram.bots.bot import BotRoute

ROTATION_LASTS = timedelta(days=1)
"""As long as Telegram keeps an update: a new address that it does not take by then never comes."""


class WebhookNotTaken(Conflict):
    """Telegram has another webhook than the one it was given."""


@dataclass(frozen=True, slots=True)
class Office:
    """What connecting needs. ``base_url`` None: bots are polled; ``telegram``: the address that is asked, for people."""

    db: Database
    bot_api: BotApi
    vault: Vault
    base_url: str | None
    telegram: str
    is_simulator: bool


@dataclass(frozen=True, slots=True)
class Connected:
    """``is_new``: the shop did not have it. ``delivery``: how its updates come now; ``pending``: how many wait at Telegram."""

    bot: Bot
    is_new: bool
    delivery: str
    pending: int


async def connect_bot(office: Office, account_id: AccountId, token: Secret, *, delivery: str, take_over: bool) -> Connected:
    """A bot for the shop, or the same one again with what is new about it. Everything that can be refused is, before anything is changed.
    Raises what ``identify`` raises, BotServesAnotherShop, BotUsedElsewhere, WebhookNotTaken.
    """
    route = await _find_route(office.db, read_token(token.reveal()))
    known_as = route.username if route is not None else None
    me = await identify(office.bot_api, token, telegram=office.telegram, is_simulator=office.is_simulator, known_as=known_as)
    if route is not None and route.account_id != account_id:
        raise BotServesAnotherShop(
            f"@{me.username} serves the shop {await _slug(office.db, route.account_id)!r}. One bot serves one shop: "
            f"`valera bot remove @{me.username}` takes it from there."
        )
    finding = await _look(office, route, token)
    await _refuse_if_used_elsewhere(office, me, token, finding, is_ours=route is not None, take_over=take_over)
    with account_scope(account_id):
        bot = await _store(office, route, me, token, delivery)
        try:
            pending = await _deliver_by(office, bot, token, finding)
        finally:
            await _tell_change(office.db, bot.id)
    return Connected(bot, route is None, how_delivered(office, bot), pending)


async def change_token(office: Office, route: BotRoute, token: Secret) -> Connected:
    """A new token of the same bot. What it could not send with the old one goes out. Raises Conflict for another bot's token."""
    if read_token(token.reveal()) != route.telegram_id:
        raise Conflict(
            f"This is the token of another bot, not of @{route.username}: the number before the colon would be {route.telegram_id}."
        )
    me = await identify(office.bot_api, token, telegram=office.telegram, is_simulator=office.is_simulator, known_as=route.username)
    if me.id != route.telegram_id:
        raise Conflict(f"This is the token of @{me.username}, not of @{route.username}.")
    with account_scope(route.account_id):
        bot = await _store(office, route, me, token, None)
        finding = await _look(office, route, token)
        try:
            pending = await _deliver_by(office, bot, token, finding) if finding.where != Where.ELSEWHERE else 0
        finally:
            await _tell_change(office.db, bot.id)
    if finding.where == Where.ELSEWHERE:
        raise WebhookNotTaken(
            f"The token is stored, but @{route.username} is used elsewhere: {finding.host} has its messages. "
            f"`valera bot webhook @{route.username} --take-over` takes them back."
        )
    return Connected(bot, is_new=False, delivery=how_delivered(office, bot), pending=pending)


async def rotate_secret(office: Office, route: BotRoute) -> Connected:
    """A new webhook address with a new secret. Both are taken until Telegram has the new one, and five minutes longer."""
    with account_scope(route.account_id):
        async with office.db.account_tx() as tx:
            token = await get_token(tx, route.id, office.vault)
            webhook_key = new_webhook_key()
            secret_hash = hash_secret(webhook_secret(office.vault, webhook_key).reveal().encode())
            await queries.update_webhook_key(tx, route.id, webhook_key=webhook_key, secret_hash=secret_hash, lasts=ROTATION_LASTS)
        return await _apply(office, route, token, take_over=False)


async def choose_delivery(office: Office, route: BotRoute, delivery: str, *, take_over: bool) -> Connected:
    """From now on by webhook, or by long polling. What waits at Telegram comes the new way."""
    with account_scope(route.account_id):
        async with office.db.account_tx() as tx:
            token = await get_token(tx, route.id, office.vault)
        finding = await _ask_webhook(office, route, token)
        if finding.where == Where.ELSEWHERE and not take_over:
            raise used_elsewhere(route.username, f"{finding.host} (webhook)")
        async with office.db.account_tx() as tx:
            await queries.update_delivery(tx, route.id, delivery)
        return await _apply(office, route, token, take_over=take_over)


async def _apply(office: Office, route: BotRoute, token: Secret, *, take_over: bool) -> Connected:
    bot = await _get(office.db, route.id)
    finding = await _ask_webhook(office, route, token)
    if finding.where == Where.ELSEWHERE and not take_over:
        raise used_elsewhere(route.username, f"{finding.host} (webhook)")
    try:
        pending = await _deliver_by(office, bot, token, finding)
    finally:
        await _tell_change(office.db, bot.id)
    return Connected(bot, is_new=False, delivery=how_delivered(office, bot), pending=pending)


def how_delivered(office: Office, bot: Bot) -> str:
    return "polling" if office.base_url is None else bot.delivery


# ---- steps --------------------------------------------------------------------------------------


async def _find_route(db: Database, telegram_id: int) -> BotRoute | None:
    async with db.identity_tx() as tx:
        routes = await list_routes(tx)
    return next((route for route in routes if route.telegram_id == telegram_id), None)


async def _slug(db: Database, account_id: AccountId) -> str:
    async with db.identity_tx() as tx:
        return next((account.slug for account in await list_accounts(tx) if account.id == account_id), "?")


async def _look(office: Office, route: BotRoute | None, token: Secret) -> Finding:
    """Whose webhook the bot has now."""
    if route is None:
        return await _ask_webhook(office, None, token)
    with account_scope(route.account_id):
        return await _ask_webhook(office, route, token)


async def _ask_webhook(office: Office, route: BotRoute | None, token: Secret) -> Finding:
    bot = await _get(office.db, route.id) if route is not None else None
    try:
        info = await office.bot_api.get_webhook_info(token)
    except TelegramError as error:
        raise explain(error, office.telegram) from None
    keys, key = (bot.keys, bot.webhook_key) if bot is not None else (frozenset[str](), "")
    return judge(info, base_url=office.base_url, keys=keys, key=key, now=time.time())


async def _refuse_if_used_elsewhere(office: Office, me: Me, token: Secret, finding: Finding, *, is_ours: bool, take_over: bool) -> None:
    if take_over:
        return
    if finding.where == Where.ELSEWHERE:
        waiting = f", {finding.pending} messages wait for it" if finding.pending else ""
        raise used_elsewhere(me.username, f"{finding.host} (webhook{waiting})")
    if finding.where == Where.NOWHERE and not is_ours:
        try:
            await refuse_if_polled_elsewhere(office.bot_api, token, me.username)
        except TelegramError as error:
            raise explain(error, office.telegram) from None


async def _store(office: Office, route: BotRoute | None, me: Me, token: Secret, delivery: str | None) -> Bot:
    async with office.db.account_tx() as tx:
        if route is None:
            return await add_bot(tx, me, token, office.vault, delivery=delivery or "webhook")
        await queries.update_token(tx, route.id, username=me.username, token=await seal_token(tx, me.id, token, office.vault))
        if delivery is not None:
            await queries.update_delivery(tx, route.id, delivery)
        await resume_bot(tx, route.id)  # Telegram has just taken its token
    return await _get(office.db, route.id)


async def _deliver_by(office: Office, bot: Bot, token: Secret, finding: Finding) -> int:
    """Sets the webhook and sees that it is there, or takes whichever there is away. Returns how many updates wait at Telegram."""
    try:
        if how_delivered(office, bot) == "polling":
            if finding.where != Where.NOWHERE:
                await office.bot_api.delete_webhook(token)
            pending = finding.pending
        else:
            assert office.base_url is not None
            await set_webhook(office.bot_api, token, vault=office.vault, base_url=office.base_url, webhook_key=bot.webhook_key)
            pending = await _see_that_it_is_there(office, bot, token)
    except Refused as error:
        raise WebhookNotTaken(
            f"Telegram does not take the address {office.base_url}/telegram/…: {error.detail}. PUBLIC_URL must be an HTTPS address "
            "that the internet reaches, on port 443, 80, 88 or 8443. The bot is stored and tried again each minute."
        ) from None
    except TelegramError as error:
        raise explain(error, office.telegram) from None
    async with office.db.account_tx() as tx:
        for kind in (NoticeKind.USED_ELSEWHERE, NoticeKind.POLLED_ELSEWHERE, NoticeKind.WEBHOOK_CHANGED):
            await resolve_notice(tx, kind, bot_id=bot.id)
    return pending


async def _see_that_it_is_there(office: Office, bot: Bot, token: Secret) -> int:
    info = await office.bot_api.get_webhook_info(token)
    there = judge(info, base_url=office.base_url, keys=bot.keys, key=bot.webhook_key, now=time.time())
    if there.where == Where.ELSEWHERE:
        raise WebhookNotTaken(
            f"@{bot.username} was set to this installation, and a moment later Telegram sent its messages to {there.host}: another program "
            "sets it again and again. Stop that one, or revoke the token in @BotFather and give the new one."
        )
    if there.where != Where.HERE or not there.is_as_asked:
        raise WebhookNotTaken(
            f"Telegram took the webhook of @{bot.username} and says now that it has another. It is tried again each minute."
        )
    return there.pending


async def _get(db: Database, bot_id: int) -> Bot:
    async with db.account_tx() as tx:
        bot = await find_bot(tx, bot_id)
    if bot is None:
        raise BotNotFound("The bot was removed meanwhile.")
    return bot


async def _tell_change(db: Database, bot_id: int) -> None:
    async with db.account_tx() as tx:
        await queries.notify_change(tx, bot_id)
