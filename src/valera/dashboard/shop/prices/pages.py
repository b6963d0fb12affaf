"""The list in force, its versions, and the way to a new one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from valera.dashboard.frame.given import TheDb, ThePage
from valera.dashboard.shop.prices.car_pages import HANDLERS as CARS
from valera.dashboard.shop.prices.difference_view import view_difference
from valera.dashboard.shop.prices.draft_pages import HANDLERS as DRAFTS
from valera.dashboard.shop.prices.list_view import view_list
from valera.dashboard.shop.prices.showing import show_prices
from valera.identity.permission import Permission
from valera.kit.errors import Conflict
from valera.pricing.drafts.difference import Listed
from valera.pricing.drafts.versions import AlreadyInForce, PriceListNotFound, listed, roll_back
from valera.pricing.queries import current_price_list, find_price_list, list_price_items, list_price_lists

if TYPE_CHECKING:
    from valera.dashboard.frame.page import Page
    from valera.kit.db import AccountTx
    from valera.pricing.price_list import PriceList

LARGEST_VERSION = 1 << 31


@get("/prices", permission=Permission.SHOP)
async def get_prices(page: ThePage, db: TheDb, q: FromQuery[str] = "", at: FromQuery[int] = 1) -> Response[bytes]:
    return await show_prices(page, db, query=q[:200], at=at)


@get("/prices/versions", permission=Permission.SHOP)
async def get_versions(page: ThePage, db: TheDb) -> Response[bytes]:
    async with db.account_tx() as tx:
        versions = await list_price_lists(tx)
    return page.html("shop_versions.html", versions=versions)


@get("/prices/versions/{version:int}", permission=Permission.SHOP)
async def get_version(page: ThePage, db: TheDb, version: FromPath[int], q: FromQuery[str] = "", at: FromQuery[int] = 1) -> Response[bytes]:
    """The version, and what putting it in force again would change."""
    async with db.account_tx() as tx:
        price_list = await _found(page, tx, version)
        items = await list_price_items(tx, price_list.id)
        current = await current_price_list(tx)
        now = await listed(tx, current.version) if current else Listed("", (), ())
    then = Listed(price_list.currency, price_list.classes, items)
    view = await asyncio.to_thread(view_list, price_list, items, query=q[:200], page_no=at, locale=page.t.locale)
    found = await asyncio.to_thread(view_difference, now, then, page.t.locale)
    is_current = current is not None and current.version == version
    return page.html("shop_version.html", list=view, published_at=price_list.published_at, difference=found, is_current=is_current)


@post("/prices/versions/{version:int}/restoration", permission=Permission.SHOP)
async def post_restoration(page: ThePage, db: TheDb, version: FromPath[int]) -> Response[bytes]:
    """An old version in force again, as a new one."""
    try:
        async with db.account_tx() as tx:
            await _found(page, tx, version)
            restored = await roll_back(tx, to=version)
    except AlreadyInForce:
        raise Conflict(page.t("shop.prices.already")) from None
    return page.go("/prices", toast=page.t("shop.prices.restored", version=version, new=restored.version))


HANDLERS: list[Any] = [get_prices, get_versions, get_version, post_restoration, *DRAFTS, *CARS]


async def _found(page: Page, tx: AccountTx, version: int) -> PriceList:
    """Raises PriceListNotFound in the reader's language."""
    found = await find_price_list(tx, version) if 0 < version < LARGEST_VERSION else None
    if found is None:
        raise PriceListNotFound(page.t("shop.prices.no_version"))
    return found
