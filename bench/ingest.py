"""Updates that a web process puts on disk in a second, beside pgbench and aiogram writing the same rows into the same tables."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.figures import median_of
from bench.ingest_rivals import PLAIN, pgbench_script
from bench.installation import installed
from bench.processes import Process, cpu_seconds, spawn
from valera.kit.ports import free_port
from valera.reception.ingest_queries import STORE_UPDATES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bench.cluster import Cluster, Hook
    from bench.installation import Installation

CHATS = 1000
BODY_BYTES = 1024
CONNECTIONS = (1, 32, 256)
NO_WRK = "wrk is not installed (Debian: apt-get install wrk): ingest was not measured"
_first_ids = itertools.count(100_000_000_000, 1_000_000_000)


def template() -> str:
    """A private message of BODY_BYTES with places for its ids, as Lua's and Python's ``%`` fill them."""
    sender = '"first_name":"Иван","last_name":"Петров","username":"ivan_petrov"'
    body = (
        '{"update_id":%d,"message":{"message_id":100000,"date":1780000000,'
        f'"from":{{"id":%d,"is_bot":false,{sender},"language_code":"ru"}},"chat":{{"id":%d,"type":"private",{sender}}},"text":"TEXT"}}}}'
    )
    words = "Сколько будет стоить покраска переднего бампера и полировка фар на Камри? "
    room = BODY_BYTES - len((body % (next(_first_ids), 100_000_000, 100_000_000)).encode()) + len("TEXT")
    text = (words * 20).encode()[:room].decode("utf-8", "ignore")
    return body.replace("TEXT", text + "." * (room - len(text.encode())))


@dataclass(frozen=True, slots=True)
class Field:
    """All runs write into one database; ``seconds`` is the length of each."""

    installation: Installation
    hook: Hook
    aiogram_url: str
    aiogram: Process
    seconds: float

    @property
    def pgbench(self) -> Path | None:
        beside = self.installation.cluster.server.binaries.program("pgbench")
        found = shutil.which("pgbench")
        return beside if beside.exists() else Path(found) if found else None


async def measure(cluster: Cluster, seconds: float, rounds: int) -> dict[str, Any]:
    """Medians of ``rounds`` in which all take turns."""
    if shutil.which("wrk") is None:
        return {"not_measured": NO_WRK}
    async with installed(cluster, "bench_ingest") as installation, AsyncExitStack() as stack:
        hook, port = installation.hooks[0], free_port()
        aiogram = await _start_aiogram(installation, hook, port)
        stack.push_async_callback(aiogram.stop)
        field = Field(installation, hook, f"http://127.0.0.1:{port}", aiogram, seconds)
        found = await _in_turns(field, rounds)
        stored, promised = await _count_stored(cluster), sum(run["requests"] for runs in found.values() for run in runs)
    return _summary(found) | {"answered_200": promised, "rows_stored": stored}


async def _in_turns(field: Field, rounds: int) -> dict[str, list[dict[str, float]]]:
    runs: dict[str, Callable[[], Awaitable[dict[str, float]]]] = {}
    for connections in CONNECTIONS:
        runs[f"valera_{connections}"] = lambda connections=connections: _wrk(field, _url(field), field.installation.web, connections)
        runs[f"aiogram_{connections}"] = lambda connections=connections: _wrk(field, field.aiogram_url, field.aiogram, connections)
    if field.pgbench is not None:
        for clients in (1, 32):
            runs[f"pgbench_{clients}"] = lambda clients=clients: _pgbench(field, PLAIN, clients)
            runs[f"pgbench_notify_{clients}"] = lambda clients=clients: _pgbench(field, STORE_UPDATES, clients)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            found[name].append(await run())
            await asyncio.sleep(0.2)
    return found


def _url(field: Field) -> str:
    return f"http://127.0.0.1:{field.installation.environment['VALERA_WEB_PORT']}"


async def _start_aiogram(installation: Installation, hook: Hook, port: int) -> Process:
    environment = {**installation.environment, "PORT": str(port), "HOOK_PATH": hook.path, "HOOK_SECRET": hook.secret}
    arguments = ("-m", "bench.ingest_rivals", str(hook.account_id), str(hook.bot_id))
    process = await spawn("aiogram", arguments, environment, installation.cluster.folder / "aiogram.log")
    async with asyncio.timeout(60):
        while True:
            process.check()
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return process


async def _wrk(field: Field, url: str, server: Process, connections: int) -> dict[str, float]:
    environment = {
        "TEMPLATE": template(),
        "HOOK_PATH": field.hook.path,
        "HOOK_SECRET": field.hook.secret,
        "FIRST_ID": str(next(_first_ids)),
        "CHATS": str(CHATS),
    }
    script = Path(__file__).with_name("ingest.lua")
    postgres = field.installation.cluster.server.pid
    before = cpu_seconds(server.pid), cpu_seconds(postgres)
    said = await _run(["wrk", "-t1", f"-c{connections}", f"-d{field.seconds}s", "-s", str(script), "--timeout", "10s", url], environment)
    after = cpu_seconds(server.pid), cpu_seconds(postgres)
    server.check()
    found: dict[str, float] = json.loads(said.rpartition("JSON ")[2])
    if found["refused"] or found["broken"] or not found["requests"]:
        raise RuntimeError(f"{server.name} with {connections} connections: {found}")
    micro = 1e6 / found["requests"]
    return {
        "per_second": found["requests"] / found["microseconds"] * 1e6,
        "server_us": (after[0] - before[0]) * micro,
        "postgres_us": (after[1] - before[1]) * micro,
        **{key: found[key] for key in ("requests", "p50_ms", "p99_ms", "max_ms")},
    }


async def _pgbench(field: Field, statement: str, clients: int) -> dict[str, float]:
    program, cluster = field.pgbench, field.installation.cluster
    assert program is not None
    script = cluster.folder / "pgbench.sql"
    script.write_text(pgbench_script(statement, account_id=field.hook.account_id, bot_id=field.hook.bot_id, chats=CHATS), "utf-8")
    body = template() % (next(_first_ids), 100_000_000, 100_000_000)
    given = ("-D", f"body={body}", "-D", "sent=0", "-D", f"first={next(_first_ids)}")
    options = ("-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(max(1, round(field.seconds))), "-f", str(script))
    url = cluster.url(field.installation.database) + "?options=-c%20role%3Dvalera_ingest"
    before = cpu_seconds(cluster.server.pid)
    said = await _run([str(program), *options, *given, url], {})
    spent = cpu_seconds(cluster.server.pid) - before
    lines = dict(line.split(" = ") for line in said.splitlines() if " = " in line)
    number = int(next(line for line in said.splitlines() if "actually processed" in line).split(":")[1].split("/")[0])
    if not number:
        raise RuntimeError(f"pgbench with {clients} clients finished no transaction:\n{said[-2000:]}")
    return {
        "per_second": float(lines["tps"].split()[0]),
        "mean_ms": float(lines["latency average"].split()[0]),
        "postgres_us": spent / number * 1e6,
        "requests": number,
    }


async def _run(command: list[str], environment: dict[str, str]) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{said.decode(errors='replace')[-2000:]}")
    return said.decode()


async def _count_stored(cluster: Cluster) -> int:
    [row] = await cluster.administer("select count(*) from telegram_updates", database="bench_ingest")
    return int(row["count"])


def _summary(found: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    medians = {name: _median(runs) for name, runs in found.items()}
    rate = {name: figures["per_second"]["median"] for name, figures in medians.items()}
    ratios = {"ratio_aiogram": round(rate["valera_32"] / rate["aiogram_32"], 2)}
    if "pgbench_32" in rate:
        ratios["ratio_pgbench"] = round(rate["valera_32"] / rate["pgbench_32"], 2)
        ratios["ratio_pgbench_notify"] = round(rate["valera_32"] / rate["pgbench_notify_32"], 2)
    return {**ratios, "runs": medians}


def _median(runs: list[dict[str, float]]) -> dict[str, Any]:
    return {key: median_of([run[key] for run in runs]) for key in runs[0]}


def tell(found: dict[str, Any]) -> list[str]:
    if "not_measured" in found:
        return [found["not_measured"]]
    return [_line(name, figures) for name, figures in found["runs"].items()]


def _line(name: str, figures: dict[str, Any]) -> str:
    rate = figures["per_second"]
    spent = "  ".join(
        f"{key} {figures[key]['median']:g}" for key in ("mean_ms", "p50_ms", "p99_ms", "server_us", "postgres_us") if key in figures
    )
    return f"{name:<20} {rate['median']:8.0f}/s ({rate['min']:.0f} to {rate['max']:.0f})  {spent}"
