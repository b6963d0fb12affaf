"""The garage's outbox, its bot whose token opens, and a Telegram that answers as it is told."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from tests.cast import Shop
from tests.disclosure import answer_of
from tests.telegram.scripted_telegram import ScriptedTelegram, scripted_telegram
from valera.kit.db import AccountTx, Database, account_scope
from valera.kit.secrets import Place, Secret, Vault
from valera.kit.storage import FolderStorage, Storage
from valera.telegram.api.client import BotApi
from valera.telegram.outbox.delivery import Claim, Sender, put_delivery
from valera.telegram.outbox.sent import SentMarks

TOKEN = Secret("700000001:AAE-planted-token-of-the-garage-000001")


@dataclass(slots=True)
class PostOffice:
    """The garage's outbox, and what is needed to empty it."""

    db: Database
    shop: Shop
    telegram: ScriptedTelegram
    bot_api: BotApi
    vault: Vault
    owner: asyncpg.Connection
    gone: list[int] = field(default_factory=list)
    storage: Storage = field(default_factory=lambda: FolderStorage(Path(os.devnull)))

    async def put(self, text: str, *, chat_id: int | None = None, **fields: Any) -> None:
        with account_scope(self.shop.account_id):
            async with self.db.account_tx() as tx:
                await put_delivery(
                    tx, chat_id=chat_id or self.shop.chat_id, message_id=None, text=text, turn_id=self.shop.turn_id, **fields
                )

    async def claim(self) -> list[Claim]:
        return await self.sender.claim(worker=1, limit=10)

    @property
    def sender(self) -> Sender:
        return Sender(self.db, self.bot_api, self.vault, SentMarks(self.db), self.mark_gone, self.storage)

    async def send(self) -> int:
        """Claim and send once; how many were claimed."""
        claims = await self.claim()
        for claim in claims:
            await self.sender.deliver(claim)
        return len(claims)

    async def hurry(self) -> None:
        """What waits for a time is due."""
        await self.owner.execute("update deliveries set due_at = now() where state = 'ready'")

    async def send_all(self, rounds: int = 20) -> None:
        """Until nothing is left to send, or nothing moves any more."""
        for _ in range(rounds):
            await self.hurry()
            if not await self.send():
                return

    async def rows(self) -> list[asyncpg.Record]:
        return await self.owner.fetch(
            "select * from deliveries where account_id = $1 and id > $2 order by id", self.shop.account_id, self.shop.delivery_id
        )

    async def bot_state(self) -> str:
        state = await self.owner.fetchval("select state from bots where id = $1", self.shop.bot_id)
        assert isinstance(state, str)
        return state

    def texts(self) -> list[str]:
        """What Telegram was asked to send, without what code says in front of a first answer."""
        return [answer_of(call["text"]) for method, call in self.telegram.calls if method == "sendMessage"]

    async def lose_patience(self, seconds: float = 2) -> None:
        """From now on the client waits this long."""
        await self.bot_api.close()
        self.bot_api = BotApi(self.telegram.url, timeout_seconds=seconds)

    async def row(self) -> asyncpg.Record:
        [row] = await self.owner.fetch(
            "select * from deliveries where account_id = $1 and id > $2 order by id limit 1", self.shop.account_id, self.shop.delivery_id
        )
        return row

    async def seconds_to_wait(self, chat_id: int) -> float:
        """Until the first ready delivery of a chat is due."""
        seconds = await self.owner.fetchval(
            "select extract(epoch from min(due_at) - now()) from deliveries where state = 'ready' and chat_id = $1", chat_id
        )
        assert seconds is not None, "nothing is ready"
        return float(seconds)

    async def another_chat(self, number: int) -> int:
        """A chat of another person with the same bot."""
        await self.owner.execute("insert into telegram_users (telegram_id, first_name) values ($1, 'Вера')", number)
        chat_id = await self.owner.fetchval(
            "with client as (insert into clients (account_id, telegram_user_id, name) values ($1, $3, 'Вера') returning id)"
            " insert into chats (account_id, bot_id, telegram_chat_id, telegram_user_id, client_id)"
            " select $1, $2, $3, $3, id from client returning id",
            self.shop.account_id,
            self.shop.bot_id,
            number,
        )
        assert chat_id is not None
        return chat_id

    async def mark_gone(self, _tx: AccountTx, chat_id: int) -> None:
        self.gone.append(chat_id)


@asynccontextmanager
async def open_post_office(db: Database, shop: Shop) -> AsyncIterator[PostOffice]:
    vault = Vault(Secret(base64.b64encode(bytes(32)).decode()))
    owner = await db.connect(role="valera_owner")
    bot = await owner.fetchrow(
        "select a.slug, b.telegram_id from accounts a join bots b on b.account_id = a.id where b.id = $1", shop.bot_id
    )
    assert bot is not None
    slug, telegram_id = bot["slug"], bot["telegram_id"]
    wrapped = vault.new_data_key(slug)
    sealed = vault.seal(wrapped, slug, Place("bots.token", shop.account_id, str(telegram_id)), TOKEN)
    await owner.execute("update accounts set data_key = $2 where id = $1", shop.account_id, wrapped)
    await owner.execute("update bots set token = $2 where id = $1", shop.bot_id, sealed)
    await owner.execute("update deliveries set state = 'sent'")
    async with scripted_telegram() as telegram:
        office = PostOffice(db, shop, telegram, BotApi(telegram.url), vault, owner)
        yield office
        await office.bot_api.close()
    await owner.close()
