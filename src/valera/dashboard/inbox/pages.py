"""The inbox: the list of chats, a thread, the client beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody

from valera.chats.chat import ChatNotFound
from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.inbox import queries
from valera.dashboard.inbox.acting.view import OUTCOMES, load_acting
from valera.dashboard.inbox.details.details import load_details
from valera.dashboard.inbox.files import LARGEST_ID, get_attachment
from valera.dashboard.inbox.head import get_head
from valera.dashboard.inbox.listing.chat_list import Counts, Folder, ListPage, count_chats, list_chats
from valera.dashboard.inbox.listing.search import search
from valera.dashboard.inbox.reading import see
from valera.dashboard.inbox.thread import blocks
from valera.dashboard.inbox.thread.blocks import Look
from valera.identity.permission import Permission

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.dashboard.inbox.details.details import ChatDetails
    from valera.dashboard.inbox.head import ChatHead
    from valera.dashboard.inbox.thread.blocks import Block
    from valera.kit.db import AccountTx

LONGEST_SEARCH = 200


class Seen(msgspec.Struct):
    """``upto``: the last message that was before the member's eyes."""

    upto: int


@get("/chats", permission=Permission.CHATS)
async def get_chats(page: ThePage, db: TheDb, folder: FromQuery[Folder] = Folder.ALL, q: FromQuery[str] = "") -> Response[bytes]:
    member_id = page.entry.member_id
    found = await search(db, q[:LONGEST_SEARCH], member_id=member_id) if q.strip() else None
    async with db.account_tx() as tx:
        listed, counts = await _list(tx, folder, member_id)
    return page.html("inbox.html", chat=None, listed=listed, counts=counts, found=found, q=q)


@get("/chats/list", permission=Permission.CHATS)
async def get_chat_list(
    page: ThePage,
    db: TheDb,
    *,
    folder: FromQuery[Folder] = Folder.ALL,
    q: FromQuery[str] = "",
    after: FromQuery[str] = "",
    upto: FromQuery[str] = "",
    rows: FromQuery[bool] = False,
) -> Response[bytes]:
    """A part of the list: all of a folder with its head, its first ``rows`` again, those behind ``after``, or what was searched for."""
    member_id, current = page.entry.member_id, _current(page)
    if q.strip():
        found = await search(db, q[:LONGEST_SEARCH], member_id=member_id)
        return page.html("_inbox_found.html", found=found, current=current)
    async with db.account_tx() as tx:
        if after or rows:
            listed = await list_chats(tx, folder, member_id=member_id, after=after, upto=upto)
            return page.html("_inbox_more.html" if after else "_inbox_rows.html", listed=listed, current=current)
        listed, counts = await _list(tx, folder, member_id)
    return page.html("_inbox_list.html", headers=_address(page, folder), listed=listed, counts=counts, current=current)


@get("/chats/{chat_id:int}", permission=Permission.CHATS)
async def get_chat(
    page: ThePage, db: TheDb, chat_id: FromPath[int], message: FromQuery[int] = 0, folder: FromQuery[Folder] = Folder.ALL
) -> Response[bytes]:
    """With ``message`` at that one, else at the first that is new, else at the end."""
    member_id, found = page.entry.member_id, message if 0 < message <= LARGEST_ID else 0
    async with db.account_tx() as tx:
        chat = await _head(tx, chat_id, member_id)
        upto_id = await queries.select_upto(tx, chat_id, member_id=member_id)
        unread_from = await blocks.first_unread(tx, chat_id, upto_id=upto_id)
        look = Look(page.zone, page.t.locale, found, unread_from)
        end = await blocks.newest(tx, chat_id, look)
        wanted = found or unread_from or 0
        middle = await blocks.around(tx, chat_id, look, wanted=wanted, before_id=end.first_id) if wanted else None
        details = await load_details(tx, chat_id=chat_id, client_id=chat.client_id, now=page.now)
        acting = await load_acting(tx, chat_id, member_id=member_id, chat=chat)
        shown: dict[str, Any] = _thread(chat, end, middle, look, details) | {"acting": acting, "outcomes": OUTCOMES}
        if page.is_fragment:
            return page.html("_inbox_pane.html", **shown)
        listed, counts = await _list(tx, folder, member_id)
    return page.html("inbox.html", listed=listed, counts=counts, found=None, q="", **shown)


