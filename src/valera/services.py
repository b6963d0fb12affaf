"""Builds the few long-lived objects once: for web the Database, the Bot API and the vault, for a worker also the model and the clock."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from valera.kit.db import Database
from valera.kit.errors import Invalid
from valera.kit.secrets import Secret, Vault, master_key_from_file
from valera.migrations.checks import refuse_superuser
from valera.telegram.client import BotApi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from pydantic_ai.models import Model

    from valera.assistant.loop import Caps
    from valera.assistant.tools import Tool
    from valera.kit.clock import Clock
    from valera.reception.intake import Settling
    from valera.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """What web and worker both need."""

    db: Database
    bot_api: BotApi
    vault: Vault


@dataclass(frozen=True, slots=True)
class WorkerServices:
    """What a worker needs beside them: who answers, with which tools, and within which bounds."""

    db: Database
    bot_api: BotApi
    vault: Vault
    clock: Clock
    model: Model
    tools: Sequence[Tool]
    caps: Caps
    settling: Settling


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Closed in reverse. Raises DatabaseUnavailable or SuperuserRefused with a sentence that says what to do."""
    async with open_database(settings) as db:
        bot_api = BotApi(telegram_api_url(settings))
        try:
            yield Services(db, bot_api, open_vault(settings))
        finally:
            await bot_api.close()


@asynccontextmanager
async def open_worker_services(settings: Settings) -> AsyncIterator[WorkerServices]:
    """As `open_services`. Models and dictionaries take seconds to import: only a worker does it."""
    from valera.assistant.loop import Caps
    from valera.kit.clock import SystemClock
    from valera.reception.intake import Settling
    from valera.reception.receptionist import ScriptedReceptionist
    from valera.reception.tools import TOOLS

    settling = Settling(timedelta(seconds=settings.settle_seconds), timedelta(seconds=settings.settle_most_seconds))
    async with open_services(settings) as made:
        yield WorkerServices(
            made.db, made.bot_api, made.vault, SystemClock(), model=ScriptedReceptionist(), tools=TOOLS, caps=Caps(), settling=settling
        )


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """DATABASE_URL's, for a process that serves: its login must be one that row-level security binds."""
    db = Database(database_url(settings), max_size=settings.pool_size)
    await db.open()
    try:
        await refuse_superuser(db)
        yield db
    finally:
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
