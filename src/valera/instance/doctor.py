"""What `valera doctor` looks at, in the order in which a fault of one explains those after it."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from valera.backoffice.doctor.address import look_at_clock, look_at_public_url
from valera.backoffice.doctor.check import Check, State, broken, doubtful, skipped, well
from valera.backoffice.doctor.database import look_at_database, look_at_workers
from valera.backoffice.doctor.machine import look_at_backups, look_at_disk, look_at_master_key
from valera.instance.database import open_database
from valera.instance.models import look_at_models
from valera.kit.errors import ValeraError
from valera.services import open_bot_api, open_vault, telegram_api_url, webhook_base
from valera.telegram.bots.bot import list_routes
from valera.telegram.bots.condition import examine_bot
from valera.telegram.bots.connect import Office

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from valera.kit.db import Database
    from valera.settings import Settings


async def examine(settings: Settings) -> AsyncGenerator[Check]:
    """One after another, as each is known; without a database only what needs none."""
    home = settings.home.absolute()
    try:
        async with open_database(settings) as db, aclosing(_look_through(settings, db)) as checks:
            async for check in checks:
                yield check
    except ValeraError as error:
        yield broken("database", error.detail)
    for check in await look_at_public_url(settings.public_url):
        yield check
    if settings.telegram_api_url is not None:
        yield await look_at_clock(settings.telegram_api_url)
    yield look_at_disk({"the home folder": home, "clients' files": settings.files or home / "files"})
    yield look_at_backups(home)


async def _look_through(settings: Settings, db: Database) -> AsyncGenerator[Check]:
    checks = await look_at_database(db)
    for check in checks:
        yield check
    if checks[0].state == State.BROKEN:
        return
    key_file = settings.home.absolute() / "master.key" if settings.master_key is None else None
    key = await look_at_master_key(lambda: open_vault(settings), key_file, db)
    yield key
    yield await look_at_workers(db)
    if key.state != State.WELL:
        return
    async with aclosing(_look_at_bots(settings, db)) as checks:
        async for check in checks:
            yield check
    async with aclosing(look_at_models(settings, db)) as findings:
        async for found in findings:
            told = ", ".join([found.sentence, *_abilities(tools=found.tools, images=found.images), *([found.price] if found.price else [])])
            yield (well if found.is_well else broken)("model", f"{found.name}: {told}")


async def _look_at_bots(settings: Settings, db: Database) -> AsyncGenerator[Check]:
    if settings.telegram_api_url is None:
        yield skipped("Telegram", "TELEGRAM_API_URL is not set: bots live in the simulator, while `valera up` runs.")
        return
    async with db.identity_tx() as tx:
        routes = await list_routes(tx)
    if not routes:
        yield doubtful("bot", "No shop has one: `valera bot add --shop SLUG`.")
    bot_api = open_bot_api(settings)
    office = Office(db, bot_api, open_vault(settings), webhook_base(settings), telegram_api_url(settings), is_simulator=False)
    try:
        for route in routes:
            bot = await examine_bot(office, route)
            yield (well if bot.is_well else broken)("bot", f"{bot.name}: {bot.sentence}")
    finally:
        await bot_api.close()


def _abilities(*, tools: bool | None, images: bool | None) -> list[str]:
    return [f"{what}: {'yes' if able else 'no'}" for what, able in (("tools", tools), ("images", images)) if able is not None]
