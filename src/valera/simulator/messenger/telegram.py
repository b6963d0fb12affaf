"""Everything that the simulated Telegram consists of, built once and handed around."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from valera.simulator.messenger.events import Events
from valera.simulator.messenger.group import find_peer
from valera.simulator.messenger.limits.flood import FloodControl
from valera.simulator.messenger.message import Message, find_message, to_telegram
from valera.simulator.messenger.person import find_person
from valera.simulator.messenger.updates.polling import Ending, Polling
from valera.simulator.messenger.updates.queue import enqueue_update
from valera.simulator.messenger.updates.webhook import WebhookSender

if TYPE_CHECKING:
    from valera.kit.clock import Clock
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.limits.flood import FloodLimit
    from valera.simulator.messenger.store import Store


@dataclass(frozen=True, slots=True)
class Telegram:
    store: Store
    events: Events
    flood: FloodControl
    sender: WebhookSender
    clock: Clock
    polling: Polling
    started_at: float
    chance: Random = field(default_factory=Random)

    @classmethod
    def open(cls, store: Store, clock: Clock, flood: FloodLimit | None, *, chance: Random | None = None) -> Telegram:
        events, chance = Events(), chance or Random()  # noqa: S311  (no secret comes of it)
        sender = WebhookSender(store, clock, chance=chance)
        return cls(store, events, FloodControl(flood), sender, clock, Polling(events.stopped), clock.now().timestamp(), chance)

    def now(self) -> float:
        return self.clock.now().timestamp()

    def monotonic(self) -> float:
        """For how long somebody waits: no clock that is set moves it."""
        return time.monotonic()

    def tell_bot(self, bot: Bot, kind: str, content: dict[str, Any], *, by: int) -> int | None:
        """Puts an update into the bot's queue; ``by`` is the chat's id, or the user's who did it. The caller's transaction holds it,
        and calls `wake` when it has committed.
        """
        return enqueue_update(self.store, bot, kind=kind, peer_id=by, content=content, now=self.now(), chance=self.chance)

    def wake(self, bot_id: int) -> None:
        """Updates were queued."""
        self.sender.wake(bot_id)
        self.polling.end(bot_id, Ending.NEWS)

    def tell_watchers(self, bot: Bot, chat_id: int, name: str, content: dict[str, Any]) -> None:
        self.events.publish(bot.id, chat_id, name, content)

    def rendered(self, message: Message, bot: Bot) -> dict[str, Any]:
        """The Bot API's Message, with what it replies to."""
        reply_to = message.content.reply_to
        answered = find_message(self.store, bot.id, message.chat_id, reply_to) if reply_to else None
        return self._shown(message, bot, answered=self._shown(answered, bot) if answered else None)

    def _shown(self, message: Message, bot: Bot, *, answered: dict[str, Any] | None = None) -> dict[str, Any]:
        peer = find_peer(self.store, bot.id, message.chat_id)
        assert peer is not None, "chats are never deleted"
        sender = find_person(self.store, message.sender_id) if message.sender_id else None
        return to_telegram(message, bot, peer, sender, answered=answered)
