"""What Valera adds to a reply: from sending the webhook until sendMessage has arrived, at a steady rate."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from bench.figures import each, milliseconds, spread
from bench.installation import FIRST_PERSON, installed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.cluster import Cluster
    from bench.installation import Installation

TWO_WORKERS_FROM = 300
QUIET_SECONDS = 5
REST_SECONDS = 5
LAST_SECONDS = 60
WARM_UP_SECONDS = 120
GOOD_P99 = 100
LOWER_RATES = (400, 300, 250, 200, 150)


async def measure(cluster: Cluster, rates: Sequence[int], seconds: float, *, chats: int) -> dict[str, Any]:
    """By rate; where the highest is too much, also the highest of LOWER_RATES with a p99 below GOOD_P99 ms."""
    found: dict[str, Any] = {}
    async with installed(cluster, "bench_latency") as installation:
        await installation.add_worker()
        await greet_all(installation, chats)
        await installation.analyse()
        found["at_rest_per_second"] = await installation.resting(min(REST_SECONDS, seconds))
        for rate in rates:
            if rate >= TWO_WORKERS_FROM and len(installation.workers) == 1:
                await installation.add_worker()
                await run(installation, 100, chats / 100, chats=chats)  # both workers have met nearly everybody
            found[f"latency_{rate}"] = await run(installation, rate, seconds, chats=chats)
        if rates[-1] > LOWER_RATES[0] and not is_good(found[f"latency_{rates[-1]}"]):
            found["latency_highest"] = await highest(installation, seconds, chats)
    return found


async def greet_all(installation: Installation, people: int) -> None:
    """Every chat exists before it counts."""
    installation.telegram.forget()
    await asyncio.gather(*(installation.write(person) for person in range(people)))
    if await installation.telegram.settled(people, quiet=QUIET_SECONDS, within=WARM_UP_SECONDS) < people:
        installation.check()
        raise RuntimeError(f"Only {installation.telegram.total} of {people} first messages were answered within {WARM_UP_SECONDS} s.")


async def highest(installation: Installation, seconds: float, chats: int) -> dict[str, Any]:
    for rate in LOWER_RATES:
        found = await run(installation, rate, seconds / 2, chats=chats)
        if is_good(found):
            return {"rate": rate, **found}
    return {"rate": None}


def is_good(found: dict[str, Any]) -> bool:
    return found["replies"] == found["sent"] and found["p99_ms"] < GOOD_P99


async def run(installation: Installation, rate: int, seconds: float, *, chats: int) -> dict[str, Any]:
    """``rate`` messages a second from chats in turn, one message each time."""
    number = round(rate * seconds)
    sent: dict[int, list[float]] = {}
    acknowledging: list[asyncio.Future[float]] = []
    installation.telegram.forget()
    async with installation.metered(number) as per_message:
        begin, late = time.perf_counter(), 0.0
        for index in range(number):
            due = begin + index / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            now, person = time.perf_counter(), index % chats
            late = max(late, now - due)
            sent.setdefault(person, []).append(now)
            acknowledging.append(installation.write(person))
        acknowledged = await asyncio.gather(*acknowledging)
        replies = await installation.telegram.settled(number, quiet=QUIET_SECONDS, within=LAST_SECONDS)
    added = added_delays(sent, installation.telegram.arrived)
    return {
        "rate": rate,
        "workers": len(installation.workers),
        "sent": number,
        "replies": replies,
        **milliseconds(added),
        "acknowledged": milliseconds(acknowledged),
        "per_message": per_message,
        "generator_late_ms": round(late * 1000, 1),
    }


def added_delays(sent: dict[int, list[float]], arrived_in: dict[int, list[tuple[float, str]]]) -> list[float]:
    """Reply by reply in each chat's order; a message that was answered together with the one after it counts up to that answer."""
    added: list[float] = []
    for person, times in sent.items():
        arrived = [at for at, _ in arrived_in.get(FIRST_PERSON + person, ())]
        position = 0
        for at in times:
            while position < len(arrived) and arrived[position] < at:
                position += 1
            if position == len(arrived):
                break
            added.append((arrived[position] - at) * 1000)
            position += position + 1 < len(arrived)
    return added


def tell(found: dict[str, Any]) -> list[str]:
    lines = [_line(name, figures) for name, figures in found.items() if name.startswith("latency")]
    return [*lines, f"at rest          CPU ms/second {each(found['at_rest_per_second'])}"]


def _line(name: str, found: dict[str, Any]) -> str:
    if found["rate"] is None:
        return f"{name:<16} not even {LOWER_RATES[-1]} a second with a p99 below {GOOD_P99} ms"
    if found["p50_ms"] is None:
        return f"{name:<16} nothing was answered in time"
    return (
        f"{name:<16} {found['sent']} sent, {found['replies']} replies  {spread(found)}  ack {spread(found['acknowledged'])}  "
        f"CPU ms/message {each(found['per_message'])}  generator late {found['generator_late_ms']} ms"
    )
