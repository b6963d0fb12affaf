"""Opening shops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valera.backoffice.shop import ShopPlan, add_shop, open_shop
from valera.bookings.schedule.opening_hours import parse_hours
from valera.home import find_instance
from valera.instance.database import open_database
from valera.kit.errors import Invalid
from valera.pricing.price_import import read_price_list
from valera.pricing.reading.describe import describe
from valera.russian.latin import slug as latin_slug
from valera.services import open_vault
from valera.telegram.api.client import BotApi
from valera.telegram.bots.webhook import set_webhook
from valera.up import simulated_bot, simulator_file

if TYPE_CHECKING:
    from pathlib import Path

    from valera.kit.secrets import Secret, Vault
    from valera.pricing.reading.draft import Draft
    from valera.settings import Settings
    from valera.telegram.bots.bot import Bot

MAX_PRICE_FILE = 6 * 1024 * 1024


async def open_new_shop(settings: Settings, *, name: str, slug: str, price_list: Path | None, **options: Any) -> str:
    """Opens a shop, beside the simulator with a bot there; returns what to tell of it. Everything is read before anything is written."""
    draft = _read_prices(price_list) if price_list is not None else None
    plan = ShopPlan(
        name=name,
        slug=slug,
        time_zone=options["time_zone"],
        locale=options["locale"],
        hours=parse_hours(options["hours"], options["locale"]),
        bays=options["bays"],
        prices=draft,
        price_source=price_list.name if price_list else "",
        facts={topic: text for topic in ("address", "phone") if (text := options[topic])},
    )
    plan.check()
    told = [
        await (_open_without_bot(settings, plan) if settings.telegram_api_url is not None else _open_with_simulated_bot(settings, plan))
    ]
    return "\n".join([*told, describe(draft, plan.locale)] if draft is not None else told)


async def _open_without_bot(settings: Settings, plan: ShopPlan) -> str:
    async with open_database(settings) as db:
        shop = await open_shop(db, open_vault(settings), plan)
    return f"Shop {shop.slug!r} is open. Its bot comes next: `valera bot add --shop {shop.slug}`."


async def _open_with_simulated_bot(settings: Settings, plan: ShopPlan) -> str:
    vault, running = open_vault(settings), find_instance(settings.home.absolute())
    async with open_database(settings) as db:
        me, token = simulated_bot(simulator_file(settings), plan.name[:64], _bot_username(plan.slug or latin_slug(plan.name)))
        shop = await add_shop(db, vault, plan, me=me, token=token)
    if running is not None and running.simulator_url is not None:
        await _point_at(running.simulator_url, running.web_url, shop.bot, token, vault)
    return f"Shop {shop.slug!r} is open with the bot @{shop.bot.username}."


def _read_prices(file: Path) -> Draft:
    if file.stat().st_size > MAX_PRICE_FILE:
        raise Invalid(f"{file.name} is larger than a price list can be. Save the list alone as CSV.")
    return read_price_list(file.read_bytes(), source=file.name)


async def _point_at(api_url: str, web_url: str, bot: Bot, token: Secret, vault: Vault) -> None:
    """At once; otherwise the running web process finds the new bot within a minute."""
    bot_api = BotApi(api_url)
    try:
        await set_webhook(bot_api, token, vault=vault, base_url=web_url, webhook_key=bot.webhook_key)
    finally:
        await bot_api.close()


def _bot_username(slug: str) -> str:
    """Latin letters, digits and underscores, at most 32, ending in bot."""
    letters = slug.replace("-", "_").strip("_")
    return f"{letters if letters[:1].isalpha() else 'shop_' + letters}"[:27].rstrip("_") + "_bot"
