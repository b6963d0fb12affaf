"""Clients to look at: the list with its search, and one card."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from valera.clients.cards.card import look
from valera.clients.cards.listing import Order, count_clients, list_clients
from valera.clients.cards.wanted import read_wanted
from valera.clients.client import ClientNotFound, find_card
from valera.dashboard.clients import export, forms, merging
from valera.dashboard.clients.place import KNOWN, show
from valera.dashboard.frame.given import TheDb, ThePage
from valera.identity.permission import Permission
from valera.kit.cursor import CursorInvalid

if TYPE_CHECKING:
    from datetime import datetime

    from valera.clients.cards.listing import Lines
    from valera.clients.cards.wanted import Wanted
    from valera.kit.db import AccountTx

A_PAGE = 50
LONGEST = 100


@get("/clients", permission=Permission.CLIENTS)
async def get_clients(
    page: ThePage, db: TheDb, q: FromQuery[str] = "", order: FromQuery[str] = Order.VISIT.value, after: FromQuery[str] = ""
) -> Response[bytes]:
    """A part of the page: what was found; with ``after`` only what follows."""
    chosen, wanted = Order(order) if order in tuple(Order) else Order.VISIT, q[:LONGEST]
    read = await asyncio.to_thread(read_wanted, wanted)
    async with db.account_tx() as tx:
        found = await _find(tx, read, chosen, after, page.now)
        count = await count_clients(tx)
    values: dict[str, Any] = {"found": found, "count": count, "q": wanted, "order": chosen, "is_more": bool(after)}
    return page.html("_clients_found.html" if page.is_fragment else "clients.html", **values)


async def _find(tx: AccountTx, wanted: Wanted, order: Order, after: str, now: datetime) -> Lines:
    """From the beginning where the address holds a place of another list."""
    try:
        return await list_clients(tx, wanted=wanted, order=order, after=after, limit=A_PAGE, now=now)
    except CursorInvalid:
        return await list_clients(tx, wanted=wanted, order=order, limit=A_PAGE, now=now)


@get("/clients/{client_id:int}", permission=Permission.CLIENTS)
async def get_client(page: ThePage, db: TheDb, client_id: FromPath[int]) -> Response[bytes]:
    """Raises ClientNotFound. The number of a card that became part of another one leads there."""
    if client_id not in KNOWN:
        raise ClientNotFound("The shop has no such client.")
    async with db.account_tx() as tx:
        card_id = await find_card(tx, client_id)
        whole = await look(tx, card_id)
    if card_id != client_id and not page.is_fragment:
        return page.go(f"/clients/{card_id}")
    return show(page, whole)


HANDLERS: list[Any] = [get_clients, get_client, *forms.HANDLERS, *merging.HANDLERS, *export.HANDLERS]
