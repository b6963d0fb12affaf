"""A signed-in person opens a shop: it is there with one bay and nothing else, and it is theirs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from valera.accounts.account import SlugTaken
from valera.backoffice.shop import ShopPlan, open_shop
from valera.kit.errors import LimitReached
from valera.russian.latin import slug as latin_slug

if TYPE_CHECKING:
    from valera.accounts.account import AccountName
    from valera.backoffice.shop import Owner
    from valera.kit.db import Database
    from valera.kit.secrets import Vault

MOST_SHOPS = 5
"""Of one owner. Whoever has more is no stranger: an operator opens them with `valera shop add`."""
TRIES = 8
RESERVED = frozenset({"new", "demo", "api", "static", "admin", "valera", "telegram", "health"})
"""Slugs that a page of ours has, or that would look as if it were ours."""


class TooManyShops(LimitReached):
    """One person owns as many shops as one may open."""


@dataclass(frozen=True, slots=True)
class NewShop:
    name: str
    time_zone: str
    locale: str


async def open_for(db: Database, vault: Vault, wanted: NewShop, owner: Owner) -> AccountName:
    """Its slug is made from the name; if another shop has that, a few characters more. Raises Invalid for a name that makes no sense."""
    base = latin_slug(wanted.name, longest=32)
    for attempt in range(TRIES):
        slug = base if base and base not in RESERVED and attempt == 0 else f"{base or 'shop'}-{secrets.token_hex(2)}"
        plan = ShopPlan(name=wanted.name, time_zone=wanted.time_zone, hours=(), bays=1, slug=slug, locale=wanted.locale, owner=owner)
        try:
            return await open_shop(db, vault, plan)
        except SlugTaken:
            continue
    raise SlugTaken("All short names like this one are taken. Choose another name.")
