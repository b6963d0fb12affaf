"""Bot: one Telegram bot of one shop and its sealed token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import asyncpg

from valera.accounts.account import get_account
from valera.accounts.notice import NoticeKind, raise_notice, resolve_notice
from valera.kit.db import AccountId
from valera.kit.errors import Conflict, NotFound
from valera.kit.secrets import Place, Secret, Vault
from valera.telegram.api.errors import TokenRevoked
from valera.telegram.bots import queries
from valera.telegram.bots.webhook import hash_secret, webhook_secret

if TYPE_CHECKING:
    from valera.kit.db import AccountTx, Database, IdentityTx
    from valera.telegram.api.client import BotApi, Me


class BotNotFound(NotFound):
    """The shop has no such bot."""


class BotServesAnotherShop(Conflict):
    """One bot serves one shop."""


@dataclass(frozen=True, slots=True)
class Bot:
    """``delivery``: webhook or polling, as somebody chose. ``state``: active, paused (by Telegram, or by a person since ``paused_at``) or
    held after a restore.
    """

    id: int
    telegram_id: int
    username: str
    webhook_key: str
    state: str
    delivery: str = "webhook"
    previous_webhook_key: str | None = None
    paused_at: datetime | None = None

    @property
    def keys(self) -> frozenset[str]:
        """What an address ends in that is this bot's here."""
        return frozenset({self.webhook_key, *([self.previous_webhook_key] if self.previous_webhook_key else [])})


@dataclass(frozen=True, slots=True)
class BotRoute:
    """Enough to find a bot's shop."""

    account_id: AccountId
    id: int
    telegram_id: int
    username: str
    state: str


@dataclass(frozen=True, slots=True)
class SealedToken:
    account_id: AccountId
    slug: str
    data_key: bytes
    telegram_id: int
    token: bytes

    def open(self, vault: Vault) -> Secret:
        return vault.open(self.data_key, self.slug, _place(self.account_id, self.telegram_id), self.token)


async def add_bot(tx: AccountTx, me: Me, token: Secret, vault: Vault, *, delivery: str = "webhook") -> Bot:
    """Store the bot that ``getMe`` described; one that the shop had before comes back with its chats. The key in its webhook address is 128
    random bits, its secret 256, kept as a hash.
    """
    sealed = await seal_token(tx, me.id, token, vault)
    if (known := await queries.select_removed(tx, me.id)) is not None:
        try:
            added = await queries.update_returned(tx, Bot, known, username=me.username, token=sealed, delivery=delivery)
        except asyncpg.UniqueViolationError:
            raise BotServesAnotherShop(f"@{me.username} serves another shop by now.") from None
        await queries.notify_change(tx, added.id)
        return added
    webhook_key = new_webhook_key()
    added = await queries.insert_bot(
        tx,
        Bot,
        telegram_id=me.id,
        username=me.username,
        token=sealed,
        webhook_key=webhook_key,
        secret_hash=hash_secret(webhook_secret(vault, webhook_key).reveal().encode()),
        delivery=delivery,
    )
    if added is None:
        raise BotServesAnotherShop(f"@{me.username} is connected already.")
    await queries.notify_change(tx, added.id)
    return added


def new_webhook_key() -> str:
    return secrets.token_urlsafe(16)


async def seal_token(tx: AccountTx, telegram_id: int, token: Secret, vault: Vault) -> bytes:
    account = await get_account(tx)
    return vault.seal(account.data_key, account.slug, _place(account.id, telegram_id), token)


async def list_bots(tx: AccountTx) -> list[Bot]:
    return await queries.select_bots(tx, Bot)


async def find_bot(tx: AccountTx, bot_id: int) -> Bot | None:
    return await queries.select_bot(tx, Bot, bot_id)


async def list_routes(tx: IdentityTx) -> list[BotRoute]:
    return await queries.select_routes(tx, BotRoute)


async def get_token(tx: AccountTx, bot_id: int, vault: Vault) -> Secret:
    sealed = await queries.select_token(tx, SealedToken, bot_id)
    if sealed is None:
        raise BotNotFound("The shop has no such bot.")
    return sealed.open(vault)


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
