"""What becomes of a delivery that Telegram did not carry out, or perhaps did: one rule for each way in which that shows.

The whole table, with the test of each rule, stands in docs/reliability.md.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from valera.kit.db import AccountTx
from valera.telegram.api.errors import (
    BotBlocked,
    ChatMigrated,
    ChatNotFound,
    EntitiesRefused,
    FloodWait,
    GatewayFailed,
    Misdirected,
    TelegramDown,
    TelegramError,
    TokenRevoked,
    TooLong,
    Unsure,
)
from valera.telegram.api.formatting import Formatted, split, units
from valera.telegram.bots.bot import pause_bot
from valera.telegram.outbox import refusal_queries as queries
from valera.telegram.outbox.queries import wake

if TYPE_CHECKING:
    from valera.kit.db import Database
    from valera.telegram.outbox.claim import Claim

log = structlog.get_logger(__name__)

MAX_UNSURE = 3
"""How often a send whose answer was lost is repeated: a network that loses two answers in a row must not lose the message."""

MAX_ATTEMPTS = 1440
"""With waits of up to a minute: a day, as long as Telegram itself keeps what it could not hand over."""

MAX_GATEWAY_ATTEMPTS = 30
"""With the same waits: twenty minutes of a gateway that says no, each of them perhaps a message that arrived."""

LONGEST_PAUSE = 60.0
KEY_PAUSE = timedelta(minutes=1)
SMALLEST_PIECE = 256
"""UTF-16 units; a text that is too long even then is refused for another reason."""

Unreachable = Callable[[AccountTx, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    entities: tuple[dict[str, Any], ...]


async def settle_refusal(db: Database, claim: Claim, error: TelegramError, *, unsure: int, unreachable: Unreachable) -> None:
    """``unsure``: how often it may have been sent before; ``unreachable`` is told the chat that Telegram says is gone."""
    log.warning("delivery_refused", delivery=claim.id, error=type(error).__name__, attempts=claim.attempts)
    pause = timedelta(seconds=min(LONGEST_PAUSE, 2 ** min(claim.attempts, 8) / 4))
    async with db.account_tx() as tx:
        match error:
            case FloodWait():
                await _wait_for_flood(tx, claim, timedelta(seconds=error.wait), error.slug, unsure)
            case GatewayFailed() if claim.attempts < MAX_GATEWAY_ATTEMPTS:
                await _later(tx, claim, pause, error.slug, unsure=max(unsure, 1))
            case Unsure() if unsure < MAX_UNSURE and not isinstance(error, GatewayFailed):
                await _later(tx, claim, timedelta(seconds=5**unsure), error.slug, unsure=unsure + 1)
            case TelegramDown() | Misdirected() if claim.attempts < MAX_ATTEMPTS:
                await _later(tx, claim, pause, error.slug, unsure=unsure)
            case EntitiesRefused() if await queries.strip_entities(tx, claim.id):
                await _at_once(tx, claim, error.slug, unsure)
            case TooLong() if await _cut(tx, claim):
                await _at_once(tx, claim, error.slug, unsure)
            case ChatMigrated() if await queries.move_chat(tx, chat_id=claim.chat_id, telegram_chat_id=error.new_chat_id):
                await _at_once(tx, claim, error.slug, unsure)
            case TokenRevoked():
                await pause_bot(tx, claim.bot_id)
                await _until_resumed(tx, claim, unsure)
            case BotBlocked() | ChatNotFound():
                await _fail(tx, claim, f"{error.slug}: {error.detail}")
                await unreachable(tx, claim.chat_id)
            case _:
                await _fail(tx, claim, f"{error.slug}: {error.detail}")


async def wait_for_bot(db: Database, claim: Claim, *, unsure: int) -> None:
    """Its bot sends nothing now: the delivery waits until the bot goes on, and none of its attempts is spent."""
    async with db.account_tx() as tx:
        await _until_resumed(tx, claim, unsure)


async def wait_for_key(db: Database, claim: Claim, *, unsure: int) -> None:
    """The token does not open with this master key: nothing was sent, and nothing is lost while an operator brings the right one."""
    log.error("token_does_not_open", delivery=claim.id, bot=claim.bot_id)
    async with db.account_tx() as tx:
        await _later(tx, claim, KEY_PAUSE, "seal-broken", unsure=unsure, is_attempt=False)


async def wait_for_disk(db: Database, claim: Claim, *, unsure: int) -> None:
    """Its files cannot be read just now."""
    async with db.account_tx() as tx:
        await _later(tx, claim, KEY_PAUSE, "storage-unavailable", unsure=unsure, is_attempt=False)


async def lose_files(db: Database, claim: Claim) -> None:
    """Its files are gone from the storage: nothing is left to send."""
    log.error("sent_file_missing", delivery=claim.id)
    async with db.account_tx() as tx:
        await _fail(tx, claim, "file-not-stored")


async def withdraw(db: Database, claim: Claim) -> None:
    """Its bot was removed while it was being written: it stays in the chat's history, and nobody sends it."""
    async with db.account_tx() as tx:
        await queries.update_withdrawn(tx, delivery_id=claim.id, fence=claim.fence, error="bot-removed")


