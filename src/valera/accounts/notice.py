"""Notices: what a shop's team has to know and perhaps to do. At most one is open for a kind, a bot and a subject."""

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
    USED_ELSEWHERE = "used_elsewhere"
    """The bot's webhook is somebody else's."""
    POLLED_ELSEWHERE = "polled_elsewhere"
    """Another program asks Telegram for the bot's updates."""
    WEBHOOK_CHANGED = "webhook_changed"
    """Somebody took our webhook away or changed it; it was set again."""
    WEBHOOK_FAILING = "webhook_failing"
    """Telegram has updates that it cannot hand over."""
    MODEL_REFUSED = "model_refused"
    """A provider refuses the shop's own key, its money is spent, or it has no such model: the next of the chain answers."""
    BUDGET_NEAR = "budget_near"
    """Models have used 80 % of what they may cost in a day or a month."""
    BUDGET_SPENT = "budget_spent"
    """All of it: the scripted receptionist answers until the next begins."""
    BOOKING_REQUESTED = "booking_requested"
    """A client's request waits for somebody to name a time."""
    CLIENT_BUDGET_NEAR = "client_budget_near"
    CLIENT_BUDGET_SPENT = "client_budget_spent"
    """As both above, for what one client's dialogue may cost in a day."""
    REMINDER_BY_PERSON = "reminder_by_person"
    """A client was to be reminded of a booking, and a person answers the chat: it is theirs to do."""
    BAD_FEEDBACK = "bad_feedback"
    """A client gave a mark of 1 or 2."""
    CALLBACK_REQUESTED = "callback_requested"
    """A client wants to be telephoned."""
    CALLBACK_DUE = "callback_due"
    """It is time to call."""
    CALLBACK_OVERDUE = "callback_overdue"
    """A quarter of an hour later nobody has called."""
    WAITLIST_BY_PERSON = "waitlist_by_person"
    """A time is free for a client who waits for one, and a person answers the chat: it is theirs to offer."""


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
        if "period" in values:
            values["period"] = P.say(locale, f"period.{values['period']}")
        if self.kind == NoticeKind.WEBHOOK_FAILING:
            values["reason"] = P.say(locale, f"webhook_reason.{values['reason']}")
        if self.kind == NoticeKind.MODEL_REFUSED:
            values["reason"] = P.say(locale, f"model_reason.{values['reason']}")
        return P.say(locale, f"notice.{self.kind}.title", **values), P.say(locale, f"notice.{self.kind}.text", **values)


async def raise_notice(
    tx: AccountTx, kind: NoticeKind, *, bot_id: int | None = None, details: dict[str, Any] | None = None, subject: str | None = None
) -> bool:
    """``subject``: the one thing of many that it is about (`booking:12`). False: it is open already, and stays as it was told first."""
    return await queries.insert_notice(tx, kind=kind, bot_id=bot_id, details=details or {}, subject=subject)


async def resolve_notice(tx: AccountTx, kind: NoticeKind, *, bot_id: int | None = None, subject: str | None = None) -> bool:
    """False: none was open."""
    return await queries.update_resolved(tx, kind=kind, bot_id=bot_id, subject=subject)


async def open_notices(tx: AccountTx) -> list[Notice]:
    """The oldest first."""
    return await queries.select_open_notices(tx, Notice)
