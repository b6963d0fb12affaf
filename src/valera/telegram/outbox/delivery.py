"""Hop 6: the outbox. Rows are written in the transaction that decided them and sent in order per chat.

Telegram has no idempotency key, so a send whose answer was lost is *unsure*: it is sent again, as a reply to the client's own message, and
counted. What Telegram refuses has its rules in ``refusal.py``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from valera.kit.db import AccountId, Database, account_scope
from valera.kit.portions import EVERYTHING, Portions
from valera.kit.secrets import SealBroken
from valera.kit.storage import FileNotStored, StorageUnavailable
from valera.telegram.api.errors import FloodWait, TelegramError
from valera.telegram.api.formatting import format_text, split
from valera.telegram.bots.bot import SealedToken
from valera.telegram.outbox import queries
from valera.telegram.outbox.claim import Claim
from valera.telegram.outbox.document import File
from valera.telegram.outbox.files import send_files
from valera.telegram.outbox.pacing import Pacing
from valera.telegram.outbox.refusal import (
    MAX_UNSURE,
    Unreachable,
    give_up,
    lose_files,
    settle_refusal,
    wait_for_bot,
    wait_for_disk,
    wait_for_key,
    withdraw,
)
from valera.telegram.outbox.sent import Sent, SentMarks

if TYPE_CHECKING:
    from valera.kit.db import AccountTx
    from valera.kit.secrets import Secret, Vault
    from valera.kit.storage import Storage
    from valera.telegram.api.client import BotApi
    from valera.telegram.outbox.document import Document

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=40)
"""Longer than the client's timeout: a live sender is never taken for dead."""

FRESH_SECONDS = 0.1
"""How long what was read of a delivery may be sent without looking again: a takeover or another worker may have it since. Whoever
had to wait for the pace of the chat looks."""

