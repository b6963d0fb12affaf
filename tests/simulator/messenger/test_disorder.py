from __future__ import annotations

import asyncio

from tests.simulator.conftest import Bench, Receiver, Running
from valera.simulator.messenger.actions import writing
from valera.simulator.messenger.updates.disorder import Disorder, set_disorder


async def say(running: Running, *texts: str) -> list[int]:
    return [(await running.post(f"{running.chat}/messages", {"text": text}))[1]["update_id"] for text in texts]


async def disorder(running: Running, **given: float) -> None:
    async with running.session.put(f"/api/bots/{running.bot.id}/disorder", json=given) as answer:
        assert answer.status == 204


async def test_update_is_repeated_when_asked(running: Running, receiver: Receiver) -> None:
    await running.call("setWebhook", url=receiver.url)
    [update_id] = await say(running, "раз")
    await receiver.until(1)
    async with running.session.post(f"/api/bots/{running.bot.id}/updates/{update_id}/repeat") as answer:
        assert answer.status == 204
    first, second = await receiver.until(2)
    assert first == second


async def test_unknown_update_cannot_be_repeated(running: Running) -> None:
    for update_id in (5, 1 << 70):
        async with running.session.post(f"/api/bots/{running.bot.id}/updates/{update_id}/repeat") as answer:
            assert answer.status == 404


async def test_repeated_share_comes_twice(running: Running, receiver: Receiver) -> None:
    await disorder(running, repeat_share=100)
    await running.call("setWebhook", url=receiver.url)
    await say(running, "раз", "два")
    texts = [update["message"]["text"] for update in await receiver.until(4)]
    assert texts == ["раз", "раз", "два", "два"]


async def test_held_updates_overtake_each_other_and_none_is_lost(running: Running, receiver: Receiver) -> None:
    await disorder(running, hold_seconds=0.3)
    await running.call("setWebhook", url=receiver.url, max_connections=1)
    ids = await say(running, *(str(number) for number in range(12)))
    got = [update["update_id"] for update in await receiver.until(12)]
    assert sorted(got) == ids
    assert got != ids


async def test_poller_is_told_held_and_repeated_updates_whatever_its_offset(running: Running) -> None:
    await disorder(running, hold_seconds=0.2)
    ids = await say(running, *(str(number) for number in range(8)))
    told: list[int] = []
    offset = 0
    async with asyncio.timeout(10):
        while len(told) < 8:
            updates = (await running.call("getUpdates", offset=offset, timeout=5))["result"]
            told += [update["update_id"] for update in updates]
            offset = max([offset, *(update["update_id"] + 1 for update in updates)])
    assert sorted(told) == ids
    await running.post(f"/api/bots/{running.bot.id}/updates/{ids[0]}/repeat")
    for expected in ([ids[0]], []):
        assert [update["update_id"] for update in (await running.call("getUpdates", offset=offset))["result"]] == expected


def test_without_disorder_nothing_is_held_or_repeated(bench: Bench) -> None:
    set_disorder(bench.telegram.store, bench.bot.id, Disorder())
    writing.write(bench.telegram, bench.bot, bench.people[0], "раз")
    [row] = bench.telegram.store.list("select ready_at, is_stray, queue from updates")
    assert (row["ready_at"], row["is_stray"], row["queue"]) == (0, 0, bench.people[0].id)
