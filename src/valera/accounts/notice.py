"""Notices: what a shop's team has to know and perhaps to do. At most one is open for a kind and a bot."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from valera.accounts import queries
from valera.kit.phrases import Phrases

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

P = Phrases.load("valera.accounts")


class NoticeKind(enum.StrEnum):
    TOKEN_REVOKED = "token_revoked"  # noqa: S105  (a kind, no secret)
    """Telegram refuses the bot's token: the bot is paused, its deliveries wait."""
    RESTORED = "restored"
    """The installation came back from a backup: nothing is sent until somebody releases it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """``bot_id`` None: it concerns the whole shop. ``details`` fill the sentence (``bot``: the bot's username)."""

    id: int
    kind: NoticeKind
    bot_id: int | None
    created_at: datetime
    details: dict[str, Any] = field(default_factory=dict[str, Any])

    def explain(self, locale: str) -> tuple[str, str]:
        """A title and a sentence or two, for the team."""
        values = {"bot": "", **self.details}
        return P.say(locale, f"notice.{self.kind}.title", **values), P.say(locale, f"notice.{self.kind}.text", **values)


async def raise_notice(tx: AccountTx, kind: NoticeKind, *, bot_id: int | None = None, details: dict[str, Any] | None = None) -> bool:
    """False: it is open already, and stays as it was told first."""
    return await queries.insert_notice(tx, kind=kind, bot_id=bot_id, details=details or {})


async def resolve_notice(tx: AccountTx, kind: NoticeKind, *, bot_id: int | None = None) -> bool:
    """False: none was open."""
    return await queries.update_resolved(tx, kind=kind, bot_id=bot_id)


async def open_notices(tx: AccountTx) -> list[Notice]:
    """The oldest first."""
    return await queries.select_open_notices(tx, Notice)