Keyboard = list[list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one send needs, without its token in the clear."""

    id: int
    chat_id: int
    bot_id: int
    state: str
    fence: int
    attempts: int
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
    document: File | None = None
    files: list[dict[str, str]] | None = None

    def claim(self, *, has_followers: bool) -> Claim:
        return Claim(self.account_id, self.id, self.chat_id, self.bot_id, self.fence, self.attempts, has_followers)

    def sealed_token(self) -> SealedToken:
        return SealedToken(self.account_id, self.slug, self.data_key, self.telegram_id, self.token)

    def parameters(self, *, as_reply: bool) -> dict[str, Any]:
        """The parameters of sendMessage, or of the method that sends its files: text plus entities, never a parse mode."""
        message: dict[str, Any] = {"chat_id": self.telegram_chat_id}
        is_text = self.document is None and not self.files
        if is_text:
            message |= {"text": self.text, "link_preview_options": {"is_disabled": True}}
        elif self.text:
            message["caption"] = self.text
        if self.entities:
            message["entities" if is_text else "caption_entities"] = self.entities
        if self.reply_markup:
            message["reply_markup"] = self.reply_markup
        if as_reply and self.reply_to is not None:
            message["reply_parameters"] = {"message_id": self.reply_to, "allow_sending_without_reply": True}
        return message


@dataclass(frozen=True, slots=True)
class Departure:
    """A delivery that was written as claimed; ``at`` is time.monotonic() of the writing."""

    claim: Claim
    parcel: Parcel
    at: float

    @property
    def account_id(self) -> AccountId:
        return self.claim.account_id


async def put_delivery(
    tx: AccountTx,
    *,
    chat_id: int,
    message_id: int | None,
    text: str,
    turn_id: int | None = None,
    author_id: int | None = None,
    keyboard: Keyboard | None = None,
    document: Document | None = None,
    sender: int | None = None,
) -> Departure | None:
    """Text on its way to the client, in as many pieces as Telegram's limit asks for; buttons go under the last one, and a document goes
    behind it, as a delivery of its own.

    The caller holds the chat. With a ``sender`` (the number of a worker) the first piece is claimed for it as it is written, if nothing
    of the chat waits before it and the bot is active: after the commit it is sent without being looked for.
    """
    pieces = split(format_text(text))
    departure: Departure | None = None
    for piece in pieces:
        is_last = piece is pieces[-1]
        parcel = await queries.insert_delivery(
            tx,
            Parcel,
            chat_id=chat_id,
            message_id=message_id if is_last else None,
            turn_id=turn_id,
            author_id=author_id,
            text=piece.text,
            entities=list(piece.entities),
            reply_markup={"inline_keyboard": keyboard} if keyboard and is_last else None,
            sender=sender if piece is pieces[0] else None,
            lease=LEASE,
        )
        if parcel.state == "sending":
            has_followers = not is_last or document is not None
            departure = Departure(parcel.claim(has_followers=has_followers), parcel, time.monotonic())
    if document is not None:
        await queries.insert_document(
            tx, chat_id=chat_id, turn_id=turn_id, author_id=author_id, text=document.caption, document=document.file.kept()
        )
    if author_id is not None:
        await queries.wake(tx)
    return departure


@dataclass(frozen=True, slots=True)
class Sender:
    """Claims deliveries and sends them. ``unreachable`` is told the chat that Telegram says is gone."""

    db: Database
    bot_api: BotApi
    vault: Vault
    marks: SentMarks
    unreachable: Unreachable
    storage: Storage
    pacing: Pacing = field(default_factory=Pacing)

    async def claim(self, *, worker: int, limit: int, portions: Portions = EVERYTHING) -> list[Claim]:
        async with self.db.queue() as tx:
            return await queries.claim_deliveries(tx, Claim, worker=worker, limit=limit, lease=LEASE, portions=portions)

    async def deliver(self, claim: Claim) -> None:
        """Send one claimed delivery and write down what became of it."""
        await self.pacing.wait(claim.bot_id, claim.chat_id)
        await self._send(claim, None)

    async def depart(self, departure: Departure) -> None:
        """Right after the commit that wrote it. A process that was stopped in between looks again whether it is still to be sent."""
        await self.pacing.wait(departure.claim.bot_id, departure.claim.chat_id)
        is_fresh = time.monotonic() - departure.at < FRESH_SECONDS
        await self._send(departure.claim, departure.parcel if is_fresh else None)

    async def _send(self, claim: Claim, parcel: Parcel | None) -> None:
        """``parcel``: what is to be sent, if that was read a moment ago."""
        with account_scope(claim.account_id):
            parcel = parcel or await self._load(claim)
            if parcel is None:
                return  # withdrawn by a takeover, or taken by another worker
            if parcel.unsure > MAX_UNSURE:
                await give_up(self.db, claim)
                return
            if parcel.bot_state == "removed":
                await withdraw(self.db, claim)
                return
            if parcel.bot_state != "active":
                await wait_for_bot(self.db, claim, unsure=parcel.unsure)
                return
            telegram_message_id = await self._try(claim, parcel)
        if telegram_message_id is not None:
            await self.marks.mark(Sent(claim.account_id, claim.id, telegram_message_id))
            log.info("delivered", delivery=claim.id, unsure=parcel.unsure)

    async def _try(self, claim: Claim, parcel: Parcel) -> int | None:
        """None: it was not sent, and what becomes of it is written down."""
        try:
            token = parcel.sealed_token().open(self.vault)
            return await self._hand_over(token, parcel)
        except FileNotStored:
            await lose_files(self.db, claim)
        except StorageUnavailable:
            await wait_for_disk(self.db, claim, unsure=parcel.unsure)
        except SealBroken:
            await wait_for_key(self.db, claim, unsure=parcel.unsure)
        except TelegramError as error:
            if isinstance(error, FloodWait):
                self.pacing.slow_down(claim.bot_id)
            await settle_refusal(self.db, claim, error, unsure=parcel.unsure, unreachable=self.unreachable)
        return None

    async def _hand_over(self, token: Secret, parcel: Parcel) -> int:
        message = parcel.parameters(as_reply=parcel.unsure > 0)
        if parcel.files:
            return await send_files(self.bot_api, token, message, parcel.files, await self._read(parcel.files))
        if parcel.document is None:
            return await self.bot_api.send_message(token, message)
        file = parcel.document
        return await self.bot_api.send_document(token, message, name=file.name, media_type=file.media_type, body=file.text.encode())

    async def _read(self, files: list[dict[str, str]]) -> list[bytes]:
        return [await self.storage.read(file["key"]) for file in files]

    async def _load(self, claim: Claim) -> Parcel | None:
        async with self.db.account_tx() as tx:
            return await queries.select_parcel(tx, Parcel, delivery_id=claim.id, fence=claim.fence)
