"""A lane takes what is due, at most so much at once, and is stopped by nothing but its owner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from valera.kit.db import DatabaseUnavailable
from valera.kit.lanes import Lane


class Work:
    """Numbers that wait, and what became of them."""

    def __init__(self, *waiting: int, most: int = 10) -> None:
        self.waiting = list(waiting)
        self.done: list[int] = []
        self.running = self.most_at_once = self.claims = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken: set[int] = set()
        self.lane = Lane("test", most, self.claim, self.carry_out)

    async def claim(self, limit: int) -> Sequence[int]:
        self.claims += 1
        if -1 in self.broken:
            self.broken.discard(-1)
            raise DatabaseUnavailable("gone for a moment")
        claimed, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return claimed

    async def carry_out(self, number: int) -> bool:
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        try:
            await self.gate.wait()
            if number in self.broken:
                raise RuntimeError(number)
            self.done.append(number)
        finally:
            self.running -= 1
        return False


@asynccontextmanager
async def running(work: Work) -> AsyncIterator[None]:
    task = asyncio.create_task(work.lane.run())
    await asyncio.sleep(0.05)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_everything_due_is_taken_and_a_wake_brings_the_rest_at_once() -> None:
    work = Work(1, 2, 3)
    async with running(work):
        work.waiting = [4]
        work.lane.wake()
        await asyncio.sleep(0.05)

    assert sorted(work.done) == [1, 2, 3, 4]


async def test_a_poll_finds_what_nobody_woke_for() -> None:
    work = Work()
    async with running(work):
        work.waiting = [1]
        await asyncio.sleep(1.2)

    assert work.done == [1]


async def test_no_more_at_once_than_allowed_and_a_free_place_is_filled_at_once() -> None:
    work = Work(*range(7), most=3)
    work.gate.clear()
    async with running(work):
        assert work.running == 3
        work.gate.set()
        await asyncio.sleep(0.2)

    assert sorted(work.done) == list(range(7))
    assert work.most_at_once == 3


async def test_work_that_fails_stops_nobody() -> None:
    work = Work(1, 2, 3)
    work.broken = {2}
    async with running(work):
        pass

    assert sorted(work.done) == [1, 3]


async def test_claim_that_fails_is_tried_again() -> None:
    work = Work(1)
    work.broken = {-1}
    async with running(work):
        work.lane.wake()
        await asyncio.sleep(0.05)

    assert work.done == [1]


async def test_idle_lane_asks_once_a_second() -> None:
    work = Work()
    async with running(work):
        await asyncio.sleep(0.6)

    assert work.claims == 1


async def test_drain_lets_finish_what_can_and_cancels_the_rest() -> None:
    work = Work(1, 2)
    work.gate.clear()
    async with running(work):
        pass
    asyncio.get_running_loop().call_later(0.1, work.gate.set)

    await work.lane.drain(5)
    assert sorted(work.done) == [1, 2]

    stuck = Work(3)
    stuck.gate.clear()
    async with running(stuck):
        pass
    await stuck.lane.drain(0.1)
    assert (stuck.done, stuck.running) == ([], 0)
