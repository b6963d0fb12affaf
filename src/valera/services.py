"""Builds the few long-lived objects once: for web the Database, the Bot API and the vault, for a worker also the model and the clock."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlsplit

from valera.backoffice.retention import Retention
from valera.kit.db import ACQUIRE_SECONDS, Database
from valera.kit.errors import Invalid
from valera.kit.ports import local_url
from valera.kit.secrets import Secret, Vault, master_key_from_file
from valera.kit.storage import FolderStorage
from valera.migrations.checks import refuse_old_schema, refuse_superuser
from valera.settings import Settings, read_addresses
from valera.telegram.api.client import BotApi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from valera.assistant.chain.link import Models
    from valera.assistant.loop import Caps
    from valera.assistant.tools import Tool
    from valera.dashboard.frame.given import Given
    from valera.dashboard.frame.sign_in import SignIn
    from valera.kit.clock import Clock
    from valera.kit.storage import Storage
    from valera.reception.intake import Settling
    from valera.reception.paying import Till
    from valera.reception.trial.conversation import Trying


T = TypeVar("T")

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
    models: Models
    tools: Sequence[Tool]
    caps: Caps
    settling: Settling
    storage: Storage
    till: Till
    retention: Retention = field(default_factory=Retention)
    is_streaming: bool = False


@asynccontextmanager
async def open_services(settings: Settings, *, patience: float = ACQUIRE_SECONDS) -> AsyncIterator[Services]:
    """Closed in reverse. Raises DatabaseUnavailable or SuperuserRefused with a sentence that says what to do."""
    async with open_database(settings, patience=patience) as db:
        bot_api = open_bot_api(settings)
        try:
            yield Services(db, bot_api, open_vault(settings))
        finally:
            await bot_api.close()


@asynccontextmanager
async def open_given(settings: Settings) -> AsyncIterator[Given]:
    """What the web process needs. Raises as `open_services`."""
    from valera.dashboard.frame.given import Given
    from valera.kit.clock import SystemClock
    from valera.kit.live import Hub
    from valera.telegram.bots.connect import Office

    async with open_services(settings) as made, AsyncExitStack() as stack:
        is_simulator = settings.telegram_api_url is None
        address = telegram_api_url(settings)
        yield Given(
            made.db,
            SystemClock(),
            open_storage(settings),
            made.vault,
            made.bot_api,
            office=Office(made.db, made.bot_api, made.vault, webhook_base(settings), address, is_simulator),
            hub=Hub(made.db),
            trying=OnDemand(stack, partial(open_trying, settings, made.db, made.vault)),
            house_models=settings.models,
            simulator=address if is_simulator else None,
            sign_in=await open_sign_in(settings, stack),
        )


async def open_sign_in(settings: Settings, stack: AsyncExitStack) -> SignIn:
    """Closed with the stack. Only beside the simulator, and nowhere public, may people choose who they are."""
    from valera.dashboard.frame.sign_in import SignIn, is_loopback
    from valera.identity.telegram.openid import TELEGRAM, Client, OpenId
    from valera.identity.telegram.widget import Widget
    from valera.telegram.api.transport import open_session

    address = (settings.public_url or local_url(settings.host, settings.web_port)).rstrip("/")
    token, proxy = settings.sign_in_bot_token, _proxy(settings)
    openid = None
    if settings.sign_in_client_id is not None and settings.sign_in_client_secret is not None:
        client = Client(settings.sign_in_client_id, Secret(settings.sign_in_client_secret.get_secret_value()))
        openid = OpenId(TELEGRAM, client, partial(open_session, proxy))
        stack.push_async_callback(openid.close)
    widget = Widget(Secret(token.get_secret_value())) if token is not None else None
    is_demo = settings.telegram_api_url is None and is_loopback(urlsplit(address).hostname)
    return SignIn(address, openid, widget, is_demo)


class OnDemand(Generic[T]):
    """Opened by whoever asks first, closed with the stack that it was given."""

    def __init__(self, stack: AsyncExitStack, opening: Callable[[], AbstractAsyncContextManager[T]]) -> None:
        self._stack, self._opening = stack, opening
        self._opened: T | None = None
        self._lock = asyncio.Lock()

    async def __call__(self) -> T:
        async with self._lock:
            if self._opened is None:
                self._opened = await self._stack.enter_async_context(self._opening())
            return self._opened


@asynccontextmanager
async def open_worker_services(settings: Settings) -> AsyncIterator[WorkerServices]:
    """As `open_services`; raises SchemaBehind, too. Models and dictionaries take seconds to import: only a worker does it."""
    from valera.assistant.loop import Caps
    from valera.kit.clock import SystemClock
    from valera.reception.intake import Settling
    from valera.reception.tools import TOOLS

    caps = Caps(fallback_seconds=settings.fallback_seconds)
    settling = Settling(timedelta(seconds=settings.settle_seconds), timedelta(seconds=settings.settle_most_seconds))
    async with (
        open_services(settings, patience=WORKER_PATIENCE_SECONDS) as made,
        open_models(settings, made.db, made.vault, seconds=caps.seconds) as models,
    ):
        await refuse_old_schema(made.db)
        yield WorkerServices(
            made.db,
            made.bot_api,
            made.vault,
            SystemClock(),
            models=models,
            tools=TOOLS,
            caps=caps,
            settling=settling,
            storage=open_storage(settings),
            till=open_till(settings),
            retention=Retention(timedelta(days=settings.keep_updates_days), timedelta(days=settings.keep_journal_days)),
            is_streaming=settings.streaming,
        )


@asynccontextmanager
async def open_models(settings: Settings, db: Database, vault: Vault, *, seconds: float) -> AsyncIterator[Models]:
    """Who answers clients, shop by shop. Raises Invalid with a sentence where a model of VALERA_MODELS lacks its key."""
    from valera.assistant.models.chains import Installation, Models
    from valera.assistant.models.choice import Local, read_models
    from valera.assistant.models.clients import Clients
    from valera.reception.receptionist import ScriptedReceptionist

    clients = Clients(connections=settings.concurrent_turns, seconds=seconds)
    installation = Installation(read_models(settings.models), read_addresses(), Local.read(settings.local_models))
    try:
        yield Models(installation, clients, ScriptedReceptionist(), db, vault)
    finally:
        await clients.close()


@asynccontextmanager
async def open_trying(settings: Settings, db: Database, vault: Vault) -> AsyncIterator[Trying]:
    """For members who try the assistant out. Models and dictionaries take seconds to import: pages are served meanwhile."""

    def prepare() -> None:
        import_module("valera.reception.trial.conversation")
        from valera.reception.readiness import warm_up

        warm_up()

    await asyncio.to_thread(prepare)
    from valera.assistant.loop import Caps
    from valera.kit.clock import SystemClock
    from valera.reception.trial.conversation import Trying

    caps = Caps(fallback_seconds=settings.fallback_seconds)
    async with open_models(settings, db, vault, seconds=caps.seconds) as models:
        yield Trying(db, SystemClock(), models, open_till(settings), caps)


def open_till(settings: Settings) -> Till:
    from valera.assistant.models.cost import Prices
    from valera.assistant.models.prices import read_prices, read_rates
    from valera.billing.limits import Limits, read_limit
    from valera.reception.paying import Till

    limits = Limits(read_limit(settings.budget_client), read_limit(settings.budget_day), read_limit(settings.budget_month))
    return Till(limits, Prices(read_prices(settings.prices), read_rates(settings.currency_rates)))


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


def open_storage(settings: Settings) -> FolderStorage:
    return FolderStorage(settings.files or settings.home / "files")


def database_url(settings: Settings) -> str:
    if settings.database_url is None:
        raise Invalid("DATABASE_URL is not set. `valera up` starts a database of its own; the other commands need to know where one is.")
    return settings.database_url.get_secret_value()


def telegram_api_url(settings: Settings) -> str:
    return settings.telegram_api_url or local_url(settings.host, settings.simulator_port)


def open_bot_api(settings: Settings) -> BotApi:
    """Through the proxy, if one is set; the simulator is on this machine and needs none."""
    return BotApi(telegram_api_url(settings), proxy=_proxy(settings) if settings.telegram_api_url else None)


def _proxy(settings: Settings) -> Secret | None:
    return Secret(settings.telegram_proxy.get_secret_value()) if settings.telegram_proxy else None


def webhook_base(settings: Settings) -> str | None:
    """Where Telegram reaches this installation; None: nowhere, so bots are polled. The simulator reaches whatever is on its machine."""
    if settings.public_url is None and settings.telegram_api_url is None:
        return local_url(settings.host, settings.web_port)
    return settings.public_url
