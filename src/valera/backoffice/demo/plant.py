"""Plants the demo shop in an installation that has no shop yet."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING

from valera.accounts.account import list_accounts
from valera.backoffice.shop import Shop, ShopPlan, add_shop
from valera.bookings.schedule.opening_hours import parse_hours
from valera.identity.membership import TeamRole
from valera.pricing.price_import import read_price_list

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from valera.kit.db import Database
    from valera.kit.secrets import Secret, Vault
    from valera.telegram.api.client import Me

FOLDER = "valera.backoffice.demo"
PRICES = "prices.csv"


async def plant_demo(db: Database, vault: Vault, *, new_bot: Callable[[str, str], tuple[Me, Secret]]) -> Shop | None:
    """None: there is a shop already. ``new_bot`` makes a bot of this name and username, as BotFather would."""
    async with db.identity_tx() as tx:
        if await list_accounts(tx):
            return None
    described = tomllib.loads((resources.files(FOLDER) / "shop.toml").read_text("utf-8"))
    me, token = new_bot(described["bot_name"], described["bot_username"])
    return await add_shop(db, vault, _plan(described), me=me, token=token)


def _plan(described: dict[str, Any]) -> ShopPlan:
    return ShopPlan(
        name=described["name"],
        slug=described["slug"],
        time_zone=described["time_zone"],
        hours=parse_hours(described["hours"]),
        bays=described["bays"],
        prices=read_price_list((resources.files(FOLDER) / PRICES).read_bytes(), source=PRICES),
        price_source=PRICES,
        facts=described["facts"],
        durations=described["durations"],
        team=tuple((member["name"], TeamRole(member["role"])) for member in described["team"]),
        prompt=described["prompt"].strip(),
    )
