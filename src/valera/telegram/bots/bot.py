"""Bot: one Telegram bot of one shop, its sealed token and its webhook."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.accounts.account import get_account
from valera.accounts.notice import NoticeKind, raise_notice, resolve_notice
from valera.kit.db import AccountId
from valera.kit.errors import Conflict, NotFound
from valera.kit.secrets import Place, Secret, Vault
from valera.telegram.api.errors import TokenRevoked
from valera.telegram.bots import queries
from valera.telegram.update import ALLOWED_UPDATES

if TYPE_CHECKING:
    from valera.kit.db import AccountTx, Database, IdentityTx
    from valera.telegram.api.client import BotApi, Me


class BotNotFound(NotFound):
    """The shop has no such bot."""


class BotServesAnotherShop(Conflict):
    """One bot serves one shop."""


@dataclass(frozen=True, slots=True)
class Bot:
    id: int
    telegram_id: int
    username: str
    webhook_key: str
    state: str


@dataclass(frozen=True, slots=True)
class BotRoute:
    """Enough to find a bot's shop."""

    account_id: AccountId
    id: int
    telegram_id: int
    username: str


@dataclass(frozen=True, slots=True)
class SealedToken:
    account_id: AccountId
    slug: str
    data_key: bytes
    telegram_id: int
    token: bytes

    def open(self, vault: Vault) -> Secret:
        return vault.open(self.data_key, self.slug, _place(self.account_id, self.telegram_id), self.token)


async def add_bot(tx: AccountTx, me: Me, token: Secret, vault: Vault) -> Bot:
    """Store the bot that ``getMe`` described. The key in its webhook address is 128 random bits, its secret 256, kept as a hash."""
    account = await get_account(tx)
    webhook_key = secrets.token_urlsafe(16)
    added = await queries.insert_bot(
        tx,
        Bot,
        telegram_id=me.id,
        username=me.username,
        token=vault.seal(account.data_key, account.slug, _place(account.id, me.id), token),
        webhook_key=webhook_key,
        secret_hash=hash_secret(webhook_secret(vault, webhook_key).reveal().encode()),
    )
    if added is None:
        raise BotServesAnotherShop(f"@{me.username} is connected already.")
    return added


async def list_bots(tx: AccountTx) -> list[Bot]:
    return await queries.select_bots(tx, Bot)


async def list_routes(tx: IdentityTx) -> list[BotRoute]:
    return await queries.select_routes(tx, BotRoute)


async def get_token(tx: AccountTx, bot_id: int, vault: Vault) -> Secret:
    sealed = await queries.select_token(tx, SealedToken, bot_id)
    if sealed is None:
        raise BotNotFound("The shop has no such bot.")
    return sealed.open(vault)


def webhook_secret(vault: Vault, webhook_key: str) -> Secret:
    """Made from the master key: the same after a restart, so a webhook can be set again without a gap."""
    return vault.derive(f"webhook|{webhook_key}")


def hash_secret(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


def webhook_url(base_url: str, webhook_key: str) -> str:
    return f"{base_url.rstrip('/')}/telegram/{webhook_key}"


async def set_webhook(bot_api: BotApi, bot: Bot, token: Secret, *, vault: Vault, base_url: str) -> bool:
    """Point the bot at this installation; False: it already was."""
    url = webhook_url(base_url, bot.webhook_key)
    if (await bot_api.get_webhook_info(token)).url == url:
        return False
    await bot_api.set_webhook(token, url=url, secret=webhook_secret(vault, bot.webhook_key), allowed_updates=ALLOWED_UPDATES)
    return True


async def pause_bot(tx: AccountTx, bot_id: int) -> None:
    """Telegram refuses its token. Everything that it would send waits; the shop's team is told once."""
    username = await queries.pause_bot(tx, bot_id)
    if username is not None:
        await raise_notice(tx, NoticeKind.TOKEN_REVOKED, bot_id=bot_id, details={"bot": username})


async def resume_bot(tx: AccountTx, bot_id: int) -> None:
    """Telegram takes its token. If that was why it was paused, it goes on, and what waited is sent, in order."""
    if await queries.activate_bot(tx, bot_id):
        await queries.update_resumed(tx, bot_id)
    await resolve_notice(tx, NoticeKind.TOKEN_REVOKED, bot_id=bot_id)


async def check_bot(db: Database, bot_api: BotApi, vault: Vault, bot_id: int) -> bool:
    """Asks Telegram whether it takes the token; if so, the bot goes on. False: it is refused still. Raises what else Telegram says."""
    async with db.account_tx() as tx:
        token = await get_token(tx, bot_id, vault)
    try:
        await bot_api.get_me(token)
    except TokenRevoked:
        return False
    async with db.account_tx() as tx:
        await resume_bot(tx, bot_id)
    return True


def _place(account_id: AccountId, telegram_id: int) -> Place:
    return Place("bots.token", account_id, str(telegram_id))
