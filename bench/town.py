"""A town of shops to look at: a thousand of them and a million messages, one shop much larger than the others.

`python -m bench.town` plants it in a PostgreSQL of its own and holds that open until Ctrl-C, for EXPLAIN and for a look by hand.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from bench import town_queries as queries
from bench.cluster import started_cluster
from bench.installation import FIRST_PERSON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.cluster import Cluster, Hook

OPENED = 2
"""Shops that the product itself has opened, with bots that can be written to: the large one and one of the others."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Chats and messages a chat, of the large shop and of every other one."""

    shops: int
    large_chats: int
    large_messages: int
    chats: int
    messages: int

    @property
    def people(self) -> int:
        return self.large_chats + (self.shops - 1) * self.chats


FULL = Plan(shops=1000, large_chats=1000, large_messages=100, chats=18, messages=50)
QUICK = Plan(shops=100, large_chats=300, large_messages=60, chats=10, messages=20)


@dataclass(frozen=True, slots=True)
class Town:
    """``hooks``: of the large shop and of another. Person ``FIRST_PERSON + n`` is client and chat ``n``, those of the large shop first."""

    hooks: list[Hook]
    plan: Plan
    messages: int
    seconds: float


async def plant(cluster: Cluster, database: str, plan: Plan) -> Town:
    """In a migrated, empty database."""
    hooks = await cluster.open_shops(database, OPENED)
    begun = time.perf_counter()
    connection = await asyncpg.connect(cluster.server.admin_url(database))
    try:
        messages = await _plant(connection, [hook.account_id for hook in hooks], plan)
    finally:
        await connection.close()
    return Town(hooks, plan, messages, round(time.perf_counter() - begun, 1))


async def _plant(connection: asyncpg.Connection, opened: list[int], plan: Plan) -> int:
    await connection.execute(queries.AS_A_COPY)
    await connection.execute(queries.DROP_INDEXES)
    await connection.execute(queries.SHOPS, opened, plan.shops)
    await _run(connection, queries.OF_SHOPS)
    await connection.execute(queries.PEOPLE, plan.large_chats, plan.chats, plan.large_messages, plan.messages, FIRST_PERSON)
    await _run(connection, queries.OF_PEOPLE)
    await connection.execute(queries.BOOKINGS, 120, 30)
    await _run(connection, queries.OF_BOOKINGS)
    await connection.execute("vacuum analyze")
    [found] = await connection.fetch("select count(*) as messages from messages")
    return int(found["messages"])


async def _run(connection: asyncpg.Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        await connection.execute(statement)


async def _hold(plan: Plan) -> None:
    async with started_cluster() as cluster, cluster.database("bench_town"):
        town = await plant(cluster, "bench_town", plan)
        lines = [
            f"{plan.shops} shops, {town.messages} messages, planted in {town.seconds} s; the large shop is {town.hooks[0].account_id}.",
            f"as the application: {cluster.url('bench_town')}",
            f"as superuser:       {cluster.server.admin_url('bench_town')}",
        ]
        print(*lines, sep="\n", flush=True)  # noqa: T201  (a program's output)
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        await ended.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.town", description="Plants shops and messages, and holds the database open.")
    parser.add_argument("--quick", action="store_true", help="a hundred shops")
    given = parser.parse_args()
    asyncio.run(_hold(QUICK if given.quick else FULL))


if __name__ == "__main__":
    main()
