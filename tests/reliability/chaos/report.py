"""What a run prints: a few lines for people and one JSON object for machines, last."""

from __future__ import annotations

import json
from typing import Any

from tests.reliability.chaos.havoc import Deed
from tests.reliability.chaos.run import Outcome

MOST_DUPLICATE_SENDS = 0.003
FEW = 3
"""So many say nothing about a share of some hundred sends."""

EXPECTED_ERRORS = frozenset({"database_unavailable", "ingest_unavailable", "turn_failed"})
"""What a process may log as an error here: the database is restarted, and some turns meet three failures in a row."""


def expected_duplicates(outcome: Outcome) -> float:
    """Kills of workers × sends a second of one worker × seconds between Telegram's yes and our mark of it."""
    rate = outcome.verdict.sends / max(outcome.load_seconds, 1) / len(outcome.stage.installation.workers)
    return outcome.havoc.killed_workers * rate * outcome.verdict.window_ms / 1000


def broken_promises(outcome: Outcome) -> list[str]:
    """Everything that must not be so, in sentences; empty: the run is a success."""
    verdict, havoc, plan = outcome.verdict, outcome.havoc, outcome.stage.plan
    broken = list(verdict.broken)
    if verdict.duplicate_sends > max(MOST_DUPLICATE_SENDS * verdict.sends, FEW):
        broken.append(f"{verdict.duplicate_sends} duplicate sends of {verdict.sends}")
    if surprises := {status: count for status, count in outcome.stage.webhooks.answers.items() if status not in {200, 503}}:
        broken.append(f"webhooks answered with {surprises}")
    if surprises := unexpected_errors(outcome):
        broken.append(f"errors in the logs that nobody expects: {surprises}")
    short = {deed.value: havoc.done[deed] for deed, wanted in wanted_deeds(outcome).items() if havoc.done[deed] < wanted}
    if short:
        broken.append(f"the run was cut short: {short}")
    if (said := sum(len(client.said) for client in outcome.stage.clients)) < plan.updates:
        broken.append(f"only {said} updates were sent")
    return broken


def unexpected_errors(outcome: Outcome) -> dict[str, int]:
    return {event: count for event, count in outcome.errors.items() if event.partition(":")[0] not in EXPECTED_ERRORS}


def wanted_deeds(outcome: Outcome) -> dict[Deed, int]:
    plan = outcome.stage.plan
    return {Deed.KILL: plan.kills, Deed.STOP: plan.stops, Deed.RESTART: plan.restarts}


def summary(outcome: Outcome) -> dict[str, Any]:
    verdict, havoc, stage = outcome.verdict, outcome.havoc, outcome.stage
    return {
        "updates": sum(len(client.said) for client in stage.clients),
        "kills": havoc.done[Deed.KILL],
        "lost": verdict.lost,
        "duplicate_bookings": verdict.duplicate_bookings,
        "out_of_order": verdict.out_of_order,
        "duplicate_sends": verdict.duplicate_sends,
        "stuck": verdict.stuck,
        "duplicate_effects": verdict.duplicate_effects,
        "expected_duplicate_sends": round(expected_duplicates(outcome), 2),
        "window_ms": round(verdict.window_ms, 1),
        "sends": verdict.sends,
        "duplicate_sends_percent": round(100 * verdict.duplicate_sends / max(verdict.sends, 1), 3),
        "duplicate_sends_after_lost_answer": verdict.duplicate_sends_answer_lost,
        "deliveries_given_up": verdict.given_up,
        "messages_apologised_for": verdict.apologies,
        "bookings": verdict.bookings,
        "posts": sum(stage.webhooks.answers.values()),
        "stops": havoc.done[Deed.STOP],
        "database_restarts": havoc.done[Deed.RESTART],
        "telegram_calls": sum(stage.telegram.calls.values()),
        "telegram_faults": dict(stage.telegram.thrown),
        "telegram_too_early_after_429": stage.telegram.impatient,
        "model_calls": stage.model.asked,
        "model_faults": sum(stage.model.failed.values()),
        "processes_that_ended_by_themselves": len(stage.installation.died_alone),
        "unexpected_errors_in_logs": sum(unexpected_errors(outcome).values()),
        "seconds_until_ready_again": _median_and_most(havoc.times),
        "load_seconds": round(outcome.load_seconds),
        "seconds": round(outcome.seconds),
        "seed": stage.plan.seed,
    }


def _median_and_most(times: list[float]) -> list[float]:
    return [round(sorted(times)[len(times) // 2], 1), round(max(times), 1)] if times else []


def told(outcome: Outcome) -> str:
    """When something was sent twice and what is broken; the object on the last line."""
    lines = [f"sent again {outcome.havoc.last_before(at)}" for at in outcome.verdict.doubled_at]
    lines += [f"BROKEN {sentence}" for sentence in broken_promises(outcome)]
    return "\n".join([*lines, json.dumps(summary(outcome), ensure_ascii=False)])
