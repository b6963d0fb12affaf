"""A backup that is made while everything runs comes back whole, and what it holds is said once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from tests.cast import Shop, World
from tests.conftest import Cluster
from tests.reception.webhook import encoded, message_update
from tests.same_models import SameModels
from tests.telegram.post_office import PostOffice, open_post_office
from tests.telegram.scripted_telegram import scripted_telegram
from valera.assistant.loop import Caps
from valera.backoffice.backup import backup, restore
from valera.backoffice.outbox import Old, look, release
from valera.backoffice.status import look_around
from valera.backoffice.verify import verify
from valera.kit.clock import SystemClock
from valera.kit.db import Database
from valera.kit.logs import set_up_logs
from valera.kit.storage import FolderStorage
from valera.reception.intake import Settling
from valera.reception.paying import Till
from valera.reception.readiness import warm_up
from valera.reception.tools import TOOLS
from valera.reception.update_writer import BotKey, UpdateWriter
from valera.services import WorkerServices
from valera.telegram.api.client import BotApi
from valera.worker import Worker

CHATS = range(950_001, 950_021)
WORDS = ["".join(letters) for letters in product("абвгде", repeat=3)]


async def repeat(messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
    """Says what it heard last, so that every answer differs."""
    heard = [
        str(part.content)
        for message in messages
        if isinstance(message, ModelRequest)
        for part in message.parts
        if isinstance(part, UserPromptPart)
    ]
    await asyncio.sleep(0.02)
    return ModelResponse(parts=[TextPart(f"Слышу: {heard[-1]}")])


@asynccontextmanager
async def working(office: PostOffice) -> AsyncIterator[None]:
    made = WorkerServices(
        office.db,
        office.bot_api,
        office.vault,
        SystemClock(),
        models=SameModels(FunctionModel(repeat)),
        tools=TOOLS,
        caps=Caps(),
        settling=Settling(timedelta(0), timedelta(0)),
        storage=FolderStorage(Path("nobody-sends-files-here")),
        till=Till(),
    )
    stopping = asyncio.Event()
    worker = asyncio.create_task(Worker(made, 50).run(stopping))
    try:
        yield
    finally:
        stopping.set()
        await worker


async def write(db: Database, shop: Shop, words: list[str], until: asyncio.Event | None = None) -> None:
    """Each word from each chat, one after another, until somebody has heard enough."""
    writer = UpdateWriter(db)
    await writer.open()
    bot = BotKey(shop.account_id, shop.bot_id, b"")
    for word in words:
        updates = [encoded(message_update(f"{word} {chat_name(chat)}", user=chat)) for chat in CHATS]
        await asyncio.gather(*(writer.store(bot, update) for update in updates))
        await asyncio.sleep(0.1)
        if until is not None and until.is_set():
            break
    await writer.close()


def chat_name(chat: int) -> str:
    return WORDS[-(chat - CHATS.start) - 1]


async def at_rest(db: Database) -> None:
    while True:
        found = await look_around(db)
        if not found.mailboxes + found.turns + found.running:
            return
        await asyncio.sleep(0.1)


@pytest.fixture(autouse=True)
def terse_log() -> None:
    """As a process logs: a traceback in colours holds the loop up for seconds."""
    set_up_logs("warning", "text")


def said(office: PostOffice) -> list[tuple[int, str]]:
    return [(call["chat_id"], call["text"]) for method, call in office.telegram.calls if method == "sendMessage"]


@asynccontextmanager
async def restored_office(original: PostOffice, cluster: Cluster, file: Path) -> AsyncIterator[PostOffice]:
    name = await cluster.create()
    await restore(cluster.url(name), file, binaries=cluster.server.binaries)
    db = Database(cluster.url(name), min_size=1, max_size=8)
    await db.open()
    owner = await db.connect(role="valera_owner")
    async with scripted_telegram() as telegram:
        bot_api = BotApi(telegram.url)
        yield PostOffice(db, original.shop, telegram, bot_api, original.vault, owner)
        await bot_api.close()
    await owner.close()
    await db.close()
    await cluster.drop(name)


@pytest.mark.timeout(180)
async def test_backup_of_a_busy_installation_is_whole_and_repeats_nothing(
    db: Database, world: World, cluster: Cluster, tmp_path: Path
) -> None:
    warm_up()
    async with open_post_office(db, world.garage) as original:
        await original.owner.execute("delete from mailboxes where bot_id <> $1", world.garage.bot_id)
        async with working(original):
            enough = asyncio.Event()
            writing = asyncio.create_task(write(db, world.garage, WORDS[:190], enough))
            await until_sent(original, 30)
            await backup(db.url, tmp_path / "b", binaries=cluster.server.binaries)
            assert not writing.done(), "the backup was made in a quiet moment: write more"
            enough.set()
            await writing
            await at_rest(db)
        heard = said(original)

        async with restored_office(original, cluster, tmp_path / "b") as restored:
            assert await broken(restored.db) == []
            async with working(restored):
                await write(restored.db, world.garage, WORDS[190:191])
                await at_rest(restored.db)
                assert said(restored) == []
                [(_, outbox)] = await look(restored.db, slug="garage")
                assert outbox.new == len(CHATS)

                await release(restored.db, Old.DROP)
                await until_sent(restored, len(CHATS))
            repeated = said(restored)

            assert set(heard) & set(repeated) == set()
            assert sorted(chat for chat, _ in repeated) == list(CHATS)
            assert await broken(restored.db) == []


async def until_sent(office: PostOffice, count: int) -> None:
    while len(said(office)) < count:
        await asyncio.sleep(0.02)


async def broken(db: Database) -> list[str]:
    return [finding.tell() for finding in await verify(db) if finding.breaches]
