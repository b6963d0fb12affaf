"""The table: what was measured beside what is wanted. `python -m bench.report bench.json docs/speed.md` puts it into the page."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


@dataclass(frozen=True, slots=True)
class Goal:
    """``path`` into bench.json, and the bound that it should keep."""

    path: str
    says: str
    bound: float
    at_least: bool = False

    @property
    def wanted(self) -> str:
        return f"{'≥' if self.at_least else '<'} {self.bound:g}"

    def is_kept(self, figure: float) -> bool:
        return figure >= self.bound if self.at_least else figure < self.bound

    def ratio(self, figure: float) -> float:
        """Above one is better than wanted."""
        better, worse = (figure, self.bound) if self.at_least else (self.bound, figure)
        return better / worse if worse else float("inf")


GOALS = (
    Goal("ingest.ratio_pgbench", "ingest, 32 connections, × pgbench with 32 clients", 1.0, at_least=True),
    Goal("ingest.ratio_aiogram", "ingest, 32 connections, × aiogram's webhook server", 6.0, at_least=True),
    Goal("latency_100.p50_ms", "added latency at 100 a second, p50, ms", 8),
    Goal("latency_100.p99_ms", "added latency at 100 a second, p99, ms", 25),
    Goal("latency_500.p50_ms", "added latency at 500 a second, p50, ms", 25),
    Goal("latency_500.p99_ms", "added latency at 500 a second, p99, ms", 100),
    Goal("turns_per_s.in_process", "turns a second, model in process", 300, at_least=True),
    Goal("turns_per_s.http", "turns a second, model over HTTP", 150, at_least=True),
    Goal("warm_start_s", "warm start to the first reply, s", 4),
    Goal("worker_rss_mib", "worker with 1,000 waiting chats, MiB", 400),
    Goal("bots_worker_rss_mib", "worker with 1,000 bots, MiB", 400),
    Goal("prices.tool.p95_ms", "find_prices with 5,000 rows, p95, ms", 10),
    Goal("bookings.find_slots.p95_ms", "find_slots with a year of bookings, p95, ms", 10),
    Goal("bookings.crowd.p99_ms", "100 clients at once for one hour of three bays, p99, ms", 150),
    Goal("gates.new_ms.p95", "gates, a reply never seen, p95, ms", 2),
    Goal("gates.warm_ms.p95", "gates, sentences read before, p95, ms", 2),
    Goal("dashboard.pages.large.inbox.p95_ms", "inbox of the large shop in a town of 1,000, p95, ms", 50),
    Goal("dashboard.pages.large.thread.p95_ms", "a thread there, p95, ms", 50),
    Goal("dashboard.pages.large.board.p95_ms", "the board there, p95, ms", 50),
    Goal("dashboard.pages.large.search.p95_ms", "search there, p95, ms", 50),
    Goal("dashboard.visible.p95_ms", "a message in another browser after its webhook, p95, ms", 300),
    Goal("dashboard.streams.web_rss_mib", "web process with 2,000 open streams, MiB", 150),
    Goal("imports.scripted.s.median", "imports of a worker without provider packages, s", 2),
)

BESIDE = (
    ("ingest.runs.valera_1.per_second.median", "updates a second, 1 connection"),
    ("ingest.runs.valera_32.per_second.median", "updates a second, 32 connections"),
    ("ingest.runs.valera_256.per_second.median", "updates a second, 256 connections"),
    ("ingest.runs.valera_32.p99_ms.median", "webhook acknowledged, 32 connections, p99, ms"),
    ("ingest.runs.pgbench_1.per_second.median", "pgbench, 1 client, transactions a second"),
    ("ingest.runs.pgbench_32.per_second.median", "pgbench, 32 clients, transactions a second"),
    ("ingest.runs.pgbench_notify_32.per_second.median", "the same with the product's NOTIFY in each transaction"),
    ("ingest.runs.aiogram_32.per_second.median", "aiogram's webhook server, 32 connections, updates a second"),
    ("latency_10.p50_ms", "added latency at 10 a second, p50, ms"),
    ("latency_10.p99_ms", "added latency at 10 a second, p99, ms"),
    ("latency_100.max_ms", "added latency at 100 a second, max, ms"),
    ("latency_500.max_ms", "added latency at 500 a second, max, ms"),
    ("latency_highest.rate", "highest rate with a p99 below 100 ms, messages a second"),
    ("latency_100.acknowledged.p99_ms", "webhook acknowledged at 100 a second, p99, ms"),
    ("latency_100.per_message.postgres_ms", "the database's processor time a message at 100 a second, ms"),
    ("latency_100.per_message.worker_ms", "the worker's, ms"),
    ("latency_100.per_message.web_ms", "the web process's, ms"),
    ("latency_100.per_message.commits", "commits a message at 100 a second, polls and heartbeats included"),
    ("turns_in_process.strangers.per_second", "turns a second with people who write for the first time"),
    ("waiting.three_seconds.last_after_s", "1,000 chats at once, model of 3 s: the last answer after, s"),
    ("waiting.idle.worker_rss_mib", "worker at rest, MiB"),
    ("bots.webhooks.web_rss_mib", "web process with 1,000 bots that have webhooks, MiB"),
    ("bots.polled.web_rss_mib", "web process that polls 1,000 bots, MiB"),
    ("bots.polled.looked_after_s", "until all 1,000 bots are polled, s"),
    ("imports.openai.s.median", "imports of a worker with OpenAI's package, s"),
    ("imports.anthropic.s.median", "with Anthropic's, s"),
    ("imports.google.s.median", "with Google's, s"),
    ("waiting.idle.web_rss_mib", "web process at rest, MiB"),
    ("hot_chat.seconds", "5 chats × 40 messages, 2 workers: all answered after, s"),
    ("dashboard.messages", "messages in the town"),
    ("dashboard.planted_s", "planting it, s"),
    ("dashboard.pages.usual.inbox.p95_ms", "inbox of a shop with 900 messages, p95, ms"),
    ("dashboard.pages.usual.thread.p95_ms", "a thread there, p95, ms"),
    ("dashboard.pages.large.inbox.p50_ms", "inbox of the large shop, p50, ms"),
    ("dashboard.pages.large.thread.p50_ms", "a thread there, p50, ms"),
    ("dashboard.pages.large.search.p50_ms", "search there, p50, ms"),
    ("dashboard.pages.large.week.p95_ms", "its board by the week, p95, ms"),
    ("dashboard.pages.large.clients.p95_ms", "its clients, p95, ms"),
    ("dashboard.pages.large.overview.p95_ms", "its overview, p95, ms"),
    ("dashboard.streams.kib_each", "one more open stream, KiB"),
    ("cold_start_s", "cold start to the first reply, s"),
)
"""Figures that have no goal of their own."""


def find(result: dict[str, Any], path: str) -> float | None:
    found: Any = result
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def table(result: dict[str, Any]) -> list[str]:
    """For the screen: one line for each goal that has been measured."""
    lines = [f"{'':<52} {'measured':>9} {'wanted':>8} {'ratio':>6}"]
    for goal in GOALS:
        if (figure := find(result, goal.path)) is not None:
            verdict = "" if goal.is_kept(figure) else "  missed"
            lines.append(f"{goal.says:<52} {figure:>9.2f} {goal.wanted:>8} {goal.ratio(figure):>6.2f}{verdict}")
    return lines


def markdown(result: dict[str, Any]) -> list[str]:
    """For docs/speed.md: the goals, then everything beside them."""
    machine = result["machine"]
    lines = [f"Measured {result['begun_at'][:16].replace('T', ' ')} UTC at {machine['commit']}, load before {machine['load_before']}.", ""]
    lines += ["| what | measured | wanted |", "|---|---|---|"]
    for goal in GOALS:
        figure = find(result, goal.path)
        verdict = "" if figure is None or goal.is_kept(figure) else ": **missed**"
        lines.append(f"| {goal.says} | {_written(figure)} | {goal.wanted}{verdict} |")
    return [*lines, *(f"| {says} | {_written(find(result, path))} | |" for path, says in BESIDE)]


def _written(figure: float | None) -> str:
    if figure is None:
        return "–"
    return f"{figure:,.0f}" if figure >= 1000 else f"{figure:.3g}"  # noqa: PLR2004  from here on a fraction says nothing


def put_into(page: Path, lines: list[str]) -> None:
    """Between its two marks."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    assert end, f"{page} lacks {BEGIN} or {END}"
    page.write_text("\n".join([before + BEGIN, "", *lines, "", END + after]), "utf-8")


if __name__ == "__main__":
    figures = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    put_into(Path(sys.argv[2]), markdown(figures))
