"""AnalyticsEvent: what happened, for the owner's numbers. Tracking can fail; what it watches cannot fail because of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import structlog

from valera.analytics import queries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.kit.db import AccountTx

log = structlog.get_logger(__name__)


class EventType(StrEnum):
    """Everything that is ever tracked."""

    DIALOGUE_STARTED = "dialogue_started"
    PRICE_NAMED = "price_named"
    SLOT_OFFERED = "slot_offered"
    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    HUMAN_CALLED = "human_called"
    CALLBACK_REQUESTED = "callback_requested"
    CALLBACK_CLOSED = "callback_closed"
    WAITLIST_JOINED = "waitlist_joined"
    WAITLIST_OFFERED = "waitlist_offered"
    WAITLIST_TAKEN = "waitlist_taken"
    DIALOGUE_ENDED = "dialogue_ended"
    ANSWERED = "answered"
    FAILED = "failed"
    STARTED = "started"
    RESET = "reset"
    EDITED_AFTER_ANSWER = "edited_after_answer"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    JOINED_GROUP = "joined_group"
    LEFT_GROUP = "left_group"
    UPDATE_KEPT = "update_kept"
    FILE_LOST = "file_lost"
    EXPORTED = "exported"
    MEMBER_INVITED = "member_invited"
    INVITE_REVOKED = "invite_revoked"
    MEMBER_JOINED = "member_joined"
    ROLE_CHANGED = "role_changed"
    MEMBER_REMOVED = "member_removed"
    LOGIN_LINK_MADE = "login_link_made"


async def track(tx: AccountTx, event: EventType, properties: dict[str, Any]) -> None:
    """Write one event inside a savepoint: whatever goes wrong in it is logged and forgotten. ``properties`` hold ids, counts and
    milliseconds (keys end in ``_ms``), never personal data.
    """
    tell_failures([await queries.insert_event(tx, event.value, properties)])


def tell_failures(failed: Iterable[str | None]) -> None:
    """SQLSTATEs of events that could not be written; None for those that could."""
    for sqlstate in failed:
        if sqlstate is not None:
            log.warning("event_not_tracked", sqlstate=sqlstate)
