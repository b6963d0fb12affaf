"""Episode: one stretch of a chat between two silences, with everything that was done in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from valera.chats.chat import Role
from valera.followup.outcomes import queries

if TYPE_CHECKING:
    from valera.kit.db import AccountTx


class Outcome(StrEnum):
    """What a dialogue came to; the earlier ones count for more."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    CALLBACK = "callback"
    WAITLIST = "waitlist"
    HUMAN = "human"
    """A person answered, or was called and has not answered."""
    PRICE_TOO_HIGH = "price_too_high"
    NO_SLOT = "no_slot"
    """The time that was wished could not be had, and the client took no other."""
    OUT_OF_PROFILE = "out_of_profile"
    """Nothing that was asked for stands in the price list."""
    PRICE_ONLY = "price_only"
    ANSWERED = "answered"
    """The question had its answer, and nothing more was wanted."""
    SILENT = "silent"
    """The shop asked last."""
    SPAM = "spam"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Line:
    """A message: the client's, the assistant's or a member's."""

    id: int
    role: Role
    content: str
    turn_id: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """Of a booking. ``message_id``: the client's yes; None where a member made it."""

    booking_id: int
    event: str
    message_id: int | None


@dataclass(frozen=True, slots=True)
class ToolResult:
    turn_id: int
    tool: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Episode:
    """``lines`` begin with the client's first; ``callback_turns`` and ``waitlist_turns`` are those in which it was asked for."""

    lines: tuple[Line, ...]
    changes: tuple[Change, ...] = ()
    results: tuple[ToolResult, ...] = ()
    callback_turns: tuple[int, ...] = ()
    waitlist_turns: tuple[int, ...] = ()
    is_human_called: bool = False

    @property
    def said(self) -> tuple[Line, ...]:
        """The client's own lines."""
        return tuple(line for line in self.lines if line.role == Role.USER)

    def asked_in(self, turn_id: int) -> Line | None:
        """What the client said last before this turn answered."""
        return next((line for line in reversed(self.said) if line.turn_id == turn_id), None)


async def load_episode(tx: AccountTx, chat_id: int, *, after: int) -> Episode | None:
    """What came after that message. None: the client has said nothing since."""
    lines = await queries.select_lines(tx, Line, chat_id, after)
    if not lines:
        return None
    began_at = lines[0].created_at
    return Episode(
        tuple(lines),
        changes=tuple(await queries.select_changes(tx, Change, chat_id, began_at)),
        results=tuple(await queries.select_results(tx, ToolResult, chat_id, began_at)),
        callback_turns=tuple(await queries.select_callback_turns(tx, chat_id, began_at)),
        waitlist_turns=tuple(await queries.select_waitlist_turns(tx, chat_id, began_at)),
        is_human_called=await queries.is_human_called(tx, chat_id, began_at),
    )
