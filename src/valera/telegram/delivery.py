"""Hop 6: the outbox. Rows are written in the transaction that decided them and sent in order per chat.

Telegram has no idempotency key, so a send whose answer was lost is *unsure*: it is sent once more, as a reply to the client's own message,
and counted. Every other outcome is certain and has one rule below.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from valera.kit.db import AccountId, Database, account_scope
from valera.telegram import queries
from valera.telegram.bot import SealedToken
from valera.telegram.errors import (
    BotBlocked,
    ChatMigrated,
    ChatNotFound,
    EntitiesRefused,
    FloodWait,
    TelegramDown,
    TelegramError,
    TokenRevoked,
    Unsure,
)
from valera.telegram.formatting import format_text, split

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from valera.kit.db import AccountTx
    from valera.kit.secrets import Vault
    from valera.telegram.client import BotApi

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=40)
"""Longer than the client's timeout: a live sender is never taken for dead."""

MAX_UNSURE = 1
"""How often an unsure send is repeated."""

MAX_ATTEMPTS = 60
"""With waits of up to a minute: three quarters of an hour of Telegram being away."""

Keyboard = list[list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this worker sends now; ``has_followers``: more of its chat wait behind it."""

    account_id: AccountId
    id: int
    chat_id: int
    bot_id: int
    fence: int
    attempts: int
    has_followers: bool


@dataclass(frozen=True, slots=True)
class Parcel:
    telegram_chat_id: int
    text: str
    entities: list[dict[str, Any]]
    reply_markup: dict[str, Any] | None
    reply_to: int | None
    unsure: int
    bot_state: str
    account_id: AccountId
    telegram_id: int
    token: bytes
    slug: str
    data_key: bytes

    def sealed_token(self) -> SealedToken:
        return SealedToken(self.account_id, self.slug, self.data_key, self.telegram_id, self.token)

    def parameters(self, *, as_reply: bool) -> dict[str, Any]:
        """The parameters of sendMessage: text plus entities, never a parse mode."""
        message: dict[str, Any] = {"chat_id": self.telegram_chat_id, "text": self.text, "link_preview_options": {"is_disabled": True}}
        if self.entities:
            message["entities"] = self.entities
        if self.reply_markup:
            message["reply_markup"] = self.reply_markup
        if as_reply and self.reply_to is not None:
            message["reply_parameters"] = {"message_id": self.reply_to, "allow_sending_without_reply": True}
        return message


async def put_delivery(
    tx: AccountTx,
    *,
    chat_id: int,
    message_id: int | None,
    text: str,
    turn_id: int | None = None,
    author_id: int | None = None,
    keyboard: Keyboard | None = None,
) -> None:
    """Text on its way to the client, in as many pieces as Telegram's limit asks for; buttons go under the last one."""
    pieces = split(format_text(text))
    for piece in pieces:
        is_last = piece is pieces[-1]
        await queries.insert_delivery(
            tx,
            chat_id=chat_id,
            message_id=message_id if is_last else None,
            turn_id=turn_id,
            author_id=author_id,
            text=piece.text,
            entities=list(piece.entities),
            reply_markup={"inline_keyboard": keyboard} if keyboard and is_last else None,
        )
    if author_id is not None:
        await queries.wake(tx)


async def claim_deliveries(db: Database, *, worker: int, limit: int) -> list[Claim]:
    async with db.queue() as tx:
        return await queries.claim_deliveries(tx, Claim, worker=worker, limit=limit, lease=LEASE)


async def deliver(
    db: Database, bot_api: BotApi, vault: Vault, claim: Claim, *, unreachable: Callable[[AccountTx, int], Awaitable[None]]
) -> None:
    """Send one claimed delivery and write down what became of it. ``unreachable`` is told the chat that Telegram says is gone."""
    with account_scope(claim.account_id):
        async with db.account_tx() as tx:
            parcel = await queries.select_parcel(tx, Parcel, delivery_id=claim.id, fence=claim.fence)
        if parcel is None:
            return  # withdrawn by a takeover, or taken by another worker
        if parcel.unsure > MAX_UNSURE:
            async with db.account_tx() as tx:
                await queries.update_failed(tx, delivery_id=claim.id, fence=claim.fence, error="unsure: repeated once, no answer came")
            return
        if parcel.bot_state != "active":
            await _later(db, claim, timedelta(minutes=1), "the bot is paused")
            return
        token = parcel.sealed_token().open(vault)
        try:
            telegram_message_id = await bot_api.send_message(token, parcel.parameters(as_reply=parcel.unsure > 0))
        except TelegramError as error:
            await _settle_error(db, claim, error, unreachable=unreachable)
            return
        async with db.account_tx() as tx:
            await queries.update_sent(tx, delivery_id=claim.id, telegram_message_id=telegram_message_id)
        log.info("delivered", delivery=claim.id, unsure=parcel.unsure)


async def _settle_error(
    db: Database, claim: Claim, error: TelegramError, *, unreachable: Callable[[AccountTx, int], Awaitable[None]]
) -> None:
    """One rule for each way in which Telegram can refuse."""
    log.warning("delivery_refused", delivery=claim.id, error=type(error).__name__, attempts=claim.attempts)
    match error:
        case FloodWait():
            await _wait_for_flood(db, claim, timedelta(seconds=error.wait), error.slug)
        case Unsure():
            await _later(db, claim, timedelta(seconds=1), error.slug, unsure=1)
        case TelegramDown() if claim.attempts < MAX_ATTEMPTS:
            await _later(db, claim, timedelta(seconds=min(60, 2 ** min(claim.attempts, 8) / 4)), error.slug)
        case EntitiesRefused() if claim.attempts < MAX_ATTEMPTS:
            async with db.account_tx() as tx:
                await queries.strip_entities(tx, claim.id)
                await queries.update_later(tx, delivery_id=claim.id, fence=claim.fence, wait=timedelta(0), error=error.slug, unsure=0)
        case ChatMigrated():
            async with db.account_tx() as tx:
                await queries.move_chat(tx, chat_id=claim.chat_id, telegram_chat_id=error.new_chat_id)
            await _later(db, claim, timedelta(0), error.slug)
        case TokenRevoked():
            async with db.account_tx() as tx:
                await queries.pause_bot(tx, claim.bot_id)
            await _later(db, claim, timedelta(minutes=1), error.slug)
        case BotBlocked() | ChatNotFound():
            async with db.account_tx() as tx:
                await queries.update_failed(tx, delivery_id=claim.id, fence=claim.fence, error=error.slug)
                await unreachable(tx, claim.chat_id)
        case _:
            async with db.account_tx() as tx:
                await queries.update_failed(tx, delivery_id=claim.id, fence=claim.fence, error=f"{error.slug}: {error.detail}"[:500])


async def _later(db: Database, claim: Claim, wait: timedelta, reason: str, *, unsure: int = 0) -> None:
    async with db.account_tx() as tx:
        await queries.update_later(tx, delivery_id=claim.id, fence=claim.fence, wait=wait, error=reason, unsure=unsure)


async def _wait_for_flood(db: Database, claim: Claim, wait: timedelta, reason: str) -> None:
    """Telegram does not say whether the chat or the bot sends too much: a second chat that must wait at the same time tells."""
    async with db.account_tx() as tx:
        await queries.update_later(tx, delivery_id=claim.id, fence=claim.fence, wait=wait, error=reason, unsure=0)
        await queries.update_chat_later(tx, chat_id=claim.chat_id, wait=wait)
        if await queries.is_another_chat_waiting(tx, bot_id=claim.bot_id, chat_id=claim.chat_id, error=reason):
            await queries.update_bot_later(tx, bot_id=claim.bot_id, wait=wait)
