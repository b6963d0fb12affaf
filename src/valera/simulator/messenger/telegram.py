"""Everything that the simulated Telegram consists of, built once and handed around."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from valera.simulator.messenger.events import Event, Events
from valera.simulator.messenger.message import Message, find_message, to_telegram
from valera.simulator.messenger.update import enqueue_update

if TYPE_CHECKING:
    from valera.kit.clock import Clock
    from valera.simulator.messenger.bot import Bot
    from valera.simulator.messenger.flood import FloodControl
    from valera.simulator.messenger.person import Person
    from valera.simulator.messenger.store import Store
    from valera.simulator.messenger.webhook import WebhookSender


@dataclass(frozen=True, slots=True)
class Telegram:
    store: Store
    events: Events
    flood: FloodControl
    sender: WebhookSender
    clock: Clock
    chance: Random = field(default_factory=Random)

    def now(self) -> float:
        return self.clock.now().timestamp()

    def tell_bot(self, bot: Bot, person: Person, kind: str, content: dict[str, Any]) -> int | None:
        """Puts an update into the bot's queue. The caller's transaction holds it, and wakes the sender when it has committed."""
        return enqueue_update(self.store, bot, kind=kind, peer_id=person.id, content=content, now=self.now())

    def tell_watchers(self, bot: Bot, person: Person, name: str, content: dict[str, Any]) -> None:
        self.events.publish(bot.id, person.id, Event(name, content))

    def rendered(self, message: Message, bot: Bot, person: Person) -> dict[str, Any]:
        """The Bot API's Message, with what it replies to."""
        reply_to = message.content.reply_to
        answered = find_message(self.store, bot.id, person.id, reply_to) if reply_to else None
        return to_telegram(message, bot, person, answered=answered)
