"""What the commands do with an installation: the running one if there is one, else just as much of it as they need, for as long as they
need it.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from valera.accounts.account import AccountName, get_account_by_slug, list_accounts
from valera.backoffice import backup as backups
from valera.backoffice.outbox import Old, look, release
from valera.backoffice.shop import ShopPlan, add_shop
from valera.backoffice.status import InstallationStatus, look_around
from valera.backoffice.verify import Finding, verify
from valera.bookings.opening_hours import parse_hours
from valera.home import Instance, alone, find_instance
from valera.kit.db import Database, account_scope
from valera.kit.errors import Invalid, NotFound, Unavailable
from valera.kit.postgres import Place, start
from valera.kit.postgres.binaries import find_binaries
from valera.migrations import migrate
from valera.pricing.price_import import read_price_list
from valera.pricing.reading.describe import describe
from valera.russian.latin import slug as latin_slug
from valera.services import open_vault
from valera.simulator.dialogue import Dialogue, Reply
from valera.telegram.bot import Bot, list_bots, set_webhook
from valera.telegram.client import BotApi
from valera.up import simulated_bot, simulator_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from valera.kit.secrets import Secret, Vault
    from valera.pricing.reading.draft import Draft
    from valera.settings import Settings

DEMO = "demo"
START_SECONDS = 120
MAX_PRICE_FILE = 6 * 1024 * 1024


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """DATABASE_URL's, the running instance's, or the embedded one started for this command alone."""
    running = find_instance(settings.home.absolute())
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
    elif running is not None:
        url = running.database_url
    else:
        async with _embedded(settings.home.absolute()) as url, _opened(url) as db:
            yield db
        return
    async with _opened(url) as db:
        yield db


@asynccontextmanager
async def _embedded(home: Path) -> AsyncIterator[str]:
    with alone(home):
        server = await asyncio.to_thread(start, Place.choose(home))
        try:
            await migrate.bootstrap(server.admin_url(), password=server.place.password(migrate.LOGIN))
            url = server.url(migrate.LOGIN, migrate.DATABASE)
            await asyncio.to_thread(migrate.upgrade, url)
            yield url
        finally:
            await asyncio.to_thread(server.stop)


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    db = Database(url, min_size=1, max_size=4)
    await db.open()
    try:
        yield db
    finally:
        await db.close()


def migrate_database(settings: Settings, *, bootstrap: bool, print_only: bool) -> None:
    if print_only:
        print(migrate.bootstrap_script())  # noqa: T201  (the command's whole purpose)
        return
    if settings.database_url is None:
        asyncio.run(_migrate_embedded(settings))
        return
    url = settings.database_url.get_secret_value()
    if bootstrap:
        print(asyncio.run(migrate.bootstrap_login(url)))  # noqa: T201
        return
    migrate.upgrade(url)


async def _migrate_embedded(settings: Settings) -> None:
    async with open_database(settings):
        pass


async def add_simulated_shop(settings: Settings, *, name: str, slug: str, price_list: Path | None, **options: Any) -> str:
    """Opens a shop whose bot lives in the simulator; returns what to tell of it. Everything is read before anything is written."""
    if settings.telegram_api_url is not None:
        raise Invalid("This installation talks to the real Telegram (TELEGRAM_API_URL); `shop add` makes bots of the simulator only.")
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
    vault, running = open_vault(settings), find_instance(settings.home.absolute())
    async with open_database(settings) as db:
        me, token = simulated_bot(simulator_file(settings), name[:64], _bot_username(slug or latin_slug(name)))
        shop = await add_shop(db, vault, plan, me=me, token=token)
    if running is not None and running.simulator_url is not None:
        await _point_at(running.simulator_url, running.web_url, shop.bot, token, vault)
    told = [f"Shop {shop.slug!r} is open with the bot @{shop.bot.username}."]
    return "\n".join([*told, describe(draft, plan.locale)] if draft is not None else told)


def _read_prices(file: Path) -> Draft:
    if file.stat().st_size > MAX_PRICE_FILE:
        raise Invalid(f"{file.name} is larger than a price list can be. Save the list alone as CSV.")
    return read_price_list(file.read_bytes(), source=file.name)


async def _point_at(api_url: str, web_url: str, bot: Bot, token: Secret, vault: Vault) -> None:
    """At once; otherwise the running web process finds the new bot within a minute."""
    bot_api = BotApi(api_url)
    try:
        await set_webhook(bot_api, bot, token, vault=vault, base_url=web_url)
    finally:
        await bot_api.close()


async def converse(settings: Settings, *, slug: str | None, person: str, texts: Sequence[str]) -> AsyncIterator[tuple[str, list[Reply]]]:
    """The texts, one after another, each with what the bot answered."""
    async with _running(settings) as instance, _opened(instance.database_url) as db:
        if instance.simulator_url is None:
            raise Invalid("This installation talks to the real Telegram: write to its bot there.")
        account = await _choose_shop(db, slug)
        with account_scope(account.id):
            async with db.account_tx() as tx:
                bots = await list_bots(tx)
        if not bots:
            raise NotFound(f"The shop {account.slug!r} has no bot.")
        async with Dialogue(instance.simulator_url, db, account.id, bots[0].telegram_id, person) as dialogue:
            for text in texts:
                yield text, await dialogue.say(text)


async def verify_installation(settings: Settings) -> tuple[Finding, ...]:
    async with open_database(settings) as db:
        return await verify(db)


async def back_up(settings: Settings, file: Path) -> str:
    async with open_database(settings) as db:
        made = await backups.backup(db.url, file, binaries=find_binaries())
    return f"{file} holds {made.rows} rows of {len(made.tables)} tables."


async def restore_from(settings: Settings, file: Path) -> str:
    async with open_database(settings) as db:
        read = await backups.restore(db.url, file, binaries=find_binaries())
    return (
        f"{read.rows} rows of {len(read.tables)} tables are back, as of {read.made_at:%Y-%m-%d %H:%M} UTC. Bring the key file too.\n"
        "Every shop is held: it takes messages in and sends nothing, for the original may have sent it. `valera outbox` shows what waits, "
        "`valera outbox release` lets it go."
    )


async def describe_status(settings: Settings) -> InstallationStatus:
    async with open_database(settings) as db:
        return await look_around(db)


async def describe_outbox(settings: Settings, *, slug: str | None) -> list[str]:
    async with open_database(settings) as db:
        return [f"{account.slug}: {outbox.tell()}" for account, outbox in await look(db, slug=slug)]


async def release_outbox(settings: Settings, *, slug: str | None, old: str) -> list[str]:
    chosen = Old(old)
    handled = "dropped" if chosen is Old.DROP else "sent again as replies"
    async with open_database(settings) as db:
        released = await release(db, chosen, slug=slug)
    if not released:
        return ["No shop is held."]
    return [f"{account.slug}: released; {outcome.old} from the backup {handled}; {outcome.due} due now" for account, outcome in released]


async def _choose_shop(db: Database, slug: str | None) -> AccountName:
    async with db.identity_tx() as tx:
        if slug is not None:
            return await get_account_by_slug(tx, slug)
        accounts = await list_accounts(tx)
    if not accounts:
        raise NotFound("There is no shop yet: `valera shop add` opens one.")
    return next((account for account in accounts if account.slug == DEMO), accounts[0])


@asynccontextmanager
async def _running(settings: Settings) -> AsyncIterator[Instance]:
    """The running instance, or one that is started now and stopped afterwards."""
    home = settings.home.absolute()
    if (instance := find_instance(home)) is not None:
        yield instance
        return
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "valera", "up", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert process.stderr is not None
    reading = asyncio.create_task(process.stderr.read())
    try:
        yield await _await_instance(process, home, reading)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()
        await reading


async def _await_instance(process: asyncio.subprocess.Process, home: Path, reading: asyncio.Task[bytes]) -> Instance:
    for _ in range(START_SECONDS * 20):
        if (instance := find_instance(home)) is not None:
            return instance
        if process.returncode is not None:
            said = (await reading).decode(errors="replace").strip().splitlines()
            raise Unavailable(said[-1].removeprefix("valera: ") if said else "Valera could not be started.")
        await asyncio.sleep(0.05)
    raise Unavailable(f"Valera was not ready within {START_SECONDS} s; `valera up` shows why.")


def _bot_username(slug: str) -> str:
    """Latin letters, digits and underscores, at most 32, ending in bot."""
    letters = slug.replace("-", "_").strip("_")
    return f"{letters if letters[:1].isalpha() else 'shop_' + letters}"[:27].rstrip("_") + "_bot"
