"""The demo's shops that a first start plants: invented names, addresses and people; data beside this file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOPS = {"demo": "shop.toml", "gaika": "rival.toml"}
"""Short name → what it is made of, in the order in which they are opened."""


def is_planted(slugs: Iterable[str]) -> bool:
    """Whether nothing is missing: all of it is there, or other shops are. A first start may have been interrupted between the two."""
    known = set(slugs)
    return not known <= SHOPS.keys() or known == SHOPS.keys()
