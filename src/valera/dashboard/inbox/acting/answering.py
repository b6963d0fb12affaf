"""Who answers: taking over, giving back, handing to a colleague, closing and opening again, marking as unread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, URLEncodedBody

from valera.chats.chat import Status, hand_back, take_over
from valera.chats.desk import assign
from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.inbox.acting.view import OUTCOMES, load_acting
from valera.dashboard.inbox.files import LARGEST_ID
from valera.dashboard.inbox.reading import mark_unread
from valera.followup.outcomes.episode import Outcome
from valera.identity.permission import Permission

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx


class Takeover(msgspec.Struct):
    """``from_colleague``: on, or nothing."""

    from_colleague: str = ""


class Assignee(msgspec.Struct):
    member: int


class Closure(msgspec.Struct):
    """``outcome`` empty: as the dialogue's own lines say."""

    outcome: str = ""


@get("/chats/{chat_id:int}/acting", permission=Permission.CHATS)
async def get_acting(page: ThePage, db: TheDb, chat_id: FromPath[int]) -> Response[bytes]:
    """The bar's right side and the draft, as they are now."""
    async with db.account_tx() as tx:
        return await shown(tx, page, chat_id)


@post("/chats/{chat_id:int}/takeover", permission=Permission.CHATS)
async def post_takeover(page: ThePage, db: TheDb, chat_id: FromPath[int], data: URLEncodedBody[Takeover]) -> Response[bytes]:
    async with db.account_tx() as tx:
        before = await load_acting(tx, bounded(chat_id), member_id=page.entry.member_id)
        await take_over(tx, chat_id, by=page.entry.member_id, from_colleague=bool(data.from_colleague))
        response = await shown(tx, page, chat_id)
    told = "stopped" if before.chat.status == Status.ASSISTANT else "taken"
    return page.toast(response, page.t(f"inbox.acting.{told}"))


@delete("/chats/{chat_id:int}/takeover", permission=Permission.CHATS, status_code=200)
async def delete_takeover(page: ThePage, db: TheDb, chat_id: FromPath[int]) -> Response[bytes]:
    async with db.account_tx() as tx:
        await hand_back(tx, bounded(chat_id), by=page.entry.member_id)
        response = await shown(tx, page, chat_id)
    return page.toast(response, page.t("inbox.acting.returned"))


@post("/chats/{chat_id:int}/assignee", permission=Permission.CHATS)
async def post_assignee(page: ThePage, db: TheDb, chat_id: FromPath[int], data: URLEncodedBody[Assignee]) -> Response[bytes]:
    async with db.account_tx() as tx:
        name = await assign(tx, bounded(chat_id), to=min(max(data.member, 0), LARGEST_ID), by=page.entry.member_id)
        response = await shown(tx, page, chat_id)
    return page.toast(response, page.t("inbox.acting.assigned", name=name))


@post("/chats/{chat_id:int}/closure", permission=Permission.CHATS)
async def post_closure(page: ThePage, db: TheDb, chat_id: FromPath[int], data: URLEncodedBody[Closure]) -> Response[bytes]:
    from valera.followup.outcomes.close import close_with

    outcome = Outcome(data.outcome) if data.outcome in OUTCOMES else None
    async with db.account_tx() as tx:
        await close_with(tx, bounded(chat_id), outcome, by=page.entry.member_id)
        response = await shown(tx, page, chat_id)
    return page.toast(response, page.t("inbox.acting.was_closed"), page.url(f"/chats/{chat_id}/reopening"))


@post("/chats/{chat_id:int}/reopening", permission=Permission.CHATS)
async def post_reopening(page: ThePage, db: TheDb, chat_id: FromPath[int]) -> Response[bytes]:
    from valera.followup.outcomes.close import reopen

    async with db.account_tx() as tx:
        await reopen(tx, bounded(chat_id), by=page.entry.member_id)
        response = await shown(tx, page, chat_id)
    return page.toast(response, page.t("inbox.acting.was_reopened"))


@post("/chats/{chat_id:int}/unread", permission=Permission.CHATS)
async def post_unread(page: ThePage, db: TheDb, chat_id: FromPath[int]) -> Response[bytes]:
    async with db.account_tx() as tx:
        await mark_unread(tx, bounded(chat_id), member_id=page.entry.member_id, now=page.now)
    return page.go("/chats", page.t("inbox.acting.was_unread"))


HANDLERS: list[Any] = [get_acting, post_takeover, delete_takeover, post_assignee, post_closure, post_reopening, post_unread]


async def shown(tx: AccountTx, page: Page, chat_id: int) -> Response[bytes]:
    """For htmx the two changing parts; a browser without scripts is led back to the chat."""
    acting = await load_acting(tx, bounded(chat_id), member_id=page.entry.member_id)
    if "hx-request" not in page.request.headers:
        return page.go(f"/chats/{chat_id}")
    return page.html("_acting.html", acting=acting, chat=acting.chat)


def bounded(number: int) -> int:
    """What cannot be an id is the id of nothing."""
    return number if 0 < number <= LARGEST_ID else 0
