"""One run: everything is started, the clients live, havoc is wreaked, it grows quiet, everything is judged."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from aiohttp import web

from tests.reliability.chaos import queries
from tests.reliability.chaos.client import Client, Line
from tests.reliability.chaos.havoc import Havoc
from tests.reliability.chaos.installation import Installation, installed
from tests.reliability.chaos.judge import Verdict, judge
from tests.reliability.chaos.model_peer import ModelPeer
from tests.reliability.chaos.pace import Pace
from tests.reliability.chaos.plan import Plan, write_parts
from tests.reliability.chaos.telegram import Telegram
from tests.reliability.chaos.webhooks import Hook, Web, Webhooks
from valera.backoffice.shop import ShopPlan, add_shop
from valera.bookings.schedule.opening_hours import parse_hours
from valera.kit.db import Database
from valera.kit.ports import free_port
from valera.kit.secrets import Secret, Vault, master_key_from_file
from valera.migrations import migrate
from valera.telegram.api.client import Me
from valera.telegram.bots.webhook import webhook_secret, webhook_url

QUIET_SECONDS = 240
"""How long, after the last update, whatever waits for its second try may take."""

BAYS = 40


@dataclass(frozen=True, slots=True)
class Stage:
    """The installation, started, and the network around it."""

    plan: Plan
    installation: Installation
    telegram: Telegram
    model: ModelPeer
    webhooks: Webhooks
    clients: list[Client]


@dataclass(frozen=True, slots=True)
class Outcome:
    verdict: Verdict
    havoc: Havoc
    stage: Stage
    load_seconds: float
    seconds: float
    drains: dict[str, float]
    errors: Counter[str]


async def run(plan: Plan) -> Outcome:
    since = time.monotonic()
    async with staged(plan) as stage:
        havoc = Havoc(plan, stage.installation, random.Random(f"{plan.seed} havoc"))
        supervising = asyncio.create_task(stage.installation.supervise())
        try:
            async with asyncio.timeout(plan.limit_seconds):
                load_seconds = await _live(stage, havoc)
                await quiet(stage)
        except TimeoutError:
            tell(f"the limit of {plan.limit_seconds:.0f} s is reached")
            load_seconds = plan.limit_seconds
        finally:
            supervising.cancel()
            stage.webhooks.stopped = True
        tell("it is quiet; the processes are stopped and everything is judged")
        drains = await stage.installation.stop()
        server = stage.installation.server
        verdict = await judge(stage.installation.url, server.admin_url(migrate.DATABASE), stage.clients, stage.telegram)
        verdict.lost += verdict.find("updates that were never taken", [stage.webhooks.unsent] * bool(stage.webhooks.unsent))
        errors = stage.installation.errors()
    return Outcome(verdict, havoc, stage, load_seconds, time.monotonic() - since, drains, errors)


async def _live(stage: Stage, havoc: Havoc) -> float:
    begin, loaded, pace = time.monotonic(), asyncio.Event(), Pace(stage.plan.seconds, havoc.seconds_left)
    tell(f"two webs and two workers are ready; {len(stage.clients)} clients begin")
    async with asyncio.TaskGroup() as group:
        pacing = group.create_task(pace.run())
        lives = [group.create_task(client.live(pace)) for client in stage.clients]
        wreaking = group.create_task(havoc.wreak(loaded))
        telling = group.create_task(_tell_now_and_then(stage, havoc))
        await asyncio.wait(lives)
        load_seconds = time.monotonic() - begin
        loaded.set()
        pacing.cancel()
        await asyncio.wait([wreaking])
        telling.cancel()
    return load_seconds


async def _tell_now_and_then(stage: Stage, havoc: Havoc) -> None:
    while True:
        await asyncio.sleep(20)
        said = sum(len(client.said) for client in stage.clients)
        done = ", ".join(f"{count} × {deed.value}" for deed, count in havoc.done.items())
        tell(f"{said} updates, {done}; webhooks {dict(stage.webhooks.answers)} {dict(stage.webhooks.broken)}")


async def quiet(stage: Stage) -> None:
    """Until nothing is on its way any more, or it takes too long: then it is stuck."""
    connection = await asyncpg.connect(stage.installation.server.admin_url(migrate.DATABASE))
    try:
        until = time.monotonic() + QUIET_SECONDS
        while any((left := await queries.unfinished(connection)).values()) and time.monotonic() < until:
            await asyncio.sleep(0.5)
        tell(f"left unfinished: {left}")
    finally:
        await connection.close()


# ---- the stage ----------------------------------------------------------------------------------


@asynccontextmanager
async def staged(plan: Plan) -> AsyncIterator[Stage]:
    telegram = Telegram(random.Random(f"{plan.seed} telegram"), plan.telegram_faults)
    model = ModelPeer(random.Random(f"{plan.seed} model"), plan.model_faults)
    async with _listening(telegram, model) as address:
        settings = {
            "TELEGRAM_API_URL": address,
            "PUBLIC_URL": "https://valera.example.org",
            "VALERA_MODELS": "openai:chaos",
            "OPENAI_BASE_URL": f"{address}/v1",
            "OPENAI_API_KEY": "no key",
            "VALERA_SETTLE_SECONDS": "0.3",
            "VALERA_SETTLE_MOST_SECONDS": "2",
        }
        async with installed(settings) as installation:
            lines = await _open_shops(plan, installation, telegram)
            await installation.start()
            webhooks = Webhooks([Web(web.address) for web in installation.webs], random.Random(f"{plan.seed} webhooks"))
            await webhooks.open()
            watching = asyncio.create_task(webhooks.watch())
            parts = write_parts(plan)
            clients = [Client(part, lines[part.shop], telegram, webhooks, random.Random(f"{plan.seed} {part.number}")) for part in parts]
            try:
                yield Stage(plan, installation, telegram, model, webhooks, clients)
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
                await webhooks.close()
                telegram.closing.set()


@asynccontextmanager
async def _listening(telegram: Telegram, model: ModelPeer) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", telegram.handle)
    app.router.add_post("/v1/chat/completions", model.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    port = free_port("127.0.0.1")
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await runner.cleanup()


async def _open_shops(plan: Plan, installation: Installation, telegram: Telegram) -> list[Line]:
    home = installation.folder / "home"
    home.mkdir(exist_ok=True)
    vault, db = Vault(master_key_from_file(home / "master.key")), Database(installation.url, max_size=2)
    await db.open()
    lines: list[Line] = []
    for number in range(1, plan.shops + 1):
        token = f"{number}:{secrets.token_urlsafe(30)}"
        shop_plan = ShopPlan(
            name=f"Мастерская {number}", slug=f"shop-{number}", time_zone="Europe/Moscow", hours=parse_hours("пн-вс 9-21"), bays=BAYS
        )
        shop = await add_shop(db, vault, shop_plan, me=Me(number, f"shop_{number}_bot"), token=Secret(token))
        telegram.bots[token] = number
        hook = Hook(webhook_url("", shop.bot.webhook_key), webhook_secret(vault, shop.bot.webhook_key).reveal())
        lines.append(Line(number, hook, itertools.count(number * 1_000_000)))
    await db.close()
    return lines


def tell(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()
