"""Chat: one client's dialogue with one bot of the shop. Message: what was said in it. Takeover: a person answers, automation is silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from valera.chats import queries
from valera.chats import takeover_queries as takeover
from valera.chats.disclosure import find_disclosure
from valera.kit.errors import Conflict, Invalid, NotFound
from valera.telegram.outbox.album import put_album
from valera.telegram.outbox.delivery import put_delivery
from valera.telegram.outbox.queries import wake

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from valera.kit.db import AccountTx
    from valera.telegram.outbox.album import SentFile
    from valera.telegram.outbox.delivery import Departure, Keyboard
    from valera.telegram.outbox.document import Document


BY_CODE: Mapping[str, object] = {"model": "code", "tokens": {"input": 0, "output": 0}, "cost": "0"}
"""The origin of what no model has written."""


class ChatNotFound(NotFound):
    """The shop has no such chat."""


class ChatHeld(Conflict):
    """A colleague answers this chat. ``holder``: their name."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"{holder} answers this chat.")
        self.holder = holder


class ChatMovedOn(Conflict):
    """The chat was closed and the client has begun another one since."""


class NewMessages(Conflict):
    """The client wrote on before these words were sent, and who wrote them has not seen it."""


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
    NOTE = "note"
    """Of a member, for the team alone."""


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


async def take_over(tx: AccountTx, chat_id: int, *, by: int, from_colleague: bool = False) -> None:
    """A member answers from now on: what the assistant had ready is withdrawn, what it is working on stops and will not be sent.
    ``from_colleague``: also if a colleague has the chat. Raises ChatHeld, ChatMovedOn.
    """
    chat = await queries.lock_chat(tx, Chat, chat_id)
    if chat is None:
        raise ChatNotFound("There is no such chat.")
    if chat.status == Status.HUMAN and chat.assignee_id == by:
        return
    holder = await takeover.find_holder(tx, chat_id)
    if holder is not None and not from_colleague:
        raise ChatHeld(holder)
    if chat.status == Status.CLOSED and await takeover.has_another_open(tx, chat_id):
        raise ChatMovedOn("The client has begun another chat since.")
    await takeover.update_taken_over(tx, chat_id, assignee_id=by)
    await takeover.withdraw_automation(tx, chat_id)
    note: Mapping[str, object] | None = {"from": holder} if holder else None
    await queries.insert_message(tx, chat_id=chat_id, role=Role.SYSTEM, content="taken_over", author_id=by, llm_response_data=note)


async def hand_back(tx: AccountTx, chat_id: int, *, by: int) -> None:
    """The assistant answers again, beginning with what the client asked last if nobody has answered that."""
    chat = await queries.lock_chat(tx, Chat, chat_id)
    if chat is None:
        raise ChatNotFound("There is no such chat.")
    if chat.status != Status.HUMAN:
        return
    await takeover.update_handed_back(tx, chat_id)
    await queries.insert_message(tx, chat_id=chat_id, role=Role.SYSTEM, content="handed_back", author_id=by)
    if await queries.has_unanswered(tx, chat_id):
        await takeover.wake_turn(tx, chat_id)


async def answer(
    tx: AccountTx,
    chat_id: int,
    *,
    by: int,
    text: str,
    files: Sequence[SentFile] = (),
    key: str | None = None,
    seen: int | None = None,
    takes_over: bool = True,
) -> int:
    """A member's words to the client. The first of them takes the chat over in the same transaction.

    ``key``: given by who sends; what comes twice is one message. ``seen``: the last message that the member saw; None: not asked.
    ``takes_over`` False: words that the assistant proposed and a member wrote anew; who answers stays as it is. Raises ChatHeld,
    NewMessages.
    """
    text = text.strip()
    if not text and not files:
        raise Invalid("Write something first.", fields={"text": "empty"})
    chat = await queries.lock_chat(tx, Chat, chat_id)
    if chat is None:
        raise ChatNotFound("There is no such chat.")
    if key is not None and (before := await takeover.find_by_key(tx, chat_id, key)) is not None:
        return before
    if seen is not None and await takeover.has_newer_words(tx, chat_id, after=seen):
        raise NewMessages("The client wrote on. Read it, then send again.")
    if takes_over or chat.status != Status.ASSISTANT:
        await take_over(tx, chat_id, by=by)
    message_id = await queries.insert_message(tx, chat_id=chat_id, role=Role.MANAGER, content=text, author_id=by, client_key=key)
    await queries.mark_answered_by_human(tx, chat_id)
    await takeover.drop_drafts(tx, chat_id)
    if files:
        await put_album(tx, chat_id=chat_id, message_id=message_id, text=text, author_id=by, files=files)
    else:
        await put_delivery(tx, chat_id=chat_id, message_id=message_id, text=text, author_id=by)
    return message_id


async def call_human(tx: AccountTx, chat_id: int, *, reason: str) -> None:
    """The chat waits, visibly, for a person; the assistant goes on answering until somebody takes over."""
    await takeover.update_human_called(tx, chat_id, reason=reason)
