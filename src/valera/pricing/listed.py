"""What the shop's list calls the works that somebody named: for a booking, which is about rows, not about words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.pricing.index_shelf import SHELF
from valera.pricing.queries import current_price_list
from valera.pricing.works import find_works

if TYPE_CHECKING:
    from valera.kit.db import AccountTx
    from valera.pricing.item_index import IndexedItem, ItemIndex
    from valera.pricing.price_list import PriceItem


@dataclass(frozen=True, slots=True)
class Listed:
    """One work: its title, and the sections of the rows that it may be. A work that is not in the list keeps the words it was named by."""

    title: str
    sections: frozenset[str]
    is_sure: bool


async def name_works(tx: AccountTx, text: str) -> tuple[Listed, ...]:
    """The works in the text, in order, each row once; empty if the shop has no list."""
    price_list = await current_price_list(tx)
    if price_list is None or not text.strip():
        return ()
    index = await SHELF.index_of(tx, price_list)
    answers = ((answer.query, answer.match) for answer in find_works(index, text))
    named = [
        Listed(title(index, match.sure), frozenset({match.sure.section}), is_sure=True)
        if match.sure
        else Listed(query, frozenset(item.section for item in match.options), is_sure=False)
        for query, match in answers
    ]
    return tuple(dict.fromkeys(named))


def title(index: ItemIndex, item: PriceItem) -> str:
    """The row's name; «Бампер» under «ПОКРАСКА» says too little alone: «Покраска: бампер»."""
    entry = next(entry for entry in index.items if entry.item.id == item.id)
    if not _leans_on_section(entry):
        return item.name
    name = item.name if item.name[1:2].isupper() else item.name[:1].lower() + item.name[1:]
    section = item.section.capitalize() if item.section.isupper() else item.section
    return f"{section}: {name}"


def _leans_on_section(entry: IndexedItem) -> bool:
    """The work to be done stands in the section only."""
    return not entry.own_works and bool(entry.works)
