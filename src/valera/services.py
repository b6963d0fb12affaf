"""Builds the few long-lived objects once: for web the Database, the Bot API and the vault, for a worker also the model and the clock."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from valera.backoffice.prune import Retention
from valera.kit.db import ACQUIRE_SECONDS, Database
from valera.kit.errors import Invalid
from valera.kit.secrets import Secret, Vault, master_key_from_file
from valera.migrations.checks import refuse_old_schema, refuse_superuser
from valera.settings import ModelChoice, Provider, Settings, read_models
from valera.telegram.api.client import BotApi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from pydantic_ai.models import Model

    from valera.assistant.loop import Caps
    from valera.assistant.tools import Tool
    from valera.kit.clock import Clock
    from valera.reception.intake import Settling


WORKER_PATIENCE_SECONDS = 120.0
"""Nobody stands before a worker: when it has more to do than connections to do it with, its work waits its turn."""


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
    retention: Retention = field(default_factory=Retention)


@asynccontextmanager
async def open_services(settings: Settings, *, patience: float = ACQUIRE_SECONDS) -> AsyncIterator[Services]:
    """Closed in reverse. Raises DatabaseUnavailable or SuperuserRefused with a sentence that says what to do."""
    async with open_database(settings, patience=patience) as db:
        bot_api = BotApi(telegram_api_url(settings))
        try:
            yield Services(db, bot_api, open_vault(settings))
        finally:
            await bot_api.close()


@asynccontextmanager
async def open_worker_services(settings: Settings) -> AsyncIterator[WorkerServices]:
    """As `open_services`; raises SchemaBehind, too. Models and dictionaries take seconds to import: only a worker does it."""
    from valera.assistant.loop import Caps
    from valera.kit.clock import SystemClock
    from valera.reception.intake import Settling
    from valera.reception.tools import TOOLS

    caps = Caps()
    settling = Settling(timedelta(seconds=settings.settle_seconds), timedelta(seconds=settings.settle_most_seconds))
    async with open_services(settings, patience=WORKER_PATIENCE_SECONDS) as made, open_model(settings, seconds=caps.seconds) as model:
        await refuse_old_schema(made.db)
        yield WorkerServices(
            made.db,
            made.bot_api,
            made.vault,
            SystemClock(),
            model=model,
            tools=TOOLS,
            caps=caps,
            settling=settling,
            retention=Retention(timedelta(days=settings.keep_updates_days), timedelta(days=settings.keep_journal_days)),
        )


@asynccontextmanager
async def open_model(settings: Settings, *, seconds: float) -> AsyncIterator[Model]:
    """VALERA_MODELS': a chain if there are several. Raises Invalid with a sentence where a key is missing."""
    from valera.assistant.models import chain

    async with AsyncExitStack() as stack:
        yield chain([await stack.enter_async_context(_open_link(settings, choice, seconds)) for choice in read_models(settings.models)])


@asynccontextmanager
async def _open_link(settings: Settings, choice: ModelChoice, seconds: float) -> AsyncIterator[Model]:
    """A provider's package takes its time to import: only who is asked for is."""
    match choice.provider:
        case Provider.OPENAI:
            from valera.assistant.models_openai import open_openai

            key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
            connections = settings.concurrent_turns
            async with open_openai(
                choice.name, base_url=settings.openai_base_url, api_key=key or None, connections=connections, seconds=seconds
            ) as model:
                yield model
        case Provider.SCRIPTED:
            from valera.reception.receptionist import ScriptedReceptionist

            yield ScriptedReceptionist()
        case _:
            assert_never(choice.provider)


@asynccontextmanager
async def open_database(settings: Settings, *, patience: float = ACQUIRE_SECONDS) -> AsyncIterator[Database]:
    """DATABASE_URL's, for a process that serves: its login must be one that row-level security binds."""
    db = Database(database_url(settings), max_size=settings.pool_size, patience=patience)
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
