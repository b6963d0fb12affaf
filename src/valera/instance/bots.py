"""What `valera bot` does, and the sentences it says."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from valera.accounts.account import get_account_by_slug, list_accounts
from valera.accounts.notice import open_notices
from valera.home import find_instance
from valera.instance.database import open_database
from valera.kit.db import account_scope
from valera.kit.errors import Invalid
from valera.kit.secrets import Secret
from valera.services import open_bot_api, open_vault, telegram_api_url, webhook_base
from valera.telegram.api.client import BotApi
from valera.telegram.bots import connect, retire
from valera.telegram.bots.bot import BotNotFound, find_bot, list_routes
from valera.telegram.bots.condition import Condition, examine_bot
from valera.telegram.bots.connect import Connected, Office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from valera.kit.db import Database
    from valera.settings import Settings
    from valera.telegram.bots.bot import BotRoute


@asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[Office]:
    """Where an instance runs, its simulator and its web process are meant."""
    running = find_instance(settings.home.absolute())
    is_simulator = settings.telegram_api_url is None
    address, base_url = telegram_api_url(settings), webhook_base(settings)
    bot_api = open_bot_api(settings)
    if is_simulator and running is not None and running.simulator_url is not None:
        address, base_url, bot_api = running.simulator_url, running.web_url, BotApi(running.simulator_url)
    try:
        async with open_database(settings) as db:
            told = f"the simulator at {address} (does `valera up` run?)" if is_simulator else address
            yield Office(db, bot_api, open_vault(settings), base_url, told, is_simulator)
    finally:
        await bot_api.close()


async def add_bot(settings: Settings, *, slug: str, token: Secret, delivery: str | None, take_over: bool) -> str:
    _refuse_webhook_without_address(settings, delivery)
    async with open_office(settings) as office:
        async with office.db.identity_tx() as tx:
            account = await get_account_by_slug(tx, slug)
        made = await connect.connect_bot(office, account.id, token, delivery=delivery or "webhook", take_over=take_over)
    name = f"@{made.bot.username}"
    told = (
        f"{name} answers for the shop {slug!r}." if made.is_new else f"{name} was in the shop {slug!r} already; its token is stored anew."
    )
    return f"{told}\n{_arrival(made, office)}"


async def change_token(settings: Settings, name: str, token: Secret) -> str:
    async with open_office(settings) as office:
        route = await _find(office.db, name)
        made = await connect.change_token(office, route, token)
    return f"@{made.bot.username} has its new token; what waited is sent now.\n{_arrival(made, office)}"


async def rotate_secret(settings: Settings, name: str) -> str:
    async with open_office(settings) as office:
        made = await connect.rotate_secret(office, await _find(office.db, name))
    told = f"@{made.bot.username} has a new webhook address and secret; the old ones open nothing after five minutes."
    return f"{told}\n{_arrival(made, office)}"


async def choose_delivery(settings: Settings, name: str, delivery: str, *, take_over: bool) -> str:
    _refuse_webhook_without_address(settings, delivery)
    async with open_office(settings) as office:
        made = await connect.choose_delivery(office, await _find(office.db, name), delivery, take_over=take_over)
    return f"@{made.bot.username}: {_arrival(made, office)}"


async def pause(settings: Settings, name: str) -> str:
    async with open_database(settings) as db:
        route = await _find(db, name)
        is_new = await retire.pause(db, route)
    told = "is paused" if is_new else "was paused already"
    return f"@{route.username} {told}: it takes messages in and sends nothing. `valera bot resume @{route.username}` ends it."


async def resume(settings: Settings, name: str) -> str:
    async with open_database(settings) as db:
        route = await _find(db, name)
        state = await retire.resume(db, route)
    if state == "active":
        return f"@{route.username} sends again, what waited first."
    return f"@{route.username} is no longer paused, but Telegram refuses its token: `valera bot token @{route.username}` takes a new one."


async def remove(settings: Settings, name: str, *, even_unreachable: bool) -> str:
    async with open_office(settings) as office:
        route = await _find(office.db, name)
        withdrawn = await retire.remove(office, route, even_unreachable=even_unreachable)
    return (
        f"@{route.username} is removed: its token is destroyed, its chats and their history stay. Unsent replies withdrawn: {withdrawn}. "
        "What clients write to it now waits at Telegram for a day."
    )


async def list_bots(settings: Settings, *, slug: str | None) -> list[str]:
    """One line for each bot: shop, name, state, how its updates come, what is wrong."""
    async with open_database(settings) as db:
        async with db.identity_tx() as tx:
            slugs = {account.id: account.slug for account in await list_accounts(tx)}
            routes = [route for route in await list_routes(tx) if slug is None or slugs[route.account_id] == slug]
        return [f"{slugs[route.account_id]:20} @{route.username:32} {await _described(settings, db, route)}" for route in routes]


async def check_bots(settings: Settings, names: tuple[str, ...]) -> list[Condition]:
    """These, or all."""
    async with open_office(settings) as office:
        if names:
            routes = [await _find(office.db, name) for name in names]
        else:
            async with office.db.identity_tx() as tx:
                routes = await list_routes(tx)
        return [await examine_bot(office, route) for route in routes]


async def _described(settings: Settings, db: Database, route: BotRoute) -> str:
    with account_scope(route.account_id):
        async with db.account_tx() as tx:
            bot = await find_bot(tx, route.id)
            troubles = [notice.explain("en")[0] for notice in await open_notices(tx) if notice.bot_id == route.id]
    if bot is None:
        return "removed"
    delivery = "polling" if webhook_base(settings) is None else bot.delivery
    return "  ".join([f"{bot.state:7}", f"{delivery:8}", *troubles])


async def _find(db: Database, name: str) -> BotRoute:
    """By username, with or without @, in any case, or by Telegram's number."""
    async with db.identity_tx() as tx:
        routes = await list_routes(tx)
    wanted = name.removeprefix("@").lower()
    for route in routes:
        if wanted in {route.username.lower(), str(route.telegram_id)}:
            return route
    known = ", ".join(f"@{route.username}" for route in routes[:20]) or "none yet"
    raise BotNotFound(f"There is no bot {name!r} here. The bots are: {known}.")


def _refuse_webhook_without_address(settings: Settings, delivery: str | None) -> None:
    if delivery == "webhook" and webhook_base(settings) is None:
        raise Invalid("A webhook needs an address that Telegram reaches: set PUBLIC_URL. Without it bots are polled.")


def _arrival(made: Connected, office: Office) -> str:
    waiting = f", {made.pending} waiting at Telegram come first" if made.pending else ""
    if made.delivery == "polling":
        return f"Its updates come by long polling, as soon as `valera up` or `valera web` runs{waiting}."
    return f"Its updates come by webhook to {office.base_url}{waiting}. Checked: Telegram has this address."
