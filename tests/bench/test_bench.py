"""The benchmark measures what it says, on an installation of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import ingest, report
from bench.__main__ import Scale, run
from bench.figures import milliseconds
from bench.ingest_rivals import PLAIN, pgbench_script
from bench.installation import FIRST_PERSON
from bench.latency import added_delays
from valera.reception.ingest_queries import STORE_UPDATES

KEYS = """
    bots_worker_rss_mib imports.scripted.s.median
    ingest.ratio_pgbench ingest.ratio_aiogram latency_100.p50_ms latency_100.p99_ms latency_500.p50_ms latency_500.p99_ms
    turns_per_s.in_process turns_per_s.http warm_start_s worker_rss_mib prices.tool.p95_ms
    dashboard.pages.large.inbox.p95_ms dashboard.pages.large.thread.p95_ms dashboard.pages.large.board.p95_ms
    dashboard.pages.large.search.p95_ms dashboard.visible.p95_ms dashboard.streams.web_rss_mib
    bookings.find_slots.p95_ms bookings.crowd.p99_ms gates.new_ms.p95 gates.warm_ms.p95
"""


@pytest.mark.timeout(240)
async def test_every_message_of_a_short_run_is_answered_and_counted(tmp_path: Path) -> None:
    scale = Scale(
        rates=(20,), seconds=1, known_chats=10, ingest_seconds=1, ingest_rounds=1, backlog=0, backlog_rounds=0, waiting_chats=0,
        hot_messages=0, warm_starts=0,
    )  # fmt: skip

    result = json.loads(json.dumps(await run(("latency",), scale)))

    assert "failed" not in result
    measured = result["latency_20"]
    assert measured["sent"] == measured["replies"] == 20
    assert 0 < measured["p50_ms"] <= measured["p99_ms"] <= measured["max_ms"]
    assert 0 < measured["acknowledged"]["p50_ms"] < measured["p50_ms"]
    assert measured["per_message"]["worker_ms"] > 0
    assert measured["per_message"]["commits"] >= 1
    assert result["postgresql"]["fsync"] == result["postgresql"]["synchronous_commit"] == "on"
    assert result["took_s"].keys() == {"latency"}


def test_table_holds_every_key_that_was_promised() -> None:
    result: dict[str, Any] = {}
    for path in KEYS.split():
        *folders, last = path.split(".")
        place = result
        for folder in folders:
            place = place.setdefault(folder, {})
        place[last] = 1.0

    lines = report.table(result)

    assert len(lines) == 1 + len(KEYS.split())
    assert {goal.path for goal in report.GOALS} == set(KEYS.split())


@pytest.mark.parametrize(("figure", "ratio", "is_kept"), [(4, 2, True), (8, 1, False), (16, 0.5, False)])
def test_less_latency_is_better(figure: float, ratio: float, is_kept: bool) -> None:
    goal = next(goal for goal in report.GOALS if goal.path == "latency_100.p50_ms")

    assert (goal.ratio(figure), goal.is_kept(figure)) == (ratio, is_kept)


def test_percentiles_of_a_hundred() -> None:
    assert milliseconds([float(number) for number in range(100, 0, -1)]) == {"p50_ms": 50.5, "p99_ms": 100.0, "max_ms": 100.0}


def test_body_is_one_kibibyte() -> None:
    body = (ingest.template() % (100_000_000_000, 100_000_000, 100_000_000)).encode()

    assert len(body) == 1024
    assert json.loads(body)["message"]["chat"]["id"] == 100_000_000


@pytest.mark.parametrize("statement", [PLAIN, STORE_UPDATES])
def test_pgbench_gets_the_whole_statement(statement: str) -> None:
    script = pgbench_script(statement, account_id=3, bot_id=5, chats=100)

    assert "$" not in script
    assert script.count("convert_to(:body, 'UTF8')") >= 1
    assert "insert into telegram_updates" in script
    assert "insert into mailboxes" in script


def test_reply_counts_for_the_message_before_it() -> None:
    arrived = {FIRST_PERSON: [(1.0, ""), (2.5, "")]}

    assert added_delays({0: [0.5, 2.0]}, arrived) == pytest.approx([500, 500])


def test_messages_that_are_answered_together_count_up_to_that_answer() -> None:
    arrived = {FIRST_PERSON: [(3.0, "")]}

    assert added_delays({0: [1.0, 2.0]}, arrived) == pytest.approx([2000, 1000])


def test_message_without_a_reply_is_left_out() -> None:
    assert added_delays({0: [1.0]}, {FIRST_PERSON: [(0.5, "")]}) == []
