"""Chats of the shop, and what is said in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation

from valera.api import queries
from valera.api.described import READ, READ_BELOW, READ_ONE, WRITE
from valera.api.guard import TheCaller
from valera.api.idempotency import IdempotencyKey, find_made, note_made
from valera.api.lists import USUAL, After, Limit, page_of, place_of
from valera.api.structs import Attachment, Chat, Id, Message, NewMessage, Page
from valera.chats.chat import ChatNotFound, answer, get_chat
from valera.kit.db import AccountTx, Database
from valera.kit.errors import NotFound

TheDb = NamedDependency[SkipValidation[Database]]

ROLES: dict[str, Literal["client", "assistant", "member"]] = {"user": "client", "assistant": "assistant", "manager": "member"}


class MessageNotFound(NotFound):
    """The chat has no such message."""


@dataclass(frozen=True, slots=True)
class MessageRow:
    id: int
    chat_id: int
    kept_role: str
    text: str
    kept_attachments: list[dict[str, str]]
    author: str | None
    delivery: str | None
    created_at: datetime
    edited_at: datetime | None

    def told(self) -> Message:
        return Message(
            id=self.id,
            chat_id=self.chat_id,
            role=ROLES[self.kept_role],
            text=self.text,
            attachments=[
                Attachment(one.get("kind", ""), one.get("text") or one.get("file_name") or one.get("name", ""))
                for one in self.kept_attachments
            ],
            author=self.author,
            delivery=self.delivery,
            created_at=self.created_at,
            edited_at=self.edited_at,
        )


@dataclass(frozen=True, slots=True)
class ChatRow:
    id: int
    client_id: int | None
    bot: str
    status: Literal["assistant", "human", "closed"]
    human_called_at: datetime | None
    created_at: datetime
    last_message_at: datetime

    def told(self) -> Chat:
        return Chat(self.id, self.client_id, self.bot, self.status, self.human_called_at, self.created_at, self.last_message_at)


@get("/chats", operation_id="listChats", summary="Chats of the shop", tags=["Chats"], responses=READ)
async def get_chats(
    db: TheDb,
    status: Annotated[Literal["assistant", "human", "closed"] | None, QueryParameter(description="Who answers.")] = None,
    client_id: Annotated[Id | None, QueryParameter(description="Of this client.")] = None,
    limit: Limit = USUAL,
    after: After = "",
) -> Page[Chat]:
    place = place_of(after)
    async with db.account_tx() as tx:
        rows = await queries.select_chats(tx, ChatRow, chat_id=None, status=status, client_id=client_id, after=place, limit=limit + 1)
    return page_of([row.told() for row in rows], limit, lambda chat: chat.id)


@get("/chats/{chat_id:int}", operation_id="getChat", summary="One chat", tags=["Chats"], responses=READ_ONE)
async def get_one_chat(db: TheDb, chat_id: FromPath[Id]) -> Chat:
    async with db.account_tx() as tx:
        rows = await queries.select_chats(tx, ChatRow, chat_id=chat_id, status=None, client_id=None, after=0, limit=1)
    if not rows:
        raise ChatNotFound("There is no such chat.")
    return rows[0].told()


@get("/chats/{chat_id:int}/messages", operation_id="listMessages", summary="What was said", tags=["Chats"], responses=READ_BELOW)
async def get_messages(db: TheDb, chat_id: FromPath[Id], limit: Limit = USUAL, after: After = "") -> Page[Message]:
    place = place_of(after)
    async with db.account_tx() as tx:
        await get_chat(tx, chat_id)
        rows = await queries.select_messages(tx, MessageRow, chat_id=chat_id, message_id=None, after=place, limit=limit + 1)
    return page_of([row.told() for row in rows], limit, lambda message: message.id)


@post("/chats/{chat_id:int}/messages", operation_id="sendMessage", summary="Write to the client", tags=["Chats"], responses=WRITE)
async def post_message(
    db: TheDb, caller: TheCaller, chat_id: FromPath[Id], data: JSONBody[NewMessage], idempotency_key: IdempotencyKey = None
) -> Message:
    """In the name of the member who made the key, like a word from the inbox: it takes the chat over."""
    async with db.account_tx() as tx:
        await get_chat(tx, chat_id)
        made_id = await find_made(tx, caller, idempotency_key, data, place=f"chats/{chat_id}/messages")
        if made_id is None:
            made_id = await answer(tx, chat_id, by=caller.member_id, text=data.text.replace("\x00", ""))
            await note_made(tx, caller, idempotency_key, made_id)
        return await _get_message(tx, chat_id, made_id)


async def _get_message(tx: AccountTx, chat_id: int, message_id: int) -> Message:
    rows = await queries.select_messages(tx, MessageRow, chat_id=chat_id, message_id=message_id, after=0, limit=1)
    if not rows:
        raise MessageNotFound("This message was deleted since.")
    return rows[0].told()


HANDLERS: list[Any] = [get_chats, get_one_chat, get_messages, post_message]
