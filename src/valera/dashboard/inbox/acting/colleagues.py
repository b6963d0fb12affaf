"""Who else is in this chat."""

from __future__ import annotations

from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from valera.chats.presence import list_colleagues, show_presence
from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.inbox.acting.answering import bounded
from valera.identity.permission import Permission


@post("/chats/{chat_id:int}/presence", permission=Permission.CHATS)
async def post_presence(page: ThePage, db: TheDb, chat_id: FromPath[int]) -> Response[bytes]:
    """The page says that it is open, and reads who else has it open."""
    me = page.entry.member_id
    async with db.account_tx() as tx:
        await show_presence(tx, bounded(chat_id), member_id=me, now=page.now)
        colleagues = await list_colleagues(tx, chat_id, member_id=me, now=page.now)
    typing = [one.name for one in colleagues if one.is_typing]
    return page.html("_acting_colleagues.html", chat_id=chat_id, typing=typing, here=[one.name for one in colleagues])


HANDLERS: list[Any] = [post_presence]
