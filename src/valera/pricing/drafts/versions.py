"""Published versions: found, compared, put in force again. None is ever changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valera.kit.errors import Conflict, NotFound
from valera.pricing.drafts.difference import Listed
from valera.pricing.queries import (
    current_price_list,
    find_price_list,
    insert_price_items,
    insert_price_list,
    list_price_items,
    lock_price_lists,
)
from valera.pricing.reading.draft import P

if TYPE_CHECKING:
    from valera.kit.db import AccountTx
    from valera.pricing.price_list import PriceList
    from valera.pricing.reading.draft import Draft


class PriceListNotFound(NotFound):
    """The shop has no such version."""


class AlreadyInForce(Conflict):
    """It is the newest version."""


async def get_price_list(tx: AccountTx, version: int) -> PriceList:
    found = await find_price_list(tx, version)
    if found is None:
        raise PriceListNotFound(P.say("ru", "drafts.no_version", version=version))
    return found


async def listed(tx: AccountTx, version: int) -> Listed:
    """What `difference` compares. Raises PriceListNotFound."""
    price_list = await get_price_list(tx, version)
    return Listed(price_list.currency, price_list.classes, await list_price_items(tx, price_list.id))


def listed_draft(draft: Draft) -> Listed:
    return Listed(draft.currency, draft.classes, draft.rows)


async def roll_back(tx: AccountTx, *, to: int) -> PriceList:
    """A new version that says what an old one said, in force at once. Raises PriceListNotFound, AlreadyInForce."""
    await lock_price_lists(tx)
    old = await get_price_list(tx, to)
    current = await current_price_list(tx)
    if current is not None and current.version == to:
        raise AlreadyInForce(P.say("ru", "drafts.already", version=to))
    items = await list_price_items(tx, old.id)
    restored = await insert_price_list(tx, source=old.source, currency=old.currency, classes=old.classes)
    await insert_price_items(tx, restored.id, items)
    return restored