async def give_up(db: Database, claim: Claim) -> None:
    """Sent as often as it may be, and nobody knows whether it arrived."""
    async with db.account_tx() as tx:
        await _fail(tx, claim, f"unsure: repeated {MAX_UNSURE} times")


async def _later(tx: AccountTx, claim: Claim, wait: timedelta, reason: str, *, unsure: int, is_attempt: bool = True) -> None:
    attempts = claim.attempts if is_attempt else claim.attempts - 1
    await queries.update_later(tx, delivery_id=claim.id, fence=claim.fence, wait=wait, error=reason, unsure=unsure, attempts=attempts)


async def _at_once(tx: AccountTx, claim: Claim, reason: str, unsure: int) -> None:
    await _later(tx, claim, timedelta(0), reason, unsure=unsure)
    await wake(tx)


async def _until_resumed(tx: AccountTx, claim: Claim, unsure: int) -> None:
    await queries.update_until_resumed(
        tx, delivery_id=claim.id, fence=claim.fence, bot_id=claim.bot_id, unsure=unsure, attempts=claim.attempts - 1
    )


async def _fail(tx: AccountTx, claim: Claim, error: str) -> None:
    await queries.update_failed(tx, delivery_id=claim.id, fence=claim.fence, error=error[:500])


async def _wait_for_flood(tx: AccountTx, claim: Claim, wait: timedelta, reason: str, unsure: int) -> None:
    """Telegram does not say whether the chat or the bot sends too much. It is the bot if a second chat must wait at the same time, and
    this one has not brought it upon itself.
    """
    await _later(tx, claim, wait, reason, unsure=unsure, is_attempt=False)
    await queries.update_chat_later(tx, chat_id=claim.chat_id, wait=wait)
    if await queries.is_another_chat_waiting(tx, bot_id=claim.bot_id, chat_id=claim.chat_id, error=reason):
        await queries.update_bot_later(tx, bot_id=claim.bot_id, wait=wait)


async def _cut(tx: AccountTx, claim: Claim) -> bool:
    """Into pieces of half the length, which keep their place before what follows in the chat. False: it is short already."""
    whole = await queries.hold_text(tx, Text, chat_id=claim.chat_id, delivery_id=claim.id, fence=claim.fence)
    if whole is None or units(whole.text) <= SMALLEST_PIECE:
        return False
    first, *rest = split(Formatted(whole.text, whole.entities), limit=max(SMALLEST_PIECE, units(whole.text) // 2))
    pieces = [
        await queries.insert_piece(tx, of=claim.id, text=piece.text, entities=list(piece.entities), is_last=piece is rest[-1])
        for piece in rest
    ]
    await queries.move_behind(tx, chat_id=claim.chat_id, after=claim.id, before=pieces[0])
    await queries.update_text(tx, delivery_id=claim.id, text=first.text, entities=list(first.entities))
    return True