@get("/chats/{chat_id:int}/messages", permission=Permission.CHATS)
async def get_messages(
    page: ThePage, db: TheDb, chat_id: FromPath[int], *, since: FromQuery[int] = 0, unread: FromQuery[int] = 0, found: FromQuery[int] = 0
) -> Response[bytes]:
    """The end of the thread as it is now, from ``since`` on; the line above what was new stays where it stood."""
    look = Look(page.zone, page.t.locale, found, unread or None)
    async with db.account_tx() as tx:
        chat = await _head(tx, chat_id, page.entry.member_id)
        end = await blocks.newest(tx, chat_id, look, since_id=max(0, min(since, LARGEST_ID)))
    headers = {"HX-Refresh": "true"} if end.is_overgrown else {}
    return page.html("_inbox_lines.html", headers=headers, chat=chat, block=end)


@get("/chats/{chat_id:int}/messages/before/{message_id:int}", permission=Permission.CHATS)
async def get_older(page: ThePage, db: TheDb, chat_id: FromPath[int], message_id: FromPath[int]) -> Response[bytes]:
    look = Look(page.zone, page.t.locale)
    async with db.account_tx() as tx:
        chat = await _head(tx, chat_id, page.entry.member_id)
        block = await blocks.before(tx, chat_id, look, before_id=min(message_id, LARGEST_ID))
    return page.html("_inbox_older.html", chat=chat, block=block)


@get("/chats/{chat_id:int}/messages/between/{after_id:int}/{before_id:int}", permission=Permission.CHATS)
async def get_between(
    page: ThePage, db: TheDb, chat_id: FromPath[int], after_id: FromPath[int], before_id: FromPath[int]
) -> Response[bytes]:
    look = Look(page.zone, page.t.locale)
    async with db.account_tx() as tx:
        chat = await _head(tx, chat_id, page.entry.member_id)
        block = await blocks.between(tx, chat_id, look, after_id=min(after_id, LARGEST_ID), before_id=min(before_id, LARGEST_ID))
    return page.html("_inbox_newer.html", chat=chat, block=block, end_id=before_id)


@get("/chats/{chat_id:int}/details", permission=Permission.CHATS)
async def get_details(page: ThePage, db: TheDb, chat_id: FromPath[int]) -> Response[bytes]:
    """The panel beside the thread; on a phone a page of its own."""
    async with db.account_tx() as tx:
        chat = await _head(tx, chat_id, page.entry.member_id)
        details = await load_details(tx, chat_id=chat_id, client_id=chat.client_id, now=page.now)
    return page.html("_inbox_details.html" if page.is_fragment else "inbox_details.html", chat=chat, details=details)


@post("/chats/{chat_id:int}/reads", permission=Permission.CHATS)
async def post_reads(page: ThePage, db: TheDb, chat_id: FromPath[int], data: URLEncodedBody[Seen]) -> Response[bytes]:
    async with db.account_tx() as tx:
        await _head(tx, chat_id, page.entry.member_id)
        await see(tx, chat_id, member_id=page.entry.member_id, upto_id=max(0, min(data.upto, LARGEST_ID)))
    return page.nothing()


HANDLERS: list[Any] = [
    get_chats, get_chat_list, get_chat, get_messages, get_older, get_between, get_details, post_reads, get_attachment,
]  # fmt: skip


def _thread(chat: ChatHead, end: Block, middle: Block | None, look: Look, details: ChatDetails) -> dict[str, Any]:
    return {"chat": chat, "block": end, "middle": middle, "look": look, "details": details, "current": chat.id}


async def _head(tx: AccountTx, chat_id: int, member_id: int) -> ChatHead:
    if not 0 < chat_id <= LARGEST_ID:
        raise ChatNotFound("There is no such chat.")
    return await get_head(tx, chat_id, member_id=member_id)


async def _list(tx: AccountTx, folder: Folder, member_id: int) -> tuple[ListPage, Counts]:
    return await list_chats(tx, folder, member_id=member_id), await count_chats(tx, member_id=member_id)


def _current(page: Page) -> int:
    """The chat that is open beside the list, as htmx says."""
    number = urlsplit(page.request.headers.get("hx-current-url", "")).path.partition("/chats/")[2].partition("/")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < len(str(LARGEST_ID)) else 0


def _address(page: Page, folder: Folder) -> dict[str, str]:
    """The folder stands in the address, so that it is there after a reload."""
    current = _current(page)
    query = "?" + urlencode({"folder": folder.value}) if folder is not Folder.ALL else ""
    return {"HX-Replace-Url": page.url(f"/chats/{current}{query}" if current else f"/chats{query}")}
