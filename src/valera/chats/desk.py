"""What members do in a chat beside answering: hand it to a colleague, close it and open it again, note something, send again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.chats import desk_queries as queries
from valera.chats import queries as chat_queries
from valera.chats import takeover_queries as takeover
from valera.chats.chat import Chat, ChatMovedOn, ChatNotFound, Status
from valera.kit.errors import Conflict, Invalid, NotFound
from valera.telegram.outbox.queries import update_again, wake

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

LONGEST_NOTE = 4000


class ColleagueNotFound(NotFound):
    """Nobody in the team has this number."""


class DeliveryNotFound(NotFound):
    """The chat has no failed message of this number."""


class ChatClosed(Conflict):
    """Nothing can be done in a closed chat but open it again."""


async def assign(tx: AccountTx, chat_id: int, *, to: int, by: int) -> str:
    """Another member answers from now on, whoever did. Returns their name. Raises ColleagueNotFound, ChatClosed."""
    chat = await _hold(tx, chat_id)
    name = await queries.find_member_name(tx, to)
    if name is None:
        raise ColleagueNotFound("Nobody in the team has this number.")
    if chat.status == Status.CLOSED:
        raise ChatClosed("This chat is closed. Open it again first.")
    if chat.status == Status.HUMAN and chat.assignee_id == to:
        return name
    await takeover.update_taken_over(tx, chat_id, assignee_id=to)
    await takeover.withdraw_automation(tx, chat_id)
    await _tell(tx, chat_id, "assigned", by=by, to=name)
    return name


async def close(tx: AccountTx, chat_id: int, *, by: int, outcome: str | None = None) -> bool:
    """Nobody has to answer any more. What the client writes next begins another chat. Who answered stays written, for `reopen`.
    False: it was closed already.
    """
    chat = await _hold(tx, chat_id)
    if chat.status == Status.CLOSED:
        return False
    await takeover.withdraw_automation(tx, chat_id)
    await chat_queries.mark_answered_by_human(tx, chat_id)
    await takeover.drop_drafts(tx, chat_id)
    await queries.update_closed(tx, chat_id)
    await _tell(tx, chat_id, "closed", by=by, **({"outcome": outcome} if outcome else {}))
    return True


async def reopen(tx: AccountTx, chat_id: int, *, by: int) -> None:
    """Whoever answered before it was closed answers again. Raises ChatMovedOn."""
    chat = await _hold(tx, chat_id)
    if chat.status != Status.CLOSED:
        return
    if await takeover.has_another_open(tx, chat_id):
        raise ChatMovedOn("The client has begun another chat since.")
    await queries.update_reopened(tx, chat_id)
    await _tell(tx, chat_id, "reopened", by=by)


async def note(tx: AccountTx, chat_id: int, *, by: int, text: str, key: str | None = None) -> int:
    """For the team alone: no delivery can be made of it, the assistant does not read it, and the chat is as quiet as before."""
    if not text.strip():
        raise Invalid("Write something first.", fields={"text": "empty"})
    await _hold(tx, chat_id)
    if key is not None and (before := await takeover.find_by_key(tx, chat_id, key)) is not None:
        return before
    return await queries.insert_note(tx, chat_id=chat_id, content=text.strip()[:LONGEST_NOTE], author_id=by, client_key=key)


async def send_again(tx: AccountTx, chat_id: int, delivery_id: int) -> None:
    """What Telegram refused is tried once more. Raises DeliveryNotFound."""
    await _hold(tx, chat_id)
    if not await update_again(tx, delivery_id, chat_id=chat_id):
        raise DeliveryNotFound("There is no failed message of this number.")
    await wake(tx)


async def _hold(tx: AccountTx, chat_id: int) -> Chat:
    chat = await chat_queries.lock_chat(tx, Chat, chat_id)
    if chat is None:
        raise ChatNotFound("There is no such chat.")
    return chat


async def _tell(tx: AccountTx, chat_id: int, event: str, *, by: int, **values: str) -> None:
    await queries.insert_event(tx, chat_id=chat_id, event=event, author_id=by, values=values or None)
