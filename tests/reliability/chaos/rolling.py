"""Rolling restart: SIGTERM to one process after another under load. Nothing breaks here by itself, so nothing at all may fail."""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import signal
import sys
import time
from dataclasses import dataclass
from typing import Any

from tests.reliability.chaos.installation import Installation, Process
from tests.reliability.chaos.judge import Verdict, judge
from tests.reliability.chaos.pace import Pace
from tests.reliability.chaos.plan import Plan
from tests.reliability.chaos.run import Stage, quiet, staged, tell
from valera.migrations import migrate

MOST_DRAIN_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Drain:
    """How one process ended after SIGTERM."""

    name: str
    seconds: float
    code: int


@dataclass(frozen=True, slots=True)
class Rolled:
    stage: Stage
    verdict: Verdict
    drains: list[Drain]

    def broken(self) -> list[str]:
        broken, webhooks = list(self.verdict.broken), self.stage.webhooks
        if failed := {status: count for status, count in webhooks.answers.items() if status != 200}:
            broken.append(f"webhooks answered with {failed}")
        if webhooks.broken:
            broken.append(f"webhooks without an answer: {dict(webhooks.broken)}")
        if self.verdict.duplicate_sends or self.verdict.duplicate_sends_answer_lost:
            broken.append(f"{self.verdict.duplicate_sends} duplicate sends")
        if slow := [drain for drain in self.drains if drain.seconds > MOST_DRAIN_SECONDS]:
            broken.append(f"slow drains: {slow}")
        if bad := [drain for drain in self.drains if drain.code not in {0, -signal.SIGTERM}]:
            broken.append(f"ends that were no clean ones: {bad}")
        return broken

    def summary(self) -> dict[str, Any]:
        verdict, webhooks, seconds = self.verdict, self.stage.webhooks, [drain.seconds for drain in self.drains]
        return {
            "restarts": len(self.drains),
            "updates": sum(len(client.said) for client in self.stage.clients),
            "webhooks": sum(webhooks.answers.values()),
            "failed_webhooks": sum(webhooks.broken.values()) + sum(webhooks.answers.values()) - webhooks.answers[200],
            "lost": verdict.lost,
            "duplicate_bookings": verdict.duplicate_bookings,
            "out_of_order": verdict.out_of_order,
            "duplicate_sends": verdict.duplicate_sends,
            "stuck": verdict.stuck,
            "sends": verdict.sends,
            "slowest_drain_s": {kind: _most(self.drains, kind) for kind in ("web", "worker")},
            "median_drain_s": round(sorted(seconds)[len(seconds) // 2], 2),
            "slowest_webhook_s": round(webhooks.slowest, 2),
            "seed": self.stage.plan.seed,
        }


async def roll(plan: Plan, restarts: int) -> Rolled:
    """``plan``: the load; it goes on until the last process is ready again."""
    async with staged(plan) as stage:
        try:
            async with asyncio.timeout(plan.limit_seconds):
                drains = await _roll_under_load(stage, restarts)
                await quiet(stage)
        finally:
            stage.webhooks.stopped = True
        await stage.installation.stop()
        admin_url = stage.installation.server.admin_url(migrate.DATABASE)
        verdict = await judge(stage.installation.url, admin_url, stage.clients, stage.telegram)
    return Rolled(stage, verdict, drains)


async def _roll_under_load(stage: Stage, restarts: int) -> list[Drain]:
    drains: list[Drain] = []
    since, order = time.monotonic(), _in_turn(stage.installation, restarts)

    def seconds_left() -> float:
        return (len(order) - len(drains)) * (time.monotonic() - since) / len(drains) if drains else stage.plan.seconds

    pace = Pace(stage.plan.seconds, seconds_left)
    async with asyncio.TaskGroup() as group:
        pacing = group.create_task(pace.run())
        lives = [group.create_task(client.live(pace)) for client in stage.clients]
        for process in order:
            drains += [await _restart(process)]
        tell(f"all were restarted at {100 * pace.now / pace.seconds:.0f} % of the load")
        await asyncio.wait(lives)
        pacing.cancel()
    return drains


async def _restart(process: Process) -> Drain:
    process.signal(signal.SIGTERM)
    seconds = await process.wait_ended(seconds=2 * MOST_DRAIN_SECONDS)
    code = process.exit_code
    process.start()
    await process.wait_ready()
    tell(f"{process.name} drained in {seconds:.2f} s and is ready again")
    return Drain(process.name, seconds, code)


def _in_turn(installation: Installation, restarts: int) -> list[Process]:
    """Web, worker, the other web, the other worker, and again."""
    pairs = [process for pair in zip(installation.webs, installation.workers, strict=True) for process in pair]
    return [pairs[number % len(pairs)] for number in range(restarts)]


def _most(drains: list[Drain], kind: str) -> float:
    return round(max((drain.seconds for drain in drains if drain.name.startswith(kind)), default=0), 2)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.reliability.chaos.rolling", description=__doc__)
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--updates", type=int, default=3000)
    parser.add_argument("--seconds", type=float, default=150, help="over which the load is spread")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    given = parser.parse_args()
    plan = gentle_plan(given.seed, updates=given.updates, seconds=given.seconds)
    rolled = asyncio.run(roll(plan, given.restarts))
    for sentence in rolled.broken():
        sys.stdout.write(f"BROKEN {sentence}\n")
    sys.stdout.write(json.dumps(rolled.summary(), ensure_ascii=False) + "\n")
    return 1 if rolled.broken() else 0


def gentle_plan(seed: int, *, updates: int, seconds: float) -> Plan:
    return Plan(seed, updates=updates, chats=200, shops=10, seconds=seconds, telegram_faults=0, model_faults=0)


if __name__ == "__main__":
    sys.exit(main())
