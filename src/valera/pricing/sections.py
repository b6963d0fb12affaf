"""The sections of a price list: what kinds of work a shop has prices for."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from valera.kit.db import AccountId, current_account_id
from valera.pricing.queries import list_sections

if TYPE_CHECKING:
    from valera.kit.db import AccountTx

MOST_LISTS = 1024

_known: OrderedDict[tuple[AccountId, int, int], tuple[str, ...]] = OrderedDict()


async def sections_of(tx: AccountTx, price_list_id: int, version: int) -> tuple[str, ...]:
    """In the list's own order. Read once: a published version never changes."""
    key = (current_account_id(), price_list_id, version)
    if key not in _known:
        _known[key] = tuple(await list_sections(tx, price_list_id))
        while len(_known) > MOST_LISTS:
            _known.popitem(last=False)
    return _known[key]
