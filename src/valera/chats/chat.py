"""Chat: one client's dialogue with one bot of the shop. Message: what was said in it. Takeover: a person answers, automation is silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.chats import queries
from valera.chats.disclosure import find_disclosure
from valera.kit.errors import Invalid, NotFound
from valera.telegram.outbox.delivery import put_delivery
from valera.telegram.outbox.queries import wake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from valera.kit.db import AccountTx
    from valera.telegram.outbox.delivery import Departure, Keyboard
    from valera.telegram.outbox.document import Document


BY_CODE: Mapping[str, object] = {"model": "code", "tokens": {"input": 0, "output": 0}, "cost": "0"}
"""The origin of what no model has written."""


class ChatNotFound(NotFound):
    """The shop has no such chat."""


class Status(StrEnum):
    ASSISTANT = "assistant"
    HUMAN = "human"
    CLOSED = "closed"


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    MANAGER = "manager"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Chat:
    id: int
    bot_id: int
    telegram_chat_id: int
    client_id: int
    status: Status
    assignee_id: int | None
    human_called_at: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    role: Role
    content: str
    attachments: list[dict[str, str]]
    turn_id: int | None
    created_at: datetime


async def get_chat(tx: AccountTx, chat_id: int) -> Chat:
    chat = await queries.select_chat(tx, Chat, chat_id)
    if chat is None:
        raise ChatNotFound("There is no such chat.")
    return chat


async def open_chat(tx: AccountTx, *, bot_id: int, telegram_chat_id: int, telegram_user_id: int, client_id: int) -> tuple[Chat, bool]:
    """The open chat of this client with this bot; True: it has just begun."""
    found = await queries.select_open_chat(tx, Chat, bot_id=bot_id, telegram_chat_id=telegram_chat_id)
    if found is not None:
        return found, False
    chat = await queries.insert_chat(
        tx, Chat, bot_id=bot_id, telegram_chat_id=telegram_chat_id, telegram_user_id=telegram_user_id, client_id=client_id
    )
    return chat, True


async def say(
    tx: AccountTx,
    chat_id: int,
    text: str,
    *,
    turn_id: int,
    keyboard: Keyboard | None = None,
    document: Document | None = None,
    origin: Mapping[str, object] | None = None,
    sender: int | None = None,
) -> Departure | None:
    """The assistant's words: a message and its delivery. ``origin`` says which model, at what cost, in how many milliseconds;
    ``sender`` is the worker that will send them as soon as they are committed. What the client has to be told first stands before them.
    """
    disclosure = await find_disclosure(tx, chat_id)
    if disclosure is not None:
        text = f"{disclosure.text}\n\n{text}"
    message_id = await queries.insert_message(
        tx, chat_id=chat_id, role=Role.ASSISTANT, content=text, turn_id=turn_id, llm_response_data=origin
    )
    if disclosure is not None:
        await disclosure.note(tx, message_id=message_id)
    return await put_delivery(
        tx, chat_id=chat_id, message_id=message_id, text=text, turn_id=turn_id, keyboard=keyboard, document=document, sender=sender
    )


async def tell(
    tx: AccountTx, chat_id: int, text: str, *, trigger: str, keyboard: Keyboard | None = None, document: Document | None = None
) -> int:
    """What nobody asked for, said by code: a turn that is finished as it begins and answers no message. Returns the turn."""
    turn_id = await queries.insert_told_turn(tx, chat_id=chat_id, trigger=trigger)
    await say(tx, chat_id, text, turn_id=turn_id, keyboard=keyboard, document=document, origin=BY_CODE)
    await wake(tx)
    return turn_id


async def take_over(tx: AccountTx, chat_id: int, *, by: int) -> None:
    """A member answers from now on: what the assistant had ready is withdrawn, what it is working on will not be sent."""
    chat = await queries.lock_chat(tx, Chat, chat_id)
    if chat is None:
        raise ChatNotFound("There is no such chat.")
    if chat.status == Status.HUMAN and chat.assignee_id == by:
        return
    await queries.update_taken_over(tx, chat_id, assignee_id=by)
    await queries.withdraw_automation(tx, chat_id)
    await queries.insert_message(tx, chat_id=chat_id, role=Role.SYSTEM, content="taken_over", author_id=by)


async def hand_back(tx: AccountTx, chat_id: int, *, by: int) -> None:
    """The assistant answers again, beginning with what the client asked last if nobody has answered that."""
    chat = await queries.lock_chat(tx, Chat, chat_id)
    if chat is None:
        raise ChatNotFound("There is no such chat.")
    if chat.status != Status.HUMAN:
        return
    await queries.update_handed_back(tx, chat_id)
    await queries.insert_message(tx, chat_id=chat_id, role=Role.SYSTEM, content="handed_back", author_id=by)
    if await queries.has_unanswered(tx, chat_id):
        await queries.wake_turn(tx, chat_id)


async def answer(tx: AccountTx, chat_id: int, *, by: int, text: str) -> int:
    """A member's words to the client. The first of them takes the chat over in the same transaction."""
    if not text.strip():
        raise Invalid("Write something first.", fields={"text": "empty"})
    await take_over(tx, chat_id, by=by)
    message_id = await queries.insert_message(tx, chat_id=chat_id, role=Role.MANAGER, content=text.strip(), author_id=by)
    await queries.mark_answered_by_human(tx, chat_id)
    await put_delivery(tx, chat_id=chat_id, message_id=message_id, text=text.strip(), author_id=by)
    return message_id


async def call_human(tx: AccountTx, chat_id: int, *, reason: str) -> None:
    """The chat waits, visibly, for a person; the assistant goes on answering until somebody takes over."""
    await queries.update_human_called(tx, chat_id, reason=reason)
