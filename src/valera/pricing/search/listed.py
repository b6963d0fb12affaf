"""What the shop's list calls the works that somebody named: for a booking, which is about rows, not about words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from valera.pricing.queries import current_price_list
from valera.pricing.search.index_shelf import SHELF
from valera.pricing.search.lexicon import lexicon
from valera.pricing.search.term import TermKind
from valera.pricing.search.works import find_works

if TYPE_CHECKING:
    from collections.abc import Iterable

    from valera.kit.db import AccountTx
    from valera.pricing.price_list import PriceItem


LONGEST_SPAN = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """One work: ``lead`` and ``name`` as the list says them, and the sections of the rows that it may be. A work that is not surely one
    row keeps the words it was named by.
    """

    lead: str
    name: str
    sections: frozenset[str]
    is_sure: bool


async def name_works(tx: AccountTx, text: str) -> tuple[Listed, ...]:
    """The works in the text, in order, each row once; empty if the shop has no list."""
    price_list = await current_price_list(tx)
    if price_list is None or not text.strip():
        return ()
    index = await SHELF.index_of(tx, price_list)
    lengths = _lengths_of_names(text)
    candidates = [entry.item for entry in index.items if len(entry.item.name) in lengths]
    if exact := _by_title(text, {title(item).casefold(): item for item in candidates}):
        return tuple(_listed(item) for item in exact)
    named = [
        _listed(answer.match.sure)
        if answer.match.sure
        else Listed("", answer.query, frozenset(item.section for item in answer.match.options), is_sure=False)
        for answer in find_works(index, text)
    ]
    return tuple(dict.fromkeys(named))


def _lengths_of_names(text: str) -> set[int]:
    """How long the names may be that `title` wrote into this text: of thousands of rows few are looked at more closely."""
    parts = text.split(", ")
    joined = [", ".join(parts[first:last]) for first in range(len(parts)) for last in range(first + 1, len(parts) + 1)][:LONGEST_SPAN]
    return {len(said) for title in joined for said in (title, *(title[at + 2 :] for at in range(len(title)) if title.startswith(": ", at)))}


def _by_title(text: str, items: dict[str, PriceItem]) -> list[PriceItem]:
    """The rows whose titles, a comma between them, are the whole text: it was named by `title` before."""
    found: list[PriceItem] = []
    parts = text.casefold().split(", ")
    while parts:
        length = next((n for n in range(len(parts), 0, -1) if ", ".join(parts[:n]) in items), 0)
        if not length:
            return []
        found.append(items[", ".join(parts[:length])])
        parts = parts[length:]
    return list(dict.fromkeys(found))


def _listed(item: PriceItem) -> Listed:
    return Listed(*_lead_and_name(item), frozenset({item.section}), is_sure=True)


def title_of(works: Iterable[Listed]) -> str:
    """«Покраска: капот, дверь, Полировка фары»: what is done is said once for neighbours."""
    groups = ((lead, ", ".join(work.name for work in group)) for lead, group in groupby(works, key=lambda work: work.lead))
    return ", ".join(f"{lead}: {names}" if lead else names for lead, names in groups)


def title(item: PriceItem) -> str:
    """The row's name; «Бампер» under «ПОКРАСКА» says too little alone: «Покраска: бампер»."""
    lead, name = _lead_and_name(item)
    return f"{lead}: {name}" if lead else name


def _lead_and_name(item: PriceItem) -> tuple[str, str]:
    """The lead is the section, where it alone says what is to be done, and says one thing."""
    if _count_works(item.name) or _count_works(item.section) != 1:
        return "", item.name
    name = item.name if item.name[1:2].isupper() else item.name[:1].lower() + item.name[1:]
    return item.section.capitalize() if item.section.isupper() else item.section, name


def _count_works(text: str) -> int:
    return len({term.key for term in lexicon().terms(text) if term.kind is TermKind.WORK})
