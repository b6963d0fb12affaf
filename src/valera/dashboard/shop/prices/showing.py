"""The page of prices: also what a file that cannot be read leads back to, with the reason."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from valera.dashboard.shop.prices.list_view import view_list
from valera.pricing.drafts.queries import find_open_source
from valera.pricing.queries import current_price_list, list_price_items
from valera.pricing.reading.table import MAX_BYTES

if TYPE_CHECKING:
    from litestar import Response

    from valera.dashboard.frame.page import Page
    from valera.kit.db import Database


async def show_prices(page: Page, db: Database, *, query: str = "", at: int = 1, refused: str = "", pasted: str = "") -> Response[bytes]:
    async with db.account_tx() as tx:
        current = await current_price_list(tx)
        items = await list_price_items(tx, current.id) if current else []
        waiting = await find_open_source(tx)
    view = await asyncio.to_thread(view_list, current, items, query=query, page_no=at, locale=page.t.locale) if current else None
    shown: dict[str, Any] = {"list": view, "published_at": current.published_at if current else None, "waiting": waiting}
    if page.is_fragment and view is not None and not refused:
        return page.html("_shop_list.html", **shown)
    status = 422 if refused else 200
    return page.html("shop_prices.html", status=status, refused=refused, pasted=pasted, most_bytes=MAX_BYTES, **shown)
