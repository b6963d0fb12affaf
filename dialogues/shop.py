"""The shops of the dialogues, opened as `valera shop add` opens one: each dialogue has a shop to itself."""

from __future__ import annotations

import secrets
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from valera.backoffice.shop import ShopPlan, add_shop
from valera.bookings.schedule.opening_hours import parse_hours
from valera.bookings.schedule.workshop import close_on
from valera.identity.membership import TeamRole
from valera.kit.db import AccountId, Database, account_scope
from valera.kit.secrets import Secret, Vault
from valera.pricing.price_import import read_price_list
from valera.telegram.api.client import Me
from valera.telegram.bots.bot import webhook_secret

if TYPE_CHECKING:
    import asyncpg

    from dialogues.case import Case

SHOPS = Path(__file__).parent / "shops"
FIRST_BOT = 6_000_000
TAKEN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shop:
    """``path`` and ``secret``: where Telegram sends the bot's updates."""

    account_id: AccountId
    token: str
    path: str
    secret: bytes
    zone: ZoneInfo
    facts: tuple[str, ...]


async def open_shop(db: Database, vault: Vault, owner: asyncpg.Pool, case: Case) -> Shop:
    described = tomllib.loads((SHOPS / f"{case.shop}.toml").read_text("utf-8"))
    bot_id = FIRST_BOT + case.number
    token = f"{bot_id}:{secrets.token_urlsafe(26)}"
    shop = await add_shop(db, vault, _plan(described, case.number), me=Me(bot_id, f"dialogue_{case.number}_bot"), token=Secret(token))
    with account_scope(shop.account_id):
        async with db.account_tx() as tx:
            for day in described.get("holidays", ()):
                await close_on(tx, day)
    zone = ZoneInfo(described["time_zone"])
    for taken in case.taken:
        starts = taken.replace(tzinfo=zone)
        await owner.execute(TAKE_BAYS, shop.account_id, starts, starts + TAKEN)
    key = shop.bot.webhook_key
    facts = tuple(described["facts"].values())
    return Shop(shop.account_id, token, f"/telegram/{key}", webhook_secret(vault, key).reveal().encode(), zone, facts)


def _plan(described: dict[str, Any], number: int) -> ShopPlan:
    prices = described.get("prices")
    return ShopPlan(
        name=described["name"],
        slug=f"dialogue-{number}",
        time_zone=described["time_zone"],
        hours=parse_hours(described["hours"]),
        bays=described["bays"],
        prices=read_price_list((SHOPS / prices).read_bytes(), source=prices) if prices else None,
        price_source=prices or "",
        facts=described["facts"],
        durations=described.get("durations", {}),
        team=(("Мастер", TeamRole.ADMIN),),
        prompt=described.get("prompt", ""),
    )


TAKE_BAYS = """
insert into bookings (account_id, status, number, service_type, during, bay_id)
select $1, 'confirmed', 900000 + id, 'Занято', tstzrange($2, $3), id from bays where account_id = $1
"""
