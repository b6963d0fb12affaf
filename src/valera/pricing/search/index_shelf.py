"""Indexes of the lists in use, kept in memory: a published version never changes, so none of them grows old."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from valera.kit.db import AccountId, current_account_id
from valera.pricing.queries import list_price_items
from valera.pricing.search.item_index import ItemIndex
from valera.pricing.search.lexicon import lexicon

if TYPE_CHECKING:
    from datetime import datetime

    from valera.kit.db import AccountTx
    from valera.pricing.price_list import PriceList, PriceListId

MOST_INDEXES = 64
"""Shops whose clients ask at the same time; a list of forty rows takes about 100 KiB."""


class IndexShelf:
    """The longest unused index goes first. The time of publication is in the key, so another database's equal ids are another list."""

    def __init__(self, limit: int = MOST_INDEXES) -> None:
        self._limit = limit
        self._indexes: OrderedDict[tuple[AccountId, PriceListId, datetime], ItemIndex] = OrderedDict()

    async def index_of(self, tx: AccountTx, price_list: PriceList) -> ItemIndex:
        key = (current_account_id(), price_list.id, price_list.published_at)
        index = self._indexes.get(key)
        if index is None:
            index = self._indexes[key] = ItemIndex.build(await list_price_items(tx, price_list.id), lexicon())
        self._indexes.move_to_end(key)
        while len(self._indexes) > self._limit:
            self._indexes.popitem(last=False)
        return index

    def __len__(self) -> int:
        return len(self._indexes)


SHELF = IndexShelf()
