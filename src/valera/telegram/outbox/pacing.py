"""Pacing: bursts leave in a row instead of all at once, so that Telegram does not have to refuse them.

An ordinary answer never waits here. What does: the pieces of a text so long that it fills two dozen messages, and everything of a bot that
Telegram has just told to slow down. Telegram's limits: about one message a second to a chat, with bursts; thirty a second of a bot, if they
look like a mailing (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field

CHAT_SECONDS = 1.0
CHAT_BURST = 20
BOT_SECONDS = 1 / 25
FLOODED_SECONDS = 60.0
MAX_CHATS = 10_000


@dataclass(slots=True)
class Pacing:
    """Of one worker process: another one's share is small, and Telegram's own refusal is obeyed by all."""

    _chats: OrderedDict[int, float] = field(default_factory=OrderedDict[int, float])
    """When the next message to a chat would leave at a steady pace. A burst may be so many messages ahead of it."""
    _flooded: dict[int, float] = field(default_factory=dict[int, float])
    _bots: dict[int, float] = field(default_factory=dict[int, float])

    async def wait(self, bot_id: int, chat_id: int) -> None:
        if seconds := self.reserve(bot_id, chat_id, now=time.monotonic()):
            await asyncio.sleep(seconds)

    def reserve(self, bot_id: int, chat_id: int, *, now: float) -> float:
        """Seconds after which one message may leave; it is counted as sent then."""
        steady = max(now, self._chats.pop(chat_id, 0.0))
        at = max(now, steady - (CHAT_BURST - 1) * CHAT_SECONDS)
        if self._flooded.get(bot_id, 0.0) > now:
            at = max(at, self._bots.get(bot_id, 0.0))
            self._bots[bot_id] = at + BOT_SECONDS
        self._chats[chat_id] = max(steady, at) + CHAT_SECONDS
        if len(self._chats) > MAX_CHATS:
            self._chats.popitem(last=False)
        return at - now

    def slow_down(self, bot_id: int) -> None:
        """Telegram has refused a message of this bot for its number."""
        self._flooded[bot_id] = time.monotonic() + FLOODED_SECONDS
