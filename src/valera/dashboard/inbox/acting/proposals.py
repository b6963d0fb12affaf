"""The assistant's draft: sending it as it stands, giving a hint for another, dropping it. Who edits one sends it as a message."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, delete, post
from litestar.params import FromPath, URLEncodedBody

from valera.chats.drafting import drop_draft, give_hint, send_draft
from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.inbox.acting.answering import bounded, shown
from valera.identity.permission import Permission


class Approval(msgspec.Struct):
    """``seen``: the last message that stood on the page."""

    seen: int = 0


class HintForm(msgspec.Struct):
    hint: str


@post("/chats/{chat_id:int}/drafts/{draft_id:int}/approval", permission=Permission.CHATS)
async def post_approval(
    page: ThePage, db: TheDb, chat_id: FromPath[int], draft_id: FromPath[int], data: URLEncodedBody[Approval]
) -> Response[bytes]:
    async with db.account_tx() as tx:
        await send_draft(tx, bounded(chat_id), bounded(draft_id), by=page.entry.member_id, seen=bounded(data.seen) or None)
        return await shown(tx, page, chat_id)


@post("/chats/{chat_id:int}/drafts/{draft_id:int}/hint", permission=Permission.CHATS)
async def post_hint(
    page: ThePage, db: TheDb, chat_id: FromPath[int], draft_id: FromPath[int], data: URLEncodedBody[HintForm]
) -> Response[bytes]:
    async with db.account_tx() as tx:
        await give_hint(tx, bounded(chat_id), bounded(draft_id), by=page.entry.member_id, hint=data.hint)
        return await shown(tx, page, chat_id)


@delete("/chats/{chat_id:int}/drafts/{draft_id:int}", permission=Permission.CHATS, status_code=200)
async def delete_draft(page: ThePage, db: TheDb, chat_id: FromPath[int], draft_id: FromPath[int]) -> Response[bytes]:
    async with db.account_tx() as tx:
        await drop_draft(tx, bounded(chat_id), bounded(draft_id), by=page.entry.member_id)
        return await shown(tx, page, chat_id)


HANDLERS: list[Any] = [post_approval, post_hint, delete_draft]
