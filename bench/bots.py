"""A thousand bots in one web process and one worker: their memory, with webhooks and polled. Each bot has one client, who writes."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from bench import webhook
from bench.figures import milliseconds, spread
from bench.installation import FIRST_PERSON, Installation, installed
from bench.processes import rss_mib
from bench.provider import SHIPPED_WORKER, model_provider

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.cluster import Cluster

PATIENCE_SECONDS = 600
QUIET_SECONDS = 60
ROUNDS = 2
"""The second time everybody is known, and what is kept for each of them is there."""

POLLED = {"PUBLIC_URL": ""}


async def measure(cluster: Cluster, bots: int) -> dict[str, Any]:
    return {
        "bots": bots,
        "webhooks": await _measure(cluster, bots, "bench_bots_webhooks", {}),
        "polled": await _measure(cluster, bots, "bench_bots_polled", POLLED),
    }


async def _measure(cluster: Cluster, bots: int, database: str, settings: dict[str, str]) -> dict[str, Any]:
    async with (
        model_provider(cluster.folder) as provider,
        installed(cluster, database, provider.every_wire() | settings, shops=bots) as installation,
    ):
        telegram, is_polled = installation.telegram, bool(settings)
        looking = asyncio.create_task(_until(lambda: (telegram.polled if is_polled else telegram.with_webhook) == bots))
        worker = await installation.add_worker(SHIPPED_WORKER)
        idle = _memory(installation, "idle")
        found: dict[str, Any] = {"looked_after_s": round(await looking, 1), **idle}
        peaks = _memory(installation)
        for _ in range(ROUNDS):
            found |= await _everybody_writes(installation, bots, is_polled=is_polled)
            peaks = {name: max(peaks[name], size) for name, size in _memory(installation).items()}
        worker.check()
    return found | peaks


def _memory(installation: Installation, when: str = "") -> dict[str, float]:
    prefix = f"{when}_" if when else ""
    pids = {"web": installation.web.pid, "worker": installation.workers[0].pid}
    return {f"{prefix}{name}_rss_mib": round(rss_mib(pid), 1) for name, pid in pids.items()}


async def _everybody_writes(installation: Installation, bots: int, *, is_polled: bool) -> dict[str, Any]:
    """One message to each bot, all at the same moment."""
    installation.telegram.forget()
    begin, acknowledging = time.perf_counter(), []
    for number, hook in enumerate(installation.hooks):
        if is_polled:
            installation.telegram.deliver(hook.number, webhook.update(FIRST_PERSON + number))
        else:
            acknowledging.append(installation.write(number))
    await asyncio.gather(*acknowledging)
    answered = await installation.telegram.settled(bots, quiet=QUIET_SECONDS, within=PATIENCE_SECONDS)
    installation.check()
    arrived = [times[0][0] for times in installation.telegram.arrived.values()]
    return {"answered": answered, "answers": milliseconds([(at - begin) * 1000 for at in arrived])}


async def _until(is_so: Callable[[], bool]) -> float:
    """After how many seconds."""
    begin = time.perf_counter()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():  # noqa: ASYNC110  (counted by another protocol)
            await asyncio.sleep(0.1)
    return time.perf_counter() - begin


def tell(found: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for name in ("webhooks", "polled"):
        run = found[name]
        memory = ", ".join(
            f"{process} {run[f'{process}_rss_mib']:.0f} MiB (at first {run[f'idle_{process}_rss_mib']:.0f})"
            for process in ("worker", "web")
        )
        lines.append(f"{found['bots']} bots, {name:<9}  {memory}; looked after within {run['looked_after_s']:.1f} s")
        lines.append(f"{'':<21}  {run['answered']} answered, {spread(run['answers'])}")
    return lines
