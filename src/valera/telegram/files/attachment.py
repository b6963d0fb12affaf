"""Attachment: a file that a client sent with a message. Its row is written with the message; a lane of the worker fetches it at once.

Nothing waits for it: the message is answered while its file is on the way. It is fetched into the shop's storage and only then called
stored, under a key that it was given when it was noted: who dies in between fetches it again to the same place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from valera.kit.db import AccountId, AccountTx, Database, account_scope, current_account_id
from valera.kit.secrets import SealBroken
from valera.kit.storage import StorageUnavailable, new_key
from valera.telegram.api.errors import FileNotServed, FileTooLarge, FloodWait, Refused, TelegramError, TokenRevoked
from valera.telegram.bots.bot import SealedToken, pause_bot
from valera.telegram.files import queries
from valera.telegram.files.media_type import HEAD, media_type

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from valera.kit.portions import Portions
    from valera.kit.secrets import Secret, Vault
    from valera.kit.storage import Storage
    from valera.telegram.api.client import BotApi
    from valera.telegram.update import File

log = structlog.get_logger(__name__)

MAX_BYTES = 20 * 1024 * 1024
"""What Telegram gives to bots. Source: https://core.telegram.org/bots/api#getfile"""

LEASE = timedelta(minutes=6)
"""Longer than the client's patience with a download: a live worker is never taken for dead."""

MAX_ATTEMPTS = 30
"""With waits of up to an hour: a day."""

MAX_REFUSALS = 5
"""Telegram says "wrong file_id or the file is temporarily unavailable" for both."""

LONGEST_PAUSE = 3600
BOT_PAUSE = timedelta(minutes=10)
HOUSE_PAUSE = timedelta(minutes=1)
"""Something of ours is missing, a key or room on the disk: an operator brings it."""

