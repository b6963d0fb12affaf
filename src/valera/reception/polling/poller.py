"""Poller: asks Telegram for the updates of one bot, and says that they are stored only after the commit.

What was stored and not yet told to Telegram comes again, and ingest recognises it: no offset is kept anywhere but in memory.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from valera.reception.update_writer import BotKey
from valera.telegram.update_kinds import ALLOWED_UPDATES

if TYPE_CHECKING:
    from valera.kit.secrets import Secret
    from valera.reception.update_writer import UpdateWriter
    from valera.telegram.api.client import BotApi

LONG_POLL_SECONDS = 25
NO_HASH = bytes(32)


class _Numbered(msgspec.Struct, frozen=True):
    update_id: int


_numbered = msgspec.json.Decoder(_Numbered)


@dataclass(slots=True)
class Poller:
    """Of one bot. ``offset``: all updates before it are stored; None: Telegram knows that itself."""

    bot_api: BotApi
    writer: UpdateWriter
    offset: int | None = None

    async def ask(self, token: Secret) -> list[bytes]:
        """Waits until there is something, LONG_POLL_SECONDS at most. Whoever stops waiting loses nothing: it is given again."""
        return await self.bot_api.get_updates(token, offset=self.offset, seconds=LONG_POLL_SECONDS, allowed_updates=ALLOWED_UPDATES)

    async def store(self, bot: BotKey, bodies: list[bytes]) -> bool:
        """In their order; those before the first that could not be stored count as stored. False: none of them has a number to go on from.
        Raises DatabaseUnavailable or Busy if one could not be stored.
        """
        stored = await asyncio.gather(*(self.writer.store(bot, body) for body in bodies), return_exceptions=True)
        before = self.offset
        for body, outcome in zip(bodies, stored, strict=True):
            if isinstance(outcome, BaseException):
                raise outcome
            if (number := _number(body)) is not None:
                self.offset = number + 1
        return self.offset != before or not bodies


def _number(body: bytes) -> int | None:
    try:
        return _numbered.decode(body).update_id
    except (msgspec.MsgspecError, ValueError):
        return None
