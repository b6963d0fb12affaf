"""What a client reads while the assistant works: which tool it uses, and of its answer the sentences that have passed the gates."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from valera.telegram.outbox.presence import Presence, Presences

PHRASES = Phrases.load("valera.reception")


@dataclass(frozen=True, slots=True)
class Showing:
    """A Watcher that speaks through drafts."""

    presence: Presence
    locale: str
    wants_text: bool

    def calls(self, tool: str) -> None:
        said = PHRASES.by_locale.get(self.locale, PHRASES.by_locale["ru"]).get(f"working.{tool}")
        if said:
            self.presence.show(said[0])

    def writes(self, text: str) -> None:
        self.presence.show(text)


@asynccontextmanager
async def showing(
    presences: Presences | None, *, chat_id: int, turn_id: int, locale: str, wants_text: bool
) -> AsyncIterator[Showing | None]:
    """For as long as the answer is in the making; None where nothing can be shown."""
    if presences is None:
        yield None
        return
    async with presences.begin(chat_id, draft_id=turn_id % 2**31 or 1) as presence:
        yield Showing(presence, locale, wants_text)
