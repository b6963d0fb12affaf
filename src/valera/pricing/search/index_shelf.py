"""Indexes of the lists in use, kept in memory: a published version never changes, so none of them grows old."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING

from valera.kit.db import AccountId, current_account_id
from valera.pricing.queries import list_price_items
from valera.pricing.search.item_index import ItemIndex
from valera.pricing.search.lexicon import lexicon
from valera.pricing.search.queries import say_still_here

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx
    from valera.pricing.price_list import PriceItem, PriceList, PriceListId

MOST_INDEXES = 64
"""Shops whose clients ask at the same time; a list of forty rows takes about 100 KiB."""

QUICK_ITEMS = 300
"""Indexed within 50 ms. A longer list is indexed beside the loop: other chats are answered meanwhile."""

STILL_HERE_SECONDS = 0.5


class IndexShelf:
    """The longest unused index goes first. The time of publication is in the key, so another database's equal ids are another list."""

    def __init__(self, limit: int = MOST_INDEXES) -> None:
        self._limit = limit
        self._indexes: OrderedDict[tuple[AccountId, PriceListId, datetime], ItemIndex] = OrderedDict()

    async def index_of(self, tx: AccountTx, price_list: PriceList) -> ItemIndex:
        key = (current_account_id(), price_list.id, price_list.published_at)
        index = self._indexes.get(key)
        if index is None:
            index = self._indexes[key] = await _build(tx, await list_price_items(tx, price_list.id))
        self._indexes.move_to_end(key)
        while len(self._indexes) > self._limit:
            self._indexes.popitem(last=False)
        return index

    def __len__(self) -> int:
        return len(self._indexes)


async def _build(tx: AccountTx, items: list[PriceItem]) -> ItemIndex:
    if len(items) <= QUICK_ITEMS:
        return ItemIndex.build(items, lexicon())
    building = asyncio.ensure_future(asyncio.to_thread(ItemIndex.build, items, lexicon()))
    while not (await asyncio.wait({building}, timeout=STILL_HERE_SECONDS))[0]:
        await say_still_here(tx)
    return building.result()


SHELF = IndexShelf()
