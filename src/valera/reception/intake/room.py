"""The room in which one mailbox is taken in: its transaction, its chat, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from valera.analytics.event import EventType, track
from valera.assistant.journal import Step, StepKind
from valera.chats import queries as chat_queries
from valera.chats.chat import BY_CODE, Chat, open_chat, say
from valera.clients.client import meet
from valera.reception import turn_queries

if TYPE_CHECKING:
    from valera.kit.clock import Clock
    from valera.kit.db import AccountTx
    from valera.telegram.outbox.delivery import Keyboard
    from valera.telegram.update import User


@dataclass(frozen=True, slots=True)
class RawUpdate:
    update_id: int
    kind: str
    body: bytes
    body_hash: bytes
    is_conflict: bool
    received_at: datetime
    chat: Chat | None
    is_awaited: bool
    is_stranger: bool = False


@dataclass(frozen=True, slots=True)
class Settling:
    """A burst is one turn: it waits this long after its last piece, and no longer than ``most`` in all."""

    quiet: timedelta = timedelta(seconds=1.5)
    most: timedelta = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """``more``: updates are still waiting in the mailbox; ``turn_in``: seconds until a turn is due; ``has_delivery``: something to send;
    ``has_files``: something to fetch.
    """

    more: bool = False
    turn_in: float | None = None
    has_delivery: bool = False
    has_files: bool = False


NOTHING = TakenIn()


@dataclass(frozen=True, slots=True)
class TakenMessage:
    """``due_in``: seconds until its turn is due; None: it made none."""

    id: int
    due_in: float | None


@dataclass(slots=True)
class Room:
    """One mailbox being taken in: everything in it belongs to this chat, once that is open."""

    tx: AccountTx
    bot_id: int
    clock: Clock
    settling: Settling
    chat: Chat | None
    has_spoken: bool = False
    """Code has answered something of this mailbox."""
    is_tester: bool = False
    """They became one in this mailbox."""

    async def enter(self, telegram_chat_id: int, person: User, *, source: str | None = None) -> Chat:
        """The chat of this client. ``source``: where the client says to come from; the first that is told stays."""
        if source is None and self.chat is not None:
            return self.chat
        client_id = await meet(self.tx, telegram_user_id=person.id, name=person.full_name, source=source)
        self.chat, is_new = await open_chat(
            self.tx, bot_id=self.bot_id, telegram_chat_id=telegram_chat_id, telegram_user_id=person.id, client_id=client_id
        )
        if is_new:
            await track(self.tx, EventType.DIALOGUE_STARTED, {"chat": self.chat.id})
        return self.chat

    async def keep(
        self,
        chat: Chat,
        raw: RawUpdate,
        content: str,
        *,
        telegram_message_id: int | None,
        attachments: list[dict[str, str]] | None = None,
        trigger: str | None = None,
    ) -> TakenMessage | None:
        """The client's message. None: this very update is in the chat already. With a ``trigger`` a turn becomes due."""
        return await chat_queries.insert_client_message(
            self.tx,
            TakenMessage,
            chat_id=chat.id,
            content=content,
            attachments=attachments or [],
            bot_id=self.bot_id,
            update_id=raw.update_id,
            telegram_message_id=telegram_message_id,
            trigger=trigger,
            received_at=raw.received_at,
            quiet=self.settling.quiet,
            most=self.settling.most,
        )

    async def answer(
        self, chat: Chat, message_id: int, text: str, *, what: str, trigger: str = "message", keyboard: Keyboard | None = None
    ) -> int:
        """What code says to one message, whichever model is set: a turn that is finished as it begins. Returns the turn."""
        self.has_spoken = True
        turn_id = await turn_queries.insert_turn_by_code(self.tx, chat_id=chat.id, trigger=trigger)
        await turn_queries.mark_answered(self.tx, message_id=message_id, turn_id=turn_id)
        await turn_queries.insert_steps(self.tx, [Step(turn_id, 1, 1, StepKind.CODE, None, {"what": what, "said": text}, 0)])
        await say(self.tx, chat.id, text, turn_id=turn_id, keyboard=keyboard, origin=BY_CODE)
        return turn_id
