"""What differs between two lists, by meaning: a row that moved down the sheet is the same row, a renamed work is no new one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.pricing.vocabulary import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from valera.pricing.price_list import CarClass, Price, PriceItem
    from valera.pricing.reading.draft import DraftRow

    Item = PriceItem | DraftRow

LIKE, LIKE_ALONE = 80, 60
"""How alike (0..100) two names of one section must be to be the same work, called otherwise: at another price, and at the same."""
MOST_COMPARED = 400
"""Rows of each side without a counterpart; more of them are a new list, and nobody asks what was renamed."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A version, or a draft of one."""

    currency: str
    classes: tuple[CarClass, ...]
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """``car_class`` None: every car."""

    car_class: str | None
    before: Price | None
    after: Price | None


@dataclass(frozen=True, slots=True)
class Changed:
    """One work in both lists, of which something is different."""

    before: Item
    after: Item
    prices: tuple[PriceChange, ...]

    @property
    def is_renamed(self) -> bool:
        return self.before.name != self.after.name

    @property
    def is_moved(self) -> bool:
        return self.before.section != self.after.section


@dataclass(frozen=True, slots=True)
class Difference:
    """``classes``: pairs of before and after; None on one side: added or removed."""

    currency: tuple[str, str] | None
    classes: tuple[tuple[CarClass | None, CarClass | None], ...]
    added: tuple[Item, ...]
    removed: tuple[Item, ...]
    changed: tuple[Changed, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.currency or self.classes or self.added or self.removed or self.changed)


def difference(before: Listed, after: Listed) -> Difference:
    pairs, removed, added = _pair(before, after)
    class_pairs = _class_pairs(before.classes, after.classes)
    changed = [Changed(old, new, _price_changes(before, after, class_pairs, (old, new))) for old, new in pairs]
    return Difference(
        currency=(before.currency, after.currency) if before.currency != after.currency else None,
        classes=tuple((old, new) for old, new in class_pairs if old != new),
        added=tuple(added),
        removed=tuple(removed),
        changed=tuple(change for change in changed if change.prices or change.is_renamed or change.is_moved),
    )


def _pair(before: Listed, after: Listed) -> tuple[list[tuple[Item, Item]], list[Item], list[Item]]:
    """Same section and name; else the same name elsewhere; else, in one section, the same prices under a name that is alike."""
    pairs: list[tuple[Item, Item]] = []
    old, new = list(before.items), list(after.items)
    keys: tuple[Callable[[Item], Hashable], ...] = (
        lambda item: (item.section, item.name, item.prices),
        lambda item: (fold(item.section), fold(item.name)),
        lambda item: (fold(item.name), item.prices),
        lambda item: fold(item.name),
    )
    for key in keys:
        found, old, new = _pair_by(key, old, new)
        pairs += found
    if len(old) <= MOST_COMPARED and len(new) <= MOST_COMPARED:
        found, old, new = _pair_alike(old, new)
        pairs += found
    order = {id(item): place for place, item in enumerate(after.items)}
    return sorted(pairs, key=lambda pair: order[id(pair[1])]), old, new


def _pair_by(key: Callable[[Item], Hashable], old: list[Item], new: list[Item]) -> tuple[list[tuple[Item, Item]], list[Item], list[Item]]:
    """In the order of the lists: the second «Ремонт» of one is the second of the other."""
    waiting: defaultdict[Hashable, list[Item]] = defaultdict(list)
    for item in old:
        waiting[key(item)].append(item)
    pairs: list[tuple[Item, Item]] = []
    left: list[Item] = []
    for item in new:
        if same := waiting[key(item)]:
            pairs.append((same.pop(0), item))
        else:
            left.append(item)
    paired = {id(item) for item, _ in pairs}
    return pairs, [item for item in old if id(item) not in paired], left


def _pair_alike(old: list[Item], new: list[Item]) -> tuple[list[tuple[Item, Item]], list[Item], list[Item]]:
    """The most alike first."""
    scored = sorted(
        ((_likeness(one, other), place, mate) for place, one in enumerate(old) for mate, other in enumerate(new)),
        key=lambda score: -score[0],
    )
    mates: dict[int, int] = {}
    for likeness, place, mate in scored:
        if likeness and place not in mates and mate not in mates.values():
            mates[place] = mate
    taken = set(mates.values())
    return (
        [(old[place], new[mate]) for place, mate in mates.items()],
        [item for place, item in enumerate(old) if place not in mates],
        [item for place, item in enumerate(new) if place not in taken],
    )


def _likeness(one: Item, other: Item) -> float:
    from rapidfuzz import fuzz  # where lists are compared alone: a web process starts without it

    if fold(one.section) != fold(other.section):
        return 0
    names = fold(one.name), fold(other.name)
    if one.prices == other.prices:
        likeness = max(fuzz.token_sort_ratio(*names), fuzz.token_set_ratio(*names))
        return likeness if likeness >= LIKE_ALONE else 0
    likeness = fuzz.token_sort_ratio(*names)
    return likeness if likeness >= LIKE else 0


def _class_pairs(before: Sequence[CarClass], after: Sequence[CarClass]) -> list[tuple[CarClass | None, CarClass | None]]:
    """By name; where as many are left on both sides, by their order: they were renamed."""
    named = {fold(entry.name): entry for entry in after}
    pairs: list[tuple[CarClass | None, CarClass | None]] = [
        (entry, named[fold(entry.name)]) for entry in before if fold(entry.name) in named
    ]
    known = {fold(old.name) for old, _ in pairs if old}
    gone, come = ([entry for entry in side if fold(entry.name) not in known] for side in (before, after))
    if len(gone) == len(come):
        return [*pairs, *zip(gone, come, strict=True)]
    return [*pairs, *((entry, None) for entry in gone), *((None, entry) for entry in come)]


def _price_changes(
    before: Listed, after: Listed, classes: Iterable[tuple[CarClass | None, CarClass | None]], items: tuple[Item, Item]
) -> tuple[PriceChange, ...]:
    """By class; one change for every car where each class has the same."""
    old, new = (_by_class(listed.classes, item.prices) for listed, item in zip((before, after), items, strict=True))
    if None in old and None in new:
        return (PriceChange(None, old[None], new[None]),) if old[None] != new[None] else ()
    changes: list[PriceChange] = []
    for was, now in classes:
        one = old.get(None) if None in old else old.get(was.name) if was else None
        other = new.get(None) if None in new else new.get(now.name) if now else None
        if one != other:
            changes.append(PriceChange(now.name if now else was.name if was else None, one, other))
    return tuple(changes)


def _by_class(classes: Sequence[CarClass], prices: Sequence[Price | None]) -> dict[str | None, Price | None]:
    if len(set(prices)) == 1:
        return {None: prices[0]}
    return {entry.name: price for entry, price in zip(classes, prices, strict=True)}
