"""What a client sees while an answer is in the making: "typing…", and in a draft what is being looked at.

None of it is owed. It begins only when an answer takes a moment, goes out beside the work, stops at the first thing that Telegram does not
like, and is over before the answer is sent: a draft that came after it would stand under it.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import asyncpg
import structlog

from valera.kit.db import AccountId, Database, DatabaseUnavailable
from valera.kit.secrets import SealBroken
from valera.telegram.api.errors import FloodWait, TelegramError
from valera.telegram.api.formatting import format_text, split
from valera.telegram.bots.bot import SealedToken
from valera.telegram.outbox import queries

if TYPE_CHECKING:
    from types import TracebackType

    from valera.kit.secrets import Secret, Vault
    from valera.telegram.api.client import BotApi

log = structlog.get_logger(__name__)

LAST_SECONDS = 2.0
BOT_PACE_SECONDS = 0.1
"""Of all that a bot may do in a second, most is for answers."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. ``first``: an answer that is there sooner needs no announcement. Telegram shows typing for five, a draft for thirty."""

    first: float = 0.6
    between: float = 0.8
    typing: float = 4.0
    draft: float = 20.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where a chat is in Telegram, and the token that reaches it."""

    bot_id: int
    telegram_chat_id: int
    account_id: AccountId
    telegram_id: int
    token: bytes
    slug: str
    data_key: bytes

    def open(self, vault: Vault) -> Secret:
        return SealedToken(self.account_id, self.slug, self.data_key, self.telegram_id, self.token).open(vault)


@dataclass(slots=True)
class Presences:
    """Of one worker: remembers which bots must be quiet, and until when."""

    db: Database
    bot_api: BotApi
    vault: Vault
    pace: Pace = field(default_factory=Pace)
    _quiet_until: dict[int, float] = field(default_factory=dict[int, float])

    def begin(self, chat_id: int, *, draft_id: int) -> Presence:
        """``draft_id``: drafts of one number replace each other."""
        return Presence(self, chat_id, draft_id)

    async def find(self, chat_id: int) -> Address | None:
        """None: the bot is paused, a person answers, or the chat is gone."""
        async with self.db.account_tx() as tx:
            return await queries.select_address(tx, Address, chat_id)

    def may_speak(self, bot_id: int) -> bool:
        now = time.monotonic()
        if now < self._quiet_until.get(bot_id, 0):
            return False
        self.hush(bot_id, BOT_PACE_SECONDS)
        return True

    def hush(self, bot_id: int, seconds: float) -> None:
        self._quiet_until[bot_id] = time.monotonic() + seconds


@dataclass(slots=True)
class Presence:
    """One answer in the making: ``async with`` it. Never waits for Telegram longer than LAST_SECONDS, and never fails what it shows."""

    _all: Presences
    _chat_id: int
    _draft_id: int
    _text: str = ""
    _leaving: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def show(self, text: str) -> None:
        """What the draft says from now on."""
        self._text = text

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._task is not None
        self._leaving.set()
        await asyncio.wait([self._task], timeout=LAST_SECONDS)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        if await self._has_left(self._all.pace.first):
            return
        address = None
        try:
            address = await self._all.find(self._chat_id)
            if address is not None:
                await self._show_on(address, address.open(self._all.vault))
        except FloodWait as error:
            if address is not None:
                self._all.hush(address.bot_id, error.wait)
        except (TelegramError, SealBroken, DatabaseUnavailable, asyncpg.PostgresError) as error:
            log.debug("presence_dropped", error=type(error).__name__)

    async def _show_on(self, address: Address, token: Secret) -> None:
        pace, shown, drafted_at, typed_at = self._all.pace, "", 0.0, 0.0
        while True:
            now, text = time.monotonic(), self._text
            is_due = text and (text != shown or now - drafted_at >= pace.draft)
            if (is_due or now - typed_at >= pace.typing) and await self._all.find(self._chat_id) is None:
                return  # a person has taken the chat over since
            if text and (text != shown or now - drafted_at >= pace.draft) and self._all.may_speak(address.bot_id):
                piece = split(format_text(text))[0]
                await self._all.bot_api.send_message_draft(
                    token, chat_id=address.telegram_chat_id, draft_id=self._draft_id, text=piece.text, entities=list(piece.entities)
                )
                shown, drafted_at = text, now
            elif now - typed_at >= pace.typing and self._all.may_speak(address.bot_id):
                await self._all.bot_api.send_chat_action(token, chat_id=address.telegram_chat_id, action="typing")
                typed_at = now
            if await self._has_left(pace.between):
                return

    async def _has_left(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._leaving.wait()
        except TimeoutError:
            return False
        return True
