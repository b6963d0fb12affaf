"""Builds the few long-lived objects once: Database, BotApi, the vault, the model, the clock."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from valera.assistant.loop import Caps
from valera.bookings.tools import TOOLS as BOOKING_TOOLS
from valera.chats.tools import CALL_HUMAN
from valera.clients.tools import SAVE_CLIENT
from valera.kit.clock import Clock, SystemClock
from valera.kit.db import Database
from valera.kit.errors import Invalid
from valera.kit.secrets import Secret, Vault, master_key_from_file
from valera.migrations.checks import refuse_superuser
from valera.pricing.tools import find_prices
from valera.reception.intake import Settling
from valera.reception.receptionist import ScriptedReceptionist
from valera.telegram.client import BotApi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pydantic_ai.models import Model

    from valera.settings import Settings

TOOLS = (find_prices, *BOOKING_TOOLS, SAVE_CLIENT, CALL_HUMAN)


@dataclass(frozen=True, slots=True)
class Services:
    db: Database
    bot_api: BotApi
    vault: Vault
    model: Model
    clock: Clock
    caps: Caps
    settling: Settling


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Everything a process needs; closed in reverse. Raises DatabaseUnavailable with a sentence that says what to do."""
    db = Database(database_url(settings), max_size=settings.pool_size)
    bot_api = BotApi(telegram_api_url(settings))
    await db.open()
    try:
        await refuse_superuser(db)
        yield Services(
            db=db,
            bot_api=bot_api,
            vault=open_vault(settings),
            model=ScriptedReceptionist(),
            clock=SystemClock(),
            caps=Caps(),
            settling=Settling(timedelta(seconds=settings.settle_seconds), timedelta(seconds=settings.settle_most_seconds)),
        )
    finally:
        await bot_api.close()
        await db.close()


def open_vault(settings: Settings) -> Vault:
    if settings.master_key is not None:
        return Vault(Secret(settings.master_key.get_secret_value()))
    settings.home.mkdir(parents=True, exist_ok=True)
    return Vault(master_key_from_file(settings.home / "master.key"))


def database_url(settings: Settings) -> str:
    if settings.database_url is None:
        raise Invalid("DATABASE_URL is not set. `valera up` starts a database of its own; the other commands need to know where one is.")
    return settings.database_url.get_secret_value()


def telegram_api_url(settings: Settings) -> str:
    return settings.telegram_api_url or f"http://{settings.host}:{settings.simulator_port}"
