"""Two shops whose bots Telegram knows, ingest, and processes that look after bots: as many as a test starts."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from tests.cast import Shop, World
from tests.reception.webhook import post
from tests.telegram.bots.botfather import Telegram, TelegramBot, listening
from valera.accounts.notice import Notice, NoticeKind, open_notices
from valera.kit.db import Database, account_scope
from valera.kit.secrets import Place, Secret, Vault
from valera.reception.polling.keeper import BotKeeper
from valera.reception.update_writer import UpdateWriter
from valera.telegram.api.client import BotApi
from valera.telegram.bots.bot import BotRoute, list_routes
from valera.telegram.bots.connect import Office
from valera.telegram.bots.webhook import hash_secret, webhook_secret

HERE = "https://valera.example.org"
VAULT = Vault(Secret(base64.b64encode(bytes(32)).decode()))
PATIENCE = 20.0


@dataclass(slots=True)
class Stage:
    db: Database
    telegram: Telegram
    owner: asyncpg.Connection
    writer: UpdateWriter
    bot_api: BotApi
    garage: Shop
    rival: Shop
    bot: TelegramBot
    rival_bot: TelegramBot
    keepers: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    def start_keeper(self, base_url: str | None) -> asyncio.Task[None]:
        """Another process that looks after bots if nobody else does."""
        keeper = BotKeeper(self.db, self.bot_api, VAULT, self.writer, base_url)
        self.keepers.append(asyncio.create_task(keeper.run()))
        return self.keepers[-1]

    def office(self, base_url: str | None = HERE) -> Office:
        return Office(self.db, self.bot_api, VAULT, base_url, self.telegram.url, is_simulator=False)

    async def route(self, telegram_id: int = 9_000_001) -> BotRoute:
        async with self.db.identity_tx() as tx:
            return next(route for route in await list_routes(tx) if route.telegram_id == telegram_id)

    async def stored(self, shop: Shop | None = None) -> list[int]:
        """The ids of updates that were stored beside the shop's first."""
        shop = shop or self.garage
        rows = await self.owner.fetch(
            "select update_id from telegram_updates where account_id = $1 and update_id <> $2 order by seq", shop.account_id, shop.update_id
        )
        return [row["update_id"] for row in rows]

    async def conflicts(self) -> int:
        count = await self.owner.fetchval("select count(*) from telegram_update_conflicts where update_id >= 600")
        assert isinstance(count, int)
        return count

    async def notices(self, shop: Shop | None = None) -> list[Notice]:
        with account_scope((shop or self.garage).account_id):
            async with self.db.account_tx() as tx:
                return await open_notices(tx)

    async def kinds(self) -> set[NoticeKind]:
        return {notice.kind for notice in await self.notices()}

    async def post(self, path: str, body: bytes, secret: bytes) -> int:
        return (await post(self.writer, path, body, secrets=(secret,)))[0]

    async def restart_ingest(self) -> None:
        """What it remembers of keys is forgotten."""
        await self.writer.close()
        self.writer = UpdateWriter(self.db)

    async def poke(self, bot_id: int) -> None:
        """As a command does that changed something."""
        await self.owner.execute("select pg_notify('bot', $1)", str(bot_id))


async def until(is_so: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await is_so():
            await asyncio.sleep(0.02)


@asynccontextmanager
async def staged(db: Database, world: World) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(listening())
        owner = await db.connect(role="valera_owner")
        stack.push_async_callback(owner.close)
        bot = await _give_token(owner, telegram, world.garage)
        rival_bot = await _give_token(owner, telegram, world.rival)
        bot_api = BotApi(telegram.url)
        stack.push_async_callback(bot_api.close)
        stage = Stage(db, telegram, owner, UpdateWriter(db), bot_api, world.garage, world.rival, bot, rival_bot)
        try:
            yield stage
        finally:
            for keeper in stage.keepers:
                keeper.cancel()
            await asyncio.gather(*stage.keepers, return_exceptions=True)
            await stage.writer.close()


async def _give_token(owner: asyncpg.Connection, telegram: Telegram, shop: Shop) -> TelegramBot:
    row = await owner.fetchrow(
        "select a.slug, b.telegram_id, b.username from accounts a join bots b on b.account_id = a.id where b.id = $1", shop.bot_id
    )
    assert row is not None
    bot, wrapped = telegram.add(row["telegram_id"], row["username"]), VAULT.new_data_key(row["slug"])
    sealed = VAULT.seal(wrapped, row["slug"], Place("bots.token", shop.account_id, str(bot.id)), Secret(bot.token))
    await owner.execute("update accounts set data_key = $2 where id = $1", shop.account_id, wrapped)
    secret_hash = hash_secret(webhook_secret(VAULT, shop.webhook_key).reveal().encode())
    await owner.execute("update bots set token = $2, webhook_secret_hash = $3 where id = $1", shop.bot_id, sealed, secret_hash)
    return bot
