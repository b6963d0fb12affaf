"""Five chats that write forty messages each as fast as Telegram hands them over, and two workers that must not get in each other's way."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from bench.figures import milliseconds, spread
from bench.installation import FIRST_PERSON, Installation, installed

if TYPE_CHECKING:
    from bench.cluster import Cluster

CHATS = 5
QUIET_SECONDS = 3
PATIENCE_SECONDS = 60

OUTCOME = """
select (select count(*) from messages where role = 'user') as written,
       (select count(*) from messages where role = 'user' and turn_id is null) as unanswered,
       (select count(*) from deliveries where state = 'sent') as sent,
       (select count(*) from deliveries where state <> 'sent') as unsent,
       (select count(*) from (select telegram_message_id < lag(telegram_message_id) over (partition by chat_id order by id) as is_late
                                from deliveries) pairs where is_late) as out_of_order
"""


async def measure(cluster: Cluster, messages: int) -> dict[str, Any]:
    async with installed(cluster, "bench_hot_chat") as installation:
        for _ in range(2):
            await installation.add_worker()
        begin = time.perf_counter()
        written = await asyncio.gather(*(_write_on(installation, person, messages) for person in range(CHATS)))
        await installation.telegram.settled(CHATS * messages, quiet=QUIET_SECONDS, within=PATIENCE_SECONDS)
        installation.check()
        [outcome] = await cluster.administer(OUTCOME, database="bench_hot_chat")
        waits = [wait for person, times in enumerate(written) for wait in _waits(installation, person, times)]
    return {
        "chats": CHATS,
        "messages": CHATS * messages,
        "replies": installation.telegram.total,
        "seconds": round(installation.telegram.last_at - begin, 2),
        **milliseconds(waits),
        **dict(outcome),
    }


async def _write_on(installation: Installation, person: int, messages: int) -> list[float]:
    """One after another, each as soon as the one before is acknowledged: Telegram keeps the order within a chat."""
    times: list[float] = []
    for number in range(messages):
        times.append(time.perf_counter())
        await installation.write(person, f"Вопрос {number}")
    return times


def _waits(installation: Installation, person: int, times: list[float]) -> list[float]:
    """From each message to the next reply in its chat."""
    arrived = [at for at, _ in installation.telegram.arrived.get(FIRST_PERSON + person, ())]
    return [(min(later) - at) * 1000 for at in times if (later := [reply for reply in arrived if reply > at])]


def tell(found: dict[str, Any]) -> list[str]:
    return [
        f"hot chats     {found['messages']} messages in {found['chats']} chats: {found['replies']} replies within {found['seconds']:.1f} s",
        f"              until the next reply {spread(found)}; {found['unanswered']} unanswered, {found['out_of_order']} out of order",
    ]
