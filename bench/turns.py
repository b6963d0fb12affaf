"""How many turns a second one worker finishes: a backlog of one-message chats that waits for it is drained."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from typing import TYPE_CHECKING, Any

from bench.figures import each
from bench.installation import AT_ONCE, Installation, installed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.cluster import Cluster

DRAIN_SECONDS = 120
QUIET_SECONDS = 5


async def measure(
    cluster: Cluster, chats: int, rounds: int, *, arguments: tuple[str, ...] = AT_ONCE, settings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The first backlog is of chats that nobody knows yet; the others are what counts."""
    async with installed(cluster, "bench_turns", settings) as installation:
        await installation.add_worker(arguments)
        strangers = await drain(installation, chats)
        await installation.analyse()
        known = [await drain(installation, chats) for _ in range(rounds)]
    best = sorted(known, key=lambda found: found["per_second"])[len(known) // 2]
    return {**best, "rounds_per_second": [found["per_second"] for found in known], "strangers": strangers}


async def drain(installation: Installation, chats: int) -> dict[str, Any]:
    """The worker is halted while the backlog is stored, and timed from its first step to the arrival of the last reply."""
    [worker] = installation.workers
    installation.telegram.forget()
    os.kill(worker.pid, signal.SIGSTOP)
    try:
        await asyncio.gather(*(installation.write(person) for person in range(chats)))
    finally:
        os.kill(worker.pid, signal.SIGCONT)
    async with installation.metered(chats) as per_turn:
        begin = time.perf_counter()
        answered = await installation.telegram.settled(chats, quiet=QUIET_SECONDS, within=DRAIN_SECONDS)
        took = installation.telegram.last_at - begin
    installation.check()
    if answered < chats:
        raise RuntimeError(f"Only {answered} of {chats} chats were answered within {DRAIN_SECONDS} s.")
    return {"per_second": round(chats / took, 1), "chats": chats, "seconds": round(took, 2), "per_message": per_turn}


def tell(name: str, found: dict[str, Any]) -> list[str]:
    return [_line(name, found), _line(f"{name} (strangers)", found["strangers"])]


def _line(name: str, found: dict[str, Any]) -> str:
    spent = each(found["per_message"])
    return f"{name:<24} {found['per_second']:.0f} turns/s ({found['chats']} chats in {found['seconds']} s)  CPU ms/turn {spent}"
