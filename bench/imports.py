"""How long a worker imports before it can do anything, with the provider packages that are configured and without those that are not.

Dictionaries come later, beside its first work (`valera.reception.readiness`).
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from bench.figures import median_of

CONFIGURED = ("scripted", "openai", "anthropic", "google")

PROGRAM = """
import gc, json, resource, sys, time
gc.disable()
begin = time.perf_counter()
import asyncio
from valera import process, services, worker
from valera.assistant import loop
from valera.assistant.models import chains
from valera.reception import receptionist, tools
from valera.assistant.models.choice import ModelChoice
from valera.assistant.models.clients import Clients
from valera.assistant.models.providers import Address
from valera.kit.secrets import Secret
if (name := sys.argv[1]) != "scripted":
    Clients(connections=1, seconds=1).open(ModelChoice(name, "bench").known, "bench", Address(None, Secret("none")))
seconds, spent = time.perf_counter() - begin, time.process_time()
print(json.dumps({"s": seconds, "cpu_s": spent, "rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


async def measure(rounds: int) -> dict[str, Any]:
    """Of each configuration: seconds, the processor's share of them, and what it takes in memory."""
    found: dict[str, Any] = {}
    for name in CONFIGURED:
        runs = [await _import(name) for _ in range(rounds + 1)][1:]  # the first one compiles
        found[name] = {key: median_of([run[key] for run in runs], digits=2) for key in runs[0]}
    return found


async def _import(name: str) -> dict[str, float]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, name, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await child.communicate()
    if child.returncode:
        raise RuntimeError(f"a worker with {name} cannot be imported:\n{errors.decode()[-2000:]}")
    return json.loads(output)


def tell(found: dict[str, Any]) -> list[str]:
    return [
        f"worker imports, {name:<10} {run['s']['median']:.2f} s ({run['s']['min']:.2f}–{run['s']['max']:.2f}), "
        f"processor {run['cpu_s']['median']:.2f} s, {run['rss_mib']['median']:.0f} MiB"
        for name, run in found.items()
    ]
