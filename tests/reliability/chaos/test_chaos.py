"""A small chaos in every `make test`; the whole one is `make chaos`."""

from __future__ import annotations

import asyncio

import pytest

from tests.reliability.chaos.plan import Plan, write_parts
from tests.reliability.chaos.report import broken_promises, summary, told
from tests.reliability.chaos.run import run

SMALL = Plan(seed=20_261_122, updates=200, chats=30, shops=6, kills=3, stops=1, restarts=1, seconds=12, limit_seconds=260, stop_seconds=3)
REQUIRED = ("updates", "kills", "lost", "duplicate_bookings", "out_of_order", "duplicate_sends", "stuck")


@pytest.mark.timeout(400)
def test_nothing_is_lost_or_doubled_while_processes_and_database_die() -> None:
    outcome = asyncio.run(run(SMALL))
    assert broken_promises(outcome) == [], told(outcome)
    said = summary(outcome)
    assert tuple(said)[: len(REQUIRED)] == REQUIRED
    assert said["updates"] == SMALL.updates
    assert said["kills"] >= SMALL.kills
    assert said["bookings"] > 0


def test_parts_come_to_exactly_the_updates_of_the_plan() -> None:
    parts = write_parts(Plan(1))
    assert sum(part.updates for part in parts) == 10_000
    assert len(parts) == 400
    assert {part.shop for part in parts} == set(range(20))
    assert parts == write_parts(Plan(1))
    assert parts != write_parts(Plan(2))
