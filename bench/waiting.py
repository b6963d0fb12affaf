"""A thousand chats that wait for a model over HTTP at the same time: how late the shipped worker's answers are, and its memory."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

from bench.figures import milliseconds, spread
from bench.installation import FIRST_PERSON, Installation, installed
from bench.processes import rss_mib
from bench.provider import SHIPPED_WORKER, ModelProvider, model_provider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.cluster import Cluster

MODEL_SECONDS = 3.0
LONG_SECONDS = 20.0
"""So long that the last chat begins to wait before the first has its answer. Below the 30 s that a turn allows a model."""

PATIENCE_SECONDS = 120


async def measure(cluster: Cluster, chats: int) -> dict[str, Any]:
    async with (
        model_provider(cluster.folder) as provider,
        installed(cluster, "bench_waiting", provider.settings()) as installation,
    ):
        await installation.add_worker(SHIPPED_WORKER)
        installation.check()
        idle = {"web_rss_mib": rss_mib(installation.web.pid), "worker_rss_mib": rss_mib(installation.workers[0].pid)}
        strangers = await _write_all(installation, provider, chats, 0)
        short = await _write_all(installation, provider, chats, MODEL_SECONDS)
        long = await _write_all(installation, provider, chats, LONG_SECONDS)
        refused = await provider.standing()
    return {
        "chats": chats,
        "idle": {name: round(size, 1) for name, size in idle.items()},
        "strangers": strangers,
        "three_seconds": short,
        "all_at_once": long,
        "provider": {key: refused[key] for key in ("refused", "failed")},
    }


async def _write_all(installation: Installation, provider: ModelProvider, chats: int, seconds: float) -> dict[str, Any]:
    """Each chat writes once, all at the same moment; what is told of the delay is what came on top of the model's time."""
    await provider.delay(seconds)
    installation.telegram.forget()
    async with _watched(installation, provider) as peaks:
        begin = time.perf_counter()
        acknowledged = await asyncio.gather(*(installation.write(person) for person in range(chats)))
        answered = await installation.telegram.settled(chats, quiet=seconds + 5, within=PATIENCE_SECONDS)
    installation.check()
    arrived = [installation.telegram.arrived.get(FIRST_PERSON + person, []) for person in range(chats)]
    added = [(times[0][0] - begin - seconds) * 1000 for times in arrived if times]
    return {
        "model_s": seconds,
        "answered": answered,
        "last_after_s": round(installation.telegram.last_at - begin, 2),
        "added": milliseconds(added),
        "acknowledged": milliseconds(acknowledged),
        **peaks,
    }


@contextlib.asynccontextmanager
async def _watched(installation: Installation, provider: ModelProvider) -> AsyncIterator[dict[str, float]]:
    """The most that the worker took in memory, and the most requests that waited at the provider at once."""
    peaks = {"worker_rss_mib": 0.0, "waiting": 0.0}

    async def watch() -> None:
        while True:
            peaks["worker_rss_mib"] = max(peaks["worker_rss_mib"], round(rss_mib(installation.workers[0].pid), 1))
            peaks["waiting"] = max(peaks["waiting"], (await provider.standing())["waiting"])
            await asyncio.sleep(0.25)

    watching = asyncio.create_task(watch())
    try:
        yield peaks
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


def tell(found: dict[str, Any]) -> list[str]:
    idle = found["idle"]
    lines = [f"memory at rest       web {idle['web_rss_mib']:.0f} MiB, worker {idle['worker_rss_mib']:.0f} MiB"]
    for name in ("three_seconds", "all_at_once"):
        run = found[name]
        lines.append(
            f"{found['chats']} chats, model {run['model_s']:g} s   {run['answered']} answered, the last after {run['last_after_s']:.1f} s; "
            f"added {spread(run['added'])}; at most {run['waiting']:.0f} waited at once, worker {run['worker_rss_mib']:.0f} MiB"
        )
    return lines
