"""Two cards of one person: choosing the other one, seeing what becomes of it, and taking it back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody

from valera.clients.cards.card import look
from valera.clients.cards.listing import Order, list_clients
from valera.clients.cards.wanted import read_wanted
from valera.clients.client import ClientNotFound, find_card
from valera.clients.merging.merge import MergeNotFound, merge, undo
from valera.dashboard.clients.place import KNOWN, over, show
from valera.dashboard.frame.given import TheDb, ThePage
from valera.identity.permission import Permission
from valera.kit.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from valera.kit.db import AccountTx, Database

SHOWN = 8
TRIES = 3


class CardBusy(Conflict):
    """Somebody is writing in chats of these cards all the time."""


class MergeForm(msgspec.Struct):
    other: int = 0


@get("/clients/{client_id:int}/merges/new", permission=Permission.CLIENTS)
async def get_merge_form(
    page: ThePage, db: TheDb, client_id: FromPath[int], q: FromQuery[str] = "", other: FromQuery[int] = 0
) -> Response[bytes]:
    """Cards to choose from; with ``other`` both of them side by side. Raises ClientNotFound."""
    if client_id not in KNOWN:
        raise ClientNotFound("The shop has no such client.")
    wanted = await asyncio.to_thread(read_wanted, q)
    async with db.account_tx() as tx:
        whole = await look(tx, client_id)
        chosen = await look(tx, await find_card(tx, other)) if other in KNOWN else None
        found = await list_clients(tx, wanted=wanted, order=Order.NEW, limit=SHOWN, now=page.now, except_for=client_id)
    values: dict[str, Any] = {"whole": whole, "chosen": chosen, "found": found.lines, "q": q[:100]}
    if page.is_fragment and page.request.headers.get("hx-target", "").endswith("merge-found"):
        return page.html("_client_merge_found.html", **values)
    return over(page, "_client_merge.html", page.t("clients.merge"), back=f"/clients/{client_id}", **values)


@post("/clients/{client_id:int}/merges", permission=Permission.CLIENTS)
async def post_merge(page: ThePage, db: TheDb, client_id: FromPath[int], data: URLEncodedBody[MergeForm]) -> Response[bytes]:
    """The other card becomes part of this one. Raises ClientNotFound, SameCard, CardMerged, CardBusy."""
    if client_id not in KNOWN or data.other not in KNOWN:
        raise ClientNotFound("The shop has no such client.")
    merge_id = await _settled(db, lambda tx: merge(tx, client_id, data.other, by=page.entry.member_id))
    undo_url = page.url(f"/clients/{client_id}/merges/{merge_id}/undo")
    if "hx-request" not in page.request.headers:
        return page.go(f"/clients/{client_id}", page.t("clients.merged"))
    async with db.account_tx() as tx:
        whole = await look(tx, client_id)
    return page.toast(page.html("_client_merged.html", whole=whole), page.t("clients.merged"), undo_url)


@post("/clients/{client_id:int}/merges/{merge_id:int}/undo", permission=Permission.CLIENTS)
async def post_undo(page: ThePage, db: TheDb, client_id: FromPath[int], merge_id: FromPath[int]) -> Response[bytes]:
    """Raises MergeNotFound, MergeUndone, CardMerged, CardBusy."""
    if client_id not in KNOWN or merge_id not in KNOWN:
        raise MergeNotFound("There is no such merge.")
    undone = await _settled(db, lambda tx: undo(tx, client_id, merge_id, by=page.entry.member_id, now=page.now))
    if page.is_fragment and page.request.headers.get("hx-target", "").endswith("client-card"):
        async with db.account_tx() as tx:
            whole = await look(tx, undone.kept_id)
        return page.toast(show(page, whole), page.t("clients.divided"))
    return page.go(f"/clients/{undone.kept_id}", page.t("clients.divided"))


HANDLERS: list[Any] = [get_merge_form, post_merge, post_undo]


async def _settled(db: Database, work: Callable[[AccountTx], Awaitable[Any]]) -> Any:
    """Chats and cards are locked in one order by everybody; a chat that was opened a moment ago may still be met in the other one."""
    for _ in range(TRIES):
        try:
            async with db.account_tx() as tx:
                return await work(tx)
        except asyncpg.DeadlockDetectedError:
            continue
    raise CardBusy("Somebody is writing to this client right now. Try again in a moment.")
