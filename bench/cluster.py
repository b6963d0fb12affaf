"""A PostgreSQL of the benchmark's own, with the settings that Valera gives it (fsync and synchronous_commit stay on), and its databases."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg

from valera.backoffice.shop import ShopPlan, add_shop
from valera.bookings.schedule.opening_hours import parse_hours
from valera.kit.db import Database
from valera.kit.postgres import Place, Server, start
from valera.kit.secrets import Secret, Vault, master_key_from_file
from valera.migrations import migrate
from valera.telegram.api.client import Me
from valera.telegram.bots.webhook import webhook_secret

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TEMPLATE = "bench_template"
FIRST_BOT = 7_000_000


@dataclass(frozen=True, slots=True)
class Hook:
    """Where Telegram would send one bot's updates. ``bot_id`` is Valera's, ``number`` Telegram's."""

    account_id: int
    bot_id: int
    number: int
    path: str
    secret: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """``folder`` is the home of everything that is started on it."""

    folder: Path
    server: Server

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def vault(self) -> Vault:
        return Vault(master_key_from_file(self.home / "master.key"))

    def url(self, database: str) -> str:
        return self.server.url(migrate.LOGIN, database)

    async def administer(self, statement: str, *values: object, database: str = "postgres") -> list[Any]:
        connection = await asyncpg.connect(self.server.admin_url(database))
        try:
            return await connection.fetch(statement, *values)
        finally:
            await connection.close()

    async def settings(self) -> dict[str, str]:
        """What the figures depend on, as the server says it."""
        names = ["server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size"]
        rows = await self.administer("select name, current_setting(name) as setting from unnest($1::text[]) as name", names)
        return {row["name"]: row["setting"] for row in rows}

    @asynccontextmanager
    async def database(self, name: str) -> AsyncIterator[str]:
        """A migrated and empty one; gone afterwards."""
        await self.administer(f"create database {name} owner valera_owner template {TEMPLATE}")
        try:
            yield name
        finally:
            await self.administer(f"drop database {name} with (force)")

    async def open_shops(self, database: str, number: int) -> list[Hook]:
        """Shops with a bot each, opened as `valera shop add` opens them."""
        db, vault = Database(self.url(database), max_size=2), self.vault()
        await db.open()
        hooks: list[Hook] = []
        try:
            for index in range(number):
                name, hours = f"Замер {index}", parse_hours("пн-вс 9-21")
                plan = ShopPlan(name=name, slug=f"bench-{index}", time_zone="Europe/Moscow", hours=hours, bays=1)
                me, token = Me(FIRST_BOT + index, f"bench_{index}_bot"), Secret(f"{FIRST_BOT + index}:{secrets.token_urlsafe(30)}")
                shop = await add_shop(db, vault, plan, me=me, token=token)
                secret = webhook_secret(vault, shop.bot.webhook_key).reveal()
                hooks.append(Hook(shop.account_id, shop.bot.id, me.id, f"/telegram/{shop.bot.webhook_key}", secret))
        finally:
            await db.close()
        return hooks


@asynccontextmanager
async def started_cluster() -> AsyncIterator[Cluster]:
    """Made, used and thrown away."""
    with tempfile.TemporaryDirectory(prefix="valera-bench-") as name:
        folder = Path(name)
        server = await asyncio.to_thread(_start, folder)
        try:
            await migrate.bootstrap(server.admin_url(), password=server.place.password(migrate.LOGIN), database=TEMPLATE)
            await asyncio.to_thread(migrate.upgrade, server.url(migrate.LOGIN, TEMPLATE))
            yield Cluster(folder, server)
        finally:
            await asyncio.to_thread(server.stop)


def _start(folder: Path) -> Server:
    folder.chmod(0o711)  # started as root, the server is another user and passes through
    (folder / "home").mkdir(mode=0o700)
    return start(Place.choose(folder / "home", shared=folder))
