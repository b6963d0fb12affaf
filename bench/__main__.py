"""`python -m bench`: everything, or `--only` some parts; `--quick` for a look in three minutes."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import uvloop

from bench import bookings, bots, dashboard, gates, hot_chat, imports, ingest, latency, machine, prices, report, start, town, turns, waiting
from bench.cluster import started_cluster
from bench.provider import SHIPPED_WORKER, model_provider

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from bench.cluster import Cluster
    from bench.town import Plan

    class Part(Protocol):
        """Measures and tells; returns its piece of bench.json."""

        __name__: str

        def __call__(self, cluster: Cluster, scale: Scale, /) -> Awaitable[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Scale:
    """How long each part takes."""

    rates: tuple[int, ...]
    seconds: float
    known_chats: int
    ingest_seconds: float
    ingest_rounds: int
    backlog: int
    backlog_rounds: int
    waiting_chats: int
    hot_messages: int
    warm_starts: int
    bots: int = 1000
    crowds: int = 12
    price_calls: int = 500
    town: Plan = town.FULL
    page_rounds: int = 200
    streams: int = 2000


FULL = Scale((10, 100, 500), 20, 1000, 4, 3, 1000, 3, 1000, 40, 3)
QUICK = Scale((100, 500), 5, 500, 1, 1, 300, 1, 1000, 40, 1, crowds=4, town=town.QUICK, page_rounds=40)


def say(lines: Sequence[str]) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201  (a program's output)


async def measure_ingest(cluster: Cluster, scale: Scale) -> dict[str, Any]:
    found = await ingest.measure(cluster, scale.ingest_seconds, scale.ingest_rounds)
    say(ingest.tell(found))
    return {"ingest": found}


async def measure_latency(cluster: Cluster, scale: Scale) -> dict[str, Any]:
    found = await latency.measure(cluster, scale.rates, scale.seconds, chats=scale.known_chats)
    say(latency.tell(found))
    return found


async def measure_turns(cluster: Cluster, scale: Scale) -> dict[str, Any]:
    in_process = await turns.measure(cluster, scale.backlog, scale.backlog_rounds)
    say(turns.tell("in process", in_process))
    return {"turns_per_s": {"in_process": in_process["per_second"]}, "turns_in_process": in_process}


async def measure_turns_over_http(cluster: Cluster, scale: Scale) -> dict[str, Any]:
    async with model_provider(cluster.folder) as provider:
        http = await turns.measure(cluster, scale.backlog, scale.backlog_rounds, arguments=SHIPPED_WORKER, settings=provider.settings())
        standing = await provider.standing()
    say(turns.tell("over HTTP", http))
    return {"turns_per_s": {"http": http["per_second"]}, "turns_http": http | {"provider": standing}}


async def measure_waiting(cluster: Cluster, scale: Scale) -> dict[str, Any]:
    found = await waiting.measure(cluster, scale.waiting_chats)
    say(waiting.tell(found))
    return {"waiting": found, "worker_rss_mib": max(found[name]["worker_rss_mib"] for name in ("three_seconds", "all_at_once"))}


async def measure_hot_chat(cluster: Cluster, scale: Scale) -> dict[str, Any]:
    found = await hot_chat.measure(cluster, scale.hot_messages)
    say(hot_chat.tell(found))
    return {"hot_chat": found}


async def measure_start(_: Cluster, scale: Scale) -> dict[str, Any]:
    found = await start.measure(scale.warm_starts)
    say(start.tell(found))
    return {"start": found, "warm_start_s": found["warm"]["first_reply_s"]["median"], "cold_start_s": found["cold"]["first_reply_s"]}


async def measure_imports(_: Cluster, scale: Scale) -> dict[str, Any]:
    found = await imports.measure(scale.warm_starts)
    say(imports.tell(found))
    return {"imports": found}


async def measure_bots(cluster: Cluster, scale: Scale) -> dict[str, Any]:
    found = await bots.measure(cluster, scale.bots)
    say(bots.tell(found))
    return {"bots": found, "bots_worker_rss_mib": max(found[name]["worker_rss_mib"] for name in ("webhooks", "polled"))}


async def measure_bookings(cluster: Cluster, scale: Scale) -> dict[str, Any]:
    found = await bookings.measure(cluster, scale.crowds)
    say(bookings.tell(found))
    return {"bookings": found}


async def measure_prices(cluster: Cluster, scale: Scale) -> dict[str, Any]:
    found = await prices.measure(cluster, scale.price_calls)
    say(prices.tell(found))
    return {"prices": found}


async def measure_gates(_: Cluster, __: Scale) -> dict[str, Any]:
    found = gates.measure()
    say(gates.tell(found))
    return {"gates": found}


async def measure_dashboard(cluster: Cluster, scale: Scale) -> dict[str, Any]:
    found = await dashboard.measure(cluster, scale.town, rounds=scale.page_rounds, messages=scale.page_rounds, streams=scale.streams)
    say(dashboard.tell(found))
    return {"dashboard": found}


PARTS: dict[str, tuple[Part, ...]] = {
    "ingest": (measure_ingest,),
    "latency": (measure_latency,),
    "turns": (measure_turns, measure_turns_over_http),
    "waiting": (measure_waiting,),
    "hot_chat": (measure_hot_chat,),
    "start": (measure_start,),
    "imports": (measure_imports,),
    "bots": (measure_bots,),
    "bookings": (measure_bookings,),
    "prices": (measure_prices,),
    "gates": (measure_gates,),
    "dashboard": (measure_dashboard,),
}


async def run(parts: Sequence[str], scale: Scale) -> dict[str, Any]:
    described, begun = machine.describe(), datetime.now(UTC)
    if (warning := machine.warning(described)) is not None:
        say([warning])
    result: dict[str, Any] = {"begun_at": begun.isoformat(timespec="seconds"), "machine": described, "took_s": {}}
    async with started_cluster() as cluster:
        result["postgresql"] = await cluster.settings()
        for name in parts:
            since = time.perf_counter()
            for part in PARTS[name]:
                _merge(result, await _try(part, cluster, scale))
            result["took_s"][name] = round(time.perf_counter() - since, 1)
    return result


async def _try(part: Part, cluster: Cluster, scale: Scale) -> dict[str, Any]:
    """A part that fails is told of; the others are measured all the same."""
    try:
        return await part(cluster, scale)
    except Exception as error:  # noqa: BLE001  whatever it was, it is in the report
        say([f"{part.__name__} failed: {error!r}"])
        return {"failed": {part.__name__: repr(error)}}


def _merge(result: dict[str, Any], found: dict[str, Any]) -> None:
    for key, content in found.items():
        result[key] = result[key] | content if isinstance(content, dict) and key in result else content


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="How fast Valera is here. docs/speed.md explains it.")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas: " + ", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="short runs: three to four minutes instead of twelve")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where the figures go (default: bench.json)")
    parser.add_argument("--rates", help="for latency: messages a second, separated by commas")
    parser.add_argument("--seconds", type=float, help="for latency: how long at each rate")
    parser.add_argument("--chats", type=int, help="for turns: how many wait")
    parser.add_argument("--bots", type=int, help="for bots: how many there are")
    given = parser.parse_args()
    given.parts = given.only.split(",")
    if unknown := set(given.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return given


def _scale(given: argparse.Namespace) -> Scale:
    scale = QUICK if given.quick else FULL
    if given.rates:
        scale = replace(scale, rates=tuple(int(rate) for rate in given.rates.split(",")))
    if given.seconds:
        scale = replace(scale, seconds=given.seconds)
    if given.bots:
        scale = replace(scale, bots=given.bots)
    return replace(scale, backlog=given.chats) if given.chats else scale


def main() -> int:
    given = _arguments()
    result = uvloop.run(run(given.parts, _scale(given)))
    given.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    say(["", *report.table(result), "", f"All figures are in {given.json}; docs/speed.md says how they come about."])
    return 1 if "failed" in result else 0


if __name__ == "__main__":
    sys.exit(main())
