"""Draft: what the assistant would say to the client and has not said. A member sends it, writes it anew, or gives a hint for another.

While it is open the client's messages stay unanswered, so whatever they write next makes a new draft for all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from valera.chats import draft_queries as queries
from valera.chats import queries as chat_queries
from valera.chats.chat import Chat, ChatHeld, ChatNotFound, NewMessages, Status, answer, call_human, say
from valera.chats.takeover_queries import find_by_key, find_holder, has_newer_words
from valera.kit.errors import Conflict, Invalid
from valera.telegram.outbox.queries import wake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valera.kit.db import AccountTx
    from valera.telegram.outbox.delivery import Keyboard

LONGEST_HINT = 500


class DraftGone(Conflict):
    """It was decided already, or the client has been answered otherwise."""


class DraftKind(StrEnum):
    """APPROVAL: the shop wants to see every answer first. REFUSED: the gates held these words back. HINTED: written for a member who has
    the chat.
    """

    APPROVAL = "approval"
    REFUSED = "refused"
    HINTED = "hinted"


@dataclass(frozen=True, slots=True)
class Proposed:
    """``upto_id``: the client's last message that it answers; ``origin`` as it is kept with a message."""

    turn_id: int
    upto_id: int
    kind: DraftKind
    text: str
    reason: str
    keyboard: Keyboard | None
    origin: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Draft:
    id: int
    chat_id: int
    turn_id: int | None
    upto_id: int
    kind: DraftKind
    text: str
    reason: str
    keyboard: list[list[dict[str, Any]]] | None
    origin: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Hint:
    """``draft``: what was written before it."""

    hint: str
    draft: str


async def propose(tx: AccountTx, chat_id: int, proposed: Proposed) -> None:
    """In place of the draft that is open, if one is. The caller holds the chat. One for approval makes the chat wait for a person."""
    await queries.insert_draft(
        tx,
        chat_id=chat_id,
        turn_id=proposed.turn_id,
        upto_id=proposed.upto_id,
        kind=proposed.kind.value,
        text=proposed.text,
        reason=proposed.reason,
        keyboard=proposed.keyboard,
        origin=proposed.origin,
    )
    if proposed.kind == DraftKind.APPROVAL:
        await call_human(tx, chat_id, reason=proposed.reason)


async def find_draft(tx: AccountTx, chat_id: int) -> Draft | None:
    """The open one, while it still answers something."""
    return await queries.select_open(tx, Draft, chat_id)


async def find_hint(tx: AccountTx, chat_id: int) -> Hint | None:
    """What a member said instead of sending the last draft."""
    return await queries.select_hint(tx, Hint, chat_id)


async def send_draft(tx: AccountTx, chat_id: int, draft_id: int, *, by: int, seen: int | None = None) -> None:
    """As it stands. Words that passed the gates are the assistant's, with its buttons, and it goes on answering; words that the gates
    refused become the member's own. Raises DraftGone, NewMessages, ChatHeld.
    """
    chat, draft = await _hold(tx, chat_id, draft_id, by=by, seen=seen)
    if draft.kind == DraftKind.APPROVAL and chat.status == Status.ASSISTANT and draft.turn_id is not None:
        await queries.update_decided(tx, draft.id, state="sent", by=by)
        await queries.finish_approved(tx, chat_id=chat_id, turn_id=draft.turn_id, upto_id=draft.upto_id)
        origin = draft.origin | {"approved_by": by}
        await say(tx, chat_id, draft.text, turn_id=draft.turn_id, keyboard=draft.keyboard, origin=origin)
        await wake(tx)
    else:
        await queries.update_decided(tx, draft.id, state="sent", by=by)
        await answer(tx, chat_id, by=by, text=draft.text, takes_over=draft.kind != DraftKind.APPROVAL)


async def send_edited(
    tx: AccountTx, chat_id: int, draft_id: int, *, by: int, text: str, key: str | None = None, seen: int | None = None
) -> int:
    """The member's own words in its place. Where the shop approves every answer they take nothing over: the assistant proposes the next
    answer, too. Raises as `send_draft`.
    """
    before = None if key is None else await find_by_key(tx, chat_id, key)
    if before is not None:
        return before
    _, draft = await _hold(tx, chat_id, draft_id, by=by, seen=seen)
    if not text.strip():
        raise Invalid("Write something first.", fields={"text": "empty"})
    await queries.update_decided(tx, draft.id, state="edited", by=by)
    message_id = await answer(tx, chat_id, by=by, text=text, key=key, takes_over=draft.kind != DraftKind.APPROVAL)
    await queries.clear_called(tx, chat_id)
    return message_id


async def give_hint(tx: AccountTx, chat_id: int, draft_id: int, *, by: int, hint: str) -> None:
    """The assistant writes again, in a turn of its own, and knows the hint. Raises DraftGone, ChatHeld."""
    hint = " ".join(hint.split())[:LONGEST_HINT]
    if not hint:
        raise Invalid("Write the hint first.", fields={"hint": "empty"})
    _, draft = await _hold(tx, chat_id, draft_id, by=by, seen=None)
    await queries.update_decided(tx, draft.id, state="hinted", by=by, hint=hint)
    await queries.wake_hinted(tx, chat_id)


async def drop_draft(tx: AccountTx, chat_id: int, draft_id: int, *, by: int) -> None:
    """Nobody needs it. The chat waits for a person as before."""
    _, draft = await _hold(tx, chat_id, draft_id, by=by, seen=None)
    await queries.update_decided(tx, draft.id, state="dropped", by=by)


async def _hold(tx: AccountTx, chat_id: int, draft_id: int, *, by: int, seen: int | None) -> tuple[Chat, Draft]:
    chat = await chat_queries.lock_chat(tx, Chat, chat_id)
    if chat is None:
        raise ChatNotFound("There is no such chat.")
    draft = await find_draft(tx, chat_id)
    if draft is None or draft.id != draft_id:
        raise DraftGone("This draft is no longer there.")
    if chat.status == Status.HUMAN and chat.assignee_id != by and (holder := await find_holder(tx, chat_id)) is not None:
        raise ChatHeld(holder)
    if seen is not None and await has_newer_words(tx, chat_id, after=max(seen, draft.upto_id)):
        raise NewMessages("The client wrote on. Read it, then send again.")
    return chat, draft