Lost = Callable[[AccountTx, int, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class FileClaim:
    """``fence`` ends when another worker takes it; ``attempts`` counts this one."""

    account_id: AccountId
    id: int
    fence: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Wanted:
    id: int
    chat_id: int
    bot_id: int
    file_id: str
    storage_key: str
    bot_state: str
    account_id: AccountId
    telegram_id: int
    token: bytes
    slug: str
    data_key: bytes

    def open_token(self, vault: Vault) -> Secret:
        return SealedToken(self.account_id, self.slug, self.data_key, self.telegram_id, self.token).open(vault)


class Watched:
    """What passes through on its way to the disk."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self.head = b""
        self.digest = hashlib.sha256()
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self.digest.update(chunk)
            if len(self.head) < HEAD:
                self.head = (self.head + chunk)[:HEAD]
            yield chunk


async def want_files(tx: AccountTx, message_id: int, files: Sequence[tuple[str, File]]) -> None:
    """Notes the files of a message, with their kinds, to be fetched."""
    account_id = current_account_id()
    await queries.insert_attachments(
        tx,
        message_id=message_id,
        kinds=[kind for kind, _ in files],
        file_ids=[file.file_id for _, file in files],
        file_unique_ids=[file.file_unique_id for _, file in files],
        storage_keys=[new_key(account_id) for _ in files],
    )


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Claims files and fetches them. ``lost`` is told the chat of a file that will never come, and why."""

    db: Database
    bot_api: BotApi
    vault: Vault
    storage: Storage
    lost: Lost

    async def claim(self, *, worker: int, limit: int, portions: Portions) -> list[FileClaim]:
        async with self.db.queue() as tx:
            return await queries.claim_attachments(tx, FileClaim, worker=worker, limit=limit, lease=LEASE, portions=portions)

    async def fetch(self, claim: FileClaim) -> None:
        """Fetch one claimed file and write down what became of it."""
        with account_scope(claim.account_id):
            async with self.db.account_tx() as tx:
                wanted = await queries.select_wanted(tx, Wanted, attachment_id=claim.id, fence=claim.fence)
                if wanted is None or await queries.adopt_twin(tx, attachment_id=claim.id, fence=claim.fence):
                    return  # gone, another worker's, or here already
            match wanted.bot_state:
                case "removed":
                    await self._give_up(claim, wanted, "failed", "bot-removed")
                    return
                case "paused":
                    await self._later(claim, BOT_PAUSE, "bot-paused", is_attempt=False)
                    return
                case _:
                    pass
            try:
                await self._fetch(claim, wanted)
            except SealBroken:
                log.error("token_does_not_open", attachment=claim.id, bot=wanted.bot_id)  # noqa: TRY400  (that is all there is to say)
                await self._later(claim, HOUSE_PAUSE, "seal-broken", is_attempt=False)
            except StorageUnavailable as error:
                log.error("file_not_stored", attachment=claim.id, error=error.detail)  # noqa: TRY400  (no path in the log)
                await self._later(claim, HOUSE_PAUSE, error.slug, is_attempt=False)
            except TelegramError as error:
                await self._settle(claim, wanted, error)

    async def _fetch(self, claim: FileClaim, wanted: Wanted) -> None:
        token = wanted.open_token(self.vault)
        remote = await self.bot_api.get_file(token, wanted.file_id)
        if remote.file_path is None:
            raise FileTooLarge("Telegram has the file and does not give it to bots.")
        async with aclosing(self.bot_api.download(token, remote.file_path, max_bytes=MAX_BYTES)) as chunks:
            watched = Watched(chunks)
            size = await self.storage.put(wanted.storage_key, watched)
        async with self.db.account_tx() as tx:
            is_ours = await queries.update_stored(
                tx,
                attachment_id=claim.id,
                fence=claim.fence,
                mime_type=media_type(watched.head),
                size=size,
                sha256=watched.digest.digest(),
            )
            is_forgotten = not is_ours and not await queries.is_known(tx, claim.id)
        if is_forgotten:
            await self.storage.delete(wanted.storage_key)  # erased while it came in
        log.info("file_stored", attachment=claim.id, size=size)

    async def _settle(self, claim: FileClaim, wanted: Wanted, error: TelegramError) -> None:
        log.warning("file_not_fetched", attachment=claim.id, error=type(error).__name__, attempts=claim.attempts)
        pause = timedelta(seconds=min(LONGEST_PAUSE, 2 ** min(claim.attempts - 1, 12)))
        match error:
            case FloodWait():
                await self._later(claim, timedelta(seconds=error.wait), error.slug, is_attempt=False)
            case TokenRevoked():
                async with self.db.account_tx() as tx:
                    await pause_bot(tx, wanted.bot_id)
                await self._later(claim, BOT_PAUSE, "bot-paused", is_attempt=False)
            case FileTooLarge():
                await self._give_up(claim, wanted, "refused", error.slug)
            case FileNotServed():
                log.error("file_not_served", attachment=claim.id, error=error.detail)
                await self._later(claim, BOT_PAUSE, error.slug, is_attempt=False)
            case Refused() if claim.attempts >= MAX_REFUSALS:
                await self._give_up(claim, wanted, "failed", error.slug)
            case _ if claim.attempts >= MAX_ATTEMPTS:
                await self._give_up(claim, wanted, "failed", error.slug)
            case _:
                await self._later(claim, pause, error.slug)

    async def _later(self, claim: FileClaim, wait: timedelta, error: str, *, is_attempt: bool = True) -> None:
        attempts = claim.attempts if is_attempt else claim.attempts - 1
        async with self.db.account_tx() as tx:
            await queries.update_later(tx, attachment_id=claim.id, fence=claim.fence, wait=wait, error=error, attempts=attempts)

    async def _give_up(self, claim: FileClaim, wanted: Wanted, state: str, error: str) -> None:
        async with self.db.account_tx() as tx:
            if await queries.update_given_up(tx, attachment_id=claim.id, fence=claim.fence, state=state, error=error):
                await self.lost(tx, wanted.chat_id, error)
