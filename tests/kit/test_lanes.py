"""A lane takes what is due, at most so much at once, and is stopped by nothing but its owner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from valera.kit.db import AccountId, DatabaseUnavailable
from valera.kit.lanes import LATELY, Lane
from valera.kit.portions import Portions


@dataclass(frozen=True, slots=True)
class Number:
    """A piece of work; its hundreds say whose it is."""

    value: int

    @property
    def account_id(self) -> AccountId:
        return AccountId(self.value // 100)


class Work:
    """Numbers that wait, and what became of them."""

    def __init__(self, *waiting: int, most: int = 10, share: int | None = None) -> None:
        self.waiting = list(waiting)
        self.done: list[int] = []
        self.running = self.most_at_once = self.claims = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.broken: set[int] = set()
        self.asked: list[Portions] = []
        self.lane = Lane("test", most, share or most, self.claim, self.carry_out)

    async def claim(self, limit: int, portions: Portions) -> Sequence[Number]:
        self.claims += 1
        self.asked.append(portions)
        if -1 in self.broken:
            self.broken.discard(-1)
            raise DatabaseUnavailable("gone for a moment")
        claimed, room = [], {number // 100: portions.most - portions.busy.get(AccountId(number // 100), 0) for number in self.waiting}
        for number in self.waiting:
            if len(claimed) < limit and room[number // 100] > 0:
                claimed.append(number)
                room[number // 100] -= 1
        self.waiting = [number for number in self.waiting if number not in claimed]
        return [Number(number) for number in claimed]

    async def carry_out(self, piece: Number) -> bool:
        number = piece.value
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


async def test_lane_that_is_woken_and_stopped_in_one_moment_stops() -> None:
    """`asyncio.wait_for` of Python 3.11 forgets such a cancellation: workers ran on after SIGTERM."""
    work = Work()
    running = asyncio.create_task(work.lane.run())
    while not work.claims:
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)

    work.lane.wake()
    running.cancel()
    await asyncio.wait({running}, timeout=5)

    assert running.cancelled()


async def test_one_shop_leaves_room_for_the_others() -> None:
    work = Work(*range(100, 120), most=4, share=3)
    work.gate.clear()
    async with running(work):
        assert work.running == 3
        work.waiting.append(200)
        work.lane.wake()
        await asyncio.sleep(0.05)

        assert work.running == 4
        assert work.asked[-1].busy == {AccountId(1): 3}
        work.gate.set()
        await asyncio.sleep(0.2)

    assert sorted(work.done) == [*range(100, 120), 200]
    assert work.most_at_once == 4


async def test_wake_asks_for_the_latest_and_each_second_for_whatever_is_due() -> None:
    work = Work()
    async with running(work):
        work.lane.wake()
        await asyncio.sleep(0.05)
        work.lane.catch_up()
        await asyncio.sleep(0.05)
        await asyncio.sleep(1.2)

    assert [asked.lately for asked in work.asked] == [None, LATELY, None, None]


async def test_lane_that_is_behind_asks_for_whatever_is_due_until_that_is_little() -> None:
    work = Work(*range(110), most=200)
    work.gate.clear()
    async with running(work):
        assert [asked.lately for asked in work.asked] == [None, LATELY, None]
        assert work.running == 110
