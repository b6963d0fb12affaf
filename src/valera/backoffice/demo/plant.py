"""Plants the demo's shops in an installation that has no other: the one to try, and a rival whose people must not see it."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import TYPE_CHECKING

from valera.accounts.account import list_accounts
from valera.backoffice.demo import SHOPS, is_planted
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


async def plant_demo(db: Database, vault: Vault, *, new_bot: Callable[[str, str], tuple[Me, Secret]]) -> list[Shop]:
    """Those that were missing; none where there are other shops. ``new_bot`` makes a bot of this name and username, as BotFather would."""
    async with db.identity_tx() as tx:
        known = {account.slug for account in await list_accounts(tx)}
    if is_planted(known):
        return []
    planted: list[Shop] = []
    for slug, file in SHOPS.items():
        if slug not in known:
            described = tomllib.loads((resources.files(FOLDER) / file).read_text("utf-8"))
            me, token = new_bot(described["bot_name"], described["bot_username"])
            planted.append(await add_shop(db, vault, _plan(described), me=me, token=token))
    return planted


def _plan(described: dict[str, Any]) -> ShopPlan:
    source = described["prices"]
    return ShopPlan(
        name=described["name"],
        slug=described["slug"],
        time_zone=described["time_zone"],
        hours=parse_hours(described["hours"]),
        bays=described["bays"],
        prices=read_price_list((resources.files(FOLDER) / source).read_bytes(), source=source),
        price_source=source,
        facts=described["facts"],
        durations=described["durations"],
        team=tuple((member["name"], TeamRole(member["role"])) for member in described["team"]),
        prompt=described["prompt"].strip(),
    )
