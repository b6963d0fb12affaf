"""How much Valera adds to a reply: webhook sent → sendMessage received, with a model that answers at once and no settling.

    make latency            three rates, ten seconds each, on a database of its own with fsync on

Web, worker and this program are three processes on one machine, so the figures include the generator's own work.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import uvloop
from aiohttp import web
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from valera.backoffice.shop import ShopPlan, add_shop
from valera.bookings.opening_hours import parse_hours
from valera.kit.db import Database
from valera.kit.logs import set_up_logs
from valera.kit.ports import free_port
from valera.kit.postgres import Place, Server, start
from valera.kit.secrets import Secret
from valera.migrations import migrate
from valera.process import calm_the_collector
from valera.services import open_vault, open_worker_services
from valera.settings import Settings
from valera.telegram.bot import webhook_secret, webhook_url
from valera.telegram.client import Me
from valera.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

RATES = (10, 50, 100)
SECONDS = 10
CHATS = 500
UPDATE_IDS = itertools.count(1_000_000)


async def answer_at_once(_: list[ModelMessage], __: AgentInfo) -> ModelResponse:
    return ModelResponse(parts=[TextPart("Здравствуйте. Чем помочь?")])


async def run_worker() -> None:
    settings = Settings()
    set_up_logs(settings.log_level, settings.log_format)
    async with open_worker_services(settings) as services:
        calm_the_collector()
        await Worker(replace(services, model=FunctionModel(answer_at_once)), settings.concurrent_turns).run(asyncio.Event())


class Telegram:
    """Takes messages, notes when they came."""

    def __init__(self) -> None:
        self.arrived: dict[int, list[float]] = {}
        self.number = 0

    async def handle(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        method = request.match_info["method"]
        if method == "sendMessage":
            self.arrived.setdefault(body["chat_id"], []).append(time.perf_counter())
        self.number += 1
        result: Any = {"message_id": self.number} if method == "sendMessage" else {"url": ""} if method == "getWebhookInfo" else True
        return web.json_response({"ok": True, "result": result})


@asynccontextmanager
async def listening(telegram: Telegram) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", telegram.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_port("127.0.0.1")
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def ready(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(300):
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(url) as answer:
                    if answer.ok:
                        break
            await asyncio.sleep(0.1)
    await asyncio.sleep(5)  # the worker imports the models


async def measure(url: str, secret: str, telegram: Telegram, rate: int) -> tuple[list[float], list[float]]:
    """Added delay and acknowledgement of each message, in milliseconds."""
    sent: dict[int, list[float]] = {}
    acknowledged: list[float] = []
    telegram.arrived.clear()
    async with aiohttp.ClientSession(headers={"x-telegram-bot-api-secret-token": secret}) as session:

        async def write(number: int) -> None:
            user = 1_000_000 + number % CHATS
            person = {"id": user, "is_bot": False, "first_name": "Вера"}
            message = {"message_id": 1, "date": 1, "chat": {"id": user, "type": "private"}, "from": person, "text": "Здравствуйте"}
            body = json.dumps({"update_id": next(UPDATE_IDS), "message": message}).encode()
            since = time.perf_counter()
            sent.setdefault(user, []).append(since)
            async with session.post(url, data=body) as answer:
                assert answer.status == 200, answer.status  # noqa: PLR2004
            acknowledged.append((time.perf_counter() - since) * 1000)

        begin, writing = time.perf_counter(), []
        for number in range(rate * SECONDS):
            await asyncio.sleep(max(0, begin + number / rate - time.perf_counter()))
            writing.append(asyncio.create_task(write(number)))
        await asyncio.gather(*writing)
        await asyncio.sleep(2)
    answered = [(user, zip(times, telegram.arrived.get(user, ()), strict=False)) for user, times in sent.items()]
    return [(arrived - at) * 1000 for _, pairs in answered for at, arrived in pairs], acknowledged


def tell(rate: int, added: list[float], acknowledged: list[float]) -> str:
    added.sort()
    acknowledged.sort()
    p99 = added[int(len(added) * 0.99)]
    return (
        f"{rate:4}/s  answered {len(added)} of {rate * SECONDS}  added p50 {statistics.median(added):5.1f} ms  p99 {p99:6.1f} ms"
        f"  acknowledged p50 {statistics.median(acknowledged):4.1f} ms  p99 {acknowledged[int(len(acknowledged) * 0.99)]:5.1f} ms"
    )


def start_database(folder: Path, home: Path) -> Server:
    folder.chmod(0o711)  # started as root, the server is another user and passes through
    return start(Place.choose(home, shared=folder))


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="valera-") as folder:
        home, telegram, web_port = Path(folder) / "home", Telegram(), free_port("127.0.0.1")
        server = await asyncio.to_thread(start_database, Path(folder), home)
        try:
            await migrate.bootstrap(server.admin_url(), password=server.place.password(migrate.LOGIN))
            url = server.url(migrate.LOGIN, migrate.DATABASE)
            await asyncio.to_thread(migrate.upgrade, url)
            async with listening(telegram) as telegram_url:
                settings = {
                    "VALERA_HOME": str(home), "DATABASE_URL": url, "TELEGRAM_API_URL": telegram_url, "VALERA_WEB_PORT": str(web_port),
                    "VALERA_SETTLE_SECONDS": "0", "VALERA_SETTLE_MOST_SECONDS": "0", "VALERA_LOG_LEVEL": "error",
                }  # fmt: skip
                os.environ.update(settings)
                vault, db = open_vault(Settings()), Database(url, max_size=2)
                await db.open()
                plan = ShopPlan(name="Замер", slug="measure", time_zone="Europe/Moscow", hours=parse_hours("пн-вс 9-21"), bays=1)
                shop = await add_shop(db, vault, plan, me=Me(7, "measure_bot"), token=Secret(f"7:{secrets.token_urlsafe(30)}"))
                await db.close()
                hook = webhook_url(f"http://127.0.0.1:{web_port}", shop.bot.webhook_key)
                processes = [
                    await asyncio.create_subprocess_exec(sys.executable, *arguments)
                    for arguments in (("-m", "valera", "web"), (__file__, "worker"))
                ]
                try:
                    await ready(f"http://127.0.0.1:{web_port}/health/ready")
                    secret = webhook_secret(vault, shop.bot.webhook_key).reveal()
                    await measure(hook, secret, telegram, CHATS // SECONDS)  # every chat exists before it counts
                    for rate in RATES:
                        print(tell(rate, *await measure(hook, secret, telegram, rate)), flush=True)  # noqa: T201
                finally:
                    for process in processes:
                        process.terminate()
                        await process.wait()
        finally:
            server.stop()


if __name__ == "__main__":
    uvloop.run(run_worker() if sys.argv[1:] == ["worker"] else main())
