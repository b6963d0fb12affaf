"""What a manager reads who asks where a sum came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from valera.kit.errors import NotFound
from valera.reception.sources import queries
from valera.reception.sources.written import P, in_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from valera.kit.db import AccountTx

MOST_IN_CHAT = 20


class MessageNotFound(NotFound):
    """The shop's assistant said no such thing."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the assistant; ``origin`` is None for what code said without a model."""

    id: int
    chat_id: int
    content: str
    created_at: datetime
    origin: dict[str, Any] | None

    @property
    def sources(self) -> list[dict[str, Any]] | None:
        """None: it was said before sources were kept, or by code, which names no sums of its own."""
        return (self.origin or {}).get("sources")


async def explain(tx: AccountTx, message_id: int, *, zone: ZoneInfo, locale: str) -> list[str]:
    """The message and the source of each of its sums, a line each. Raises MessageNotFound."""
    found = await queries.select_said(tx, Said, message_id)
    if not found:
        raise MessageNotFound(f"The assistant said no message {message_id} here.")
    return _tell(found[0], zone, locale)


async def explain_chat(tx: AccountTx, chat_id: int, *, zone: ZoneInfo, locale: str) -> list[str]:
    """The newest messages of a chat that name sums. Raises MessageNotFound."""
    found = await queries.select_said_in(tx, Said, chat_id, limit=MOST_IN_CHAT)
    if not found:
        raise MessageNotFound(f"The assistant said nothing in chat {chat_id} here.")
    return [line for said in found if said.sources for line in _tell(said, zone, locale)] or [P.say(locale, "none")]


def _tell(said: Said, zone: ZoneInfo, locale: str) -> list[str]:
    when = said.created_at.astimezone(zone)
    head = [f"message {said.id}, chat {said.chat_id}, {when:%d.%m.%Y %H:%M}", *(f"  | {line}" for line in said.content.splitlines())]
    if said.sources is None:
        return [*head, f"  {P.say(locale, 'unknown')}"]
    return [*head, *(f"  {in_words(source, locale)}" for source in said.sources)] + ([] if said.sources else [f"  {P.say(locale, 'none')}"])
