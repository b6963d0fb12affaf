"""Canned replies: chosen in a chat, with what is known filled in, and kept on a page of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, URLEncodedBody

from valera.chats.canned import PLACES, CannedReply, ClientWords, TitleTaken, add_reply, change_reply, get_reply, list_replies, remove_reply
from valera.chats.chat import ChatNotFound
from valera.chats.desk_queries import select_client_words
from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.inbox.acting.answering import bounded
from valera.identity.permission import Permission
from valera.kit.errors import Invalid

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page


class ReplyForm(msgspec.Struct):
    title: str = ""
    text: str = ""


@get("/chats/{chat_id:int}/replies", permission=Permission.CHATS)
async def get_choices(page: ThePage, db: TheDb, chat_id: FromPath[int]) -> Response[bytes]:
    async with db.account_tx() as tx:
        words = await select_client_words(tx, ClientWords, bounded(chat_id), now=page.now)
        if words is None:
            raise ChatNotFound("There is no such chat.")
        replies = await list_replies(tx)
    known = {
        "name": words.name.split(" ")[0],
        "car": words.car,
        "slot": "" if words.starts_at is None else _moment(page, words),
        "number": "" if words.number is None else str(words.number),
        "shop": words.shop,
        "me": page.entry.name,
    }
    return page.html("_acting_replies.html", replies=[(reply, reply.filled(known)) for reply in replies])


@get("/replies", permission=Permission.CHATS)
async def get_replies(page: ThePage, db: TheDb) -> Response[bytes]:
    async with db.account_tx() as tx:
        replies = await list_replies(tx)
    return page.html("replies.html", replies=replies)


@get("/replies/new", permission=Permission.CHATS)
async def get_new_reply(page: ThePage) -> Response[bytes]:
    return _form(page, CannedReply(0, "", ""))


@get("/replies/{reply_id:int}", permission=Permission.CHATS)
async def get_one_reply(page: ThePage, db: TheDb, reply_id: FromPath[int]) -> Response[bytes]:
    async with db.account_tx() as tx:
        reply = await get_reply(tx, bounded(reply_id))
    return _form(page, reply)


@post("/replies", permission=Permission.CHATS)
async def post_reply(page: ThePage, db: TheDb, data: URLEncodedBody[ReplyForm]) -> Response[bytes]:
    try:
        async with db.account_tx() as tx:
            await add_reply(tx, title=data.title, text=data.text)
    except (Invalid, TitleTaken) as error:
        return _form(page, CannedReply(0, data.title, data.text), error)
    return page.go("/replies", page.t("inbox.replies.saved"))


@post("/replies/{reply_id:int}", permission=Permission.CHATS)
async def post_changed_reply(page: ThePage, db: TheDb, reply_id: FromPath[int], data: URLEncodedBody[ReplyForm]) -> Response[bytes]:
    try:
        async with db.account_tx() as tx:
            await get_reply(tx, bounded(reply_id))
            await change_reply(tx, bounded(reply_id), title=data.title, text=data.text)
    except (Invalid, TitleTaken) as error:
        return _form(page, CannedReply(reply_id, data.title, data.text), error)
    return page.go("/replies", page.t("inbox.replies.saved"))


@delete("/replies/{reply_id:int}", permission=Permission.CHATS, status_code=200)
async def delete_reply(page: ThePage, db: TheDb, reply_id: FromPath[int]) -> Response[bytes]:
    async with db.account_tx() as tx:
        await remove_reply(tx, bounded(reply_id))
    return page.go("/replies", page.t("inbox.replies.deleted"))


HANDLERS: list[Any] = [
    get_choices, get_replies, get_new_reply, get_one_reply, post_reply, post_changed_reply, delete_reply,
]  # fmt: skip


def _form(page: Page, reply: CannedReply, error: Invalid | TitleTaken | None = None) -> Response[bytes]:
    errors = {name: page.t(f"inbox.replies.length_{name}") for name in error.fields} if isinstance(error, Invalid) else {}
    if isinstance(error, TitleTaken):
        errors = {"title": page.t("inbox.replies.taken")}
    return page.html("reply.html", status=422 if errors else 200, reply=reply, errors=errors, places=PLACES)


def _moment(page: Page, words: ClientWords) -> str:
    assert words.starts_at is not None
    local = words.starts_at.astimezone(page.zone)
    return f"{page.t.day(local.date())}, {page.t.clock(local)}"
