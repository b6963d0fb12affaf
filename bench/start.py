"""How long from `valera up` to the first reply: of an installation that has never run, and of one that has data."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp

from bench.figures import median_of
from bench.processes import Process, spawn
from valera.kit.ports import free_port
from valera.kit.postgres import Place

PATIENCE_SECONDS = 120
POLL_SECONDS = 0.02


async def measure(rounds: int) -> dict[str, Any]:
    """One cold start, then ``rounds`` warm ones on what it left. What takes part in it is removed."""
    with tempfile.TemporaryDirectory(prefix="valera-bench-") as name:
        home = Path(name) / "home"
        try:
            cold = await _start(home)
            warm = [await _start(home) for _ in range(rounds)]
        finally:
            shutil.rmtree(Place.choose(home).folder, ignore_errors=True)
    return {
        "cold": cold,
        "warm": {key: median_of([run[key] for run in warm], digits=2) for key in warm[0]},
    }


async def _start(home: Path) -> dict[str, float]:
    """Seconds from the start of the process: until it says that it is ready, and until `/start` is answered in the simulator."""
    simulator_port = free_port()
    environment = {
        "VALERA_HOME": str(home),
        "VALERA_WEB_PORT": str(free_port()),
        "VALERA_SIMULATOR_PORT": str(simulator_port),
    }
    log = home.with_name("up.log")
    log.write_bytes(b"")
    begin = time.perf_counter()
    up = await spawn("valera up", ("-m", "valera", "up"), environment, log)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            ready, reply = await asyncio.gather(_ready(up), _first_reply(up, f"http://127.0.0.1:{simulator_port}"))
    finally:
        up.handle.send_signal(signal.SIGINT)
        await up.stop()
    return {"ready_s": round(ready - begin, 2), "first_reply_s": round(reply - begin, 2)}


async def _ready(up: Process) -> float:
    while "is ready" not in up.log.read_text("utf-8"):
        up.check()
        await asyncio.sleep(POLL_SECONDS)
    return time.perf_counter()


async def _first_reply(up: Process, url: str) -> float:
    """A client writes as soon as there is a messenger to write in."""
    async with aiohttp.ClientSession(base_url=url) as session:
        bots = await _until_answered(up, session)
        async with session.post("/api/people", json={"name": "Замерщик"}) as answer:
            person = (await answer.json())["id"]
        chat = f"/api/bots/{bots[0]['id']}/people/{person}/messages"
        async with session.post(chat, json={"text": "/start"}) as answer:
            sent = (await answer.json())["message_id"]
        while True:
            async with session.get(f"{chat}?after={sent}") as answer:
                if any(message["from"]["is_bot"] for message in (await answer.json())["messages"]):
                    return time.perf_counter()
            up.check()
            await asyncio.sleep(POLL_SECONDS)


async def _until_answered(up: Process, session: aiohttp.ClientSession) -> list[dict[str, Any]]:
    while True:
        with contextlib.suppress(aiohttp.ClientError, OSError):
            async with session.get("/api/bots") as answer:
                if answer.ok and (bots := await answer.json()):
                    return bots
        up.check()
        await asyncio.sleep(POLL_SECONDS)


def tell(found: dict[str, Any]) -> list[str]:
    cold, warm = found["cold"], found["warm"]
    ready, reply = warm["ready_s"], warm["first_reply_s"]
    return [
        f"cold start    ready {cold['ready_s']:.1f} s, first reply {cold['first_reply_s']:.1f} s",
        f"warm start    ready {ready['median']:.1f} s, first reply {reply['median']:.1f} s ({reply['min']:.1f}–{reply['max']:.1f})",
    ]
